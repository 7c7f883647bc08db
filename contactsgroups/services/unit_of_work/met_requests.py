"""Requests to join and leave that have come true without having been decided.

Whoever asked to leave and was removed, or asked to join and was added, wants nothing any more: the
request is closed with the change that met it, so that nobody approves it later by mistake.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Alias, Member, MembershipRequest
from contactsgroups.persistence.models.base import utc_now
from contactsgroups.persistence.queries import rows_where, scalars_where


def close(session: Session, memberships: Collection[tuple[int, str]], actor: Principal) -> None:
    """Approve in the actor's name what waits in these groups and is so already.

    Args:
        memberships: group and address of each membership that was made or ended.
    """
    waiting = _waiting_in(session, {group_id for group_id, _ in memberships})
    if not waiting:
        return
    own = _addresses(session, waiting)
    members = _members(session, waiting, {each for some in own.values() for each in some})
    for request in waiting:
        is_member = bool(members[request.group_id] & own[request.account_id])
        if is_member == (request.wish == Wish.JOIN):
            request.state = RequestState.APPROVED
            request.decided_by = str(actor.address)
            request.decided_at = utc_now()


def _waiting_in(session: Session, group_ids: Collection[int]) -> list[MembershipRequest]:
    statement = (
        select(MembershipRequest)
        .options(joinedload(MembershipRequest.account))
        .where(MembershipRequest.state == RequestState.WAITING)
    )
    return list(scalars_where(session, statement, MembershipRequest.group_id, group_ids))


def _addresses(session: Session, requests: Collection[MembershipRequest]) -> Mapping[int, set[str]]:
    """Return the addresses of those who ask, their aliases too, by the ids of the accounts."""
    found = {each.account_id: {each.account.address} for each in requests}
    aliases = select(Alias.account_id, Alias.address)
    for row in rows_where(session, aliases, Alias.account_id, found.keys()):
        found[row.account_id].add(row.address)
    return found


def _members(
    session: Session, requests: Collection[MembershipRequest], addresses: Collection[str]
) -> Mapping[int, set[str]]:
    """Return which of the addresses are in the groups that are asked, by the groups' ids."""
    found: dict[int, set[str]] = defaultdict(set)
    groups = {each.group_id for each in requests}
    statement = select(Member.group_id, Member.address)
    for row in rows_where(session, statement, Member.address, addresses):
        if row.group_id in groups:
            found[row.group_id].add(row.address)
    return found
