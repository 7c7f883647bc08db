"""What keeps requests to join and leave from being approved: pages say it before, not after."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import Conflict, MembersAreDerived, NoMembers
from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.membership_request import Wish
from contactsgroups.persistence.models import Account, Alias, Member, MembershipRequest
from contactsgroups.persistence.queries import scalars_where


def find_obstacles(
    session: Session, requests: Sequence[MembershipRequest]
) -> Mapping[str, Conflict]:
    """Return why requests cannot be approved as things are, by their UUIDs.

    Those that can be are left out; any of them can be declined.
    """
    last = _of_last_members(session, [each.id for each in requests])
    found = {each.uuid: _obstacle(each, is_last=each.id in last) for each in requests}
    return {uuid: obstacle for uuid, obstacle in found.items() if obstacle is not None}


def _obstacle(request: MembershipRequest, *, is_last: bool) -> Conflict | None:
    group, account = request.group, request.account
    if not GroupKind(group.kind).is_named:
        return MembersAreDerived(
            "members of {original} follow the directory now; decline the request",
            original=group.original,
        )
    if request.wish == Wish.JOIN and not account.active:
        return Conflict("{original} is closed; decline the request", original=account.original)
    if is_last:
        return NoMembers(
            "nobody else is in {original}; add somebody else first, or delete the group",
            original=group.original,
        )
    return None


def _of_last_members(session: Session, ids: Sequence[int]) -> set[int]:
    """Return those that want to leave a group with no member but the applicant's addresses."""
    is_alias = (
        select(Alias.id)
        .where(Alias.address == Member.address, Alias.account_id == MembershipRequest.account_id)
        .correlate(Member, MembershipRequest)
        .exists()
    )
    another = (
        select(Member.id)
        .where(
            Member.group_id == MembershipRequest.group_id,
            Member.address != Account.address,
            ~is_alias,
        )
        .correlate(MembershipRequest, Account)
        .exists()
    )
    statement = (
        select(MembershipRequest.id)
        .join(Account, Account.id == MembershipRequest.account_id)
        .where(MembershipRequest.wish == Wish.LEAVE, ~another)
    )
    return set(scalars_where(session, statement, MembershipRequest.id, ids))
