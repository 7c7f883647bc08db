"""Notices of requests: to owners when an account asks, to the account when they have decided.

Where no owner has an active account here, the administrators of the group's domain are told; where
it has none, those of all domains.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain.group import Role
from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import (
    Account,
    Administrator,
    Alias,
    Group,
    GroupRole,
    MembershipRequest,
)
from contactsgroups.persistence.queries import rows_where, scalars_where
from contactsgroups.services.unit_of_work.audited_tables import REQUESTS, UNKNOWN
from contactsgroups.services.unit_of_work.differences import Difference
from contactsgroups.services.unit_of_work.outbox import NewNotice, NoticeKind

_DECIDED = (RequestState.APPROVED, RequestState.DECLINED)
_TOLD = 20
"""So many are told of one request; one of them decides."""


def read_changes(
    session: Session, differences: Iterable[Difference]
) -> Sequence[MembershipRequest]:
    """Return the requests that were made, or that do not wait any more."""
    place = REQUESTS.places["state"]
    ids = {
        each.key[0]
        for each in differences
        if each.audited is REQUESTS and each.after is not None and each.after[place] is not UNKNOWN
    }
    statement = select(MembershipRequest).options(
        joinedload(MembershipRequest.account), joinedload(MembershipRequest.group)
    )
    return list(scalars_where(session, statement, MembershipRequest.id, ids))


def notices_of(
    session: Session, requests: Collection[MembershipRequest], actor: Principal
) -> Iterator[NewNotice]:
    """Yield the notices of what became of requests."""
    for request in sorted(requests, key=lambda each: each.id):
        if request.state == RequestState.WAITING:
            for address in sorted(_asked(session, request)):
                yield _notice(NoticeKind.ASKED, request, address)
        elif request.state in _DECIDED and request.account.address != str(actor.address):
            yield _notice(NoticeKind.DECIDED, request, request.account.address)


def let_in(
    session: Session, requests: Collection[MembershipRequest]
) -> Collection[tuple[int, str]]:
    """Return group and address of those who asked to join and may now: they are told of that."""
    joining = [
        each for each in requests if each.wish == Wish.JOIN and each.state == RequestState.APPROVED
    ]
    aliases = select(Alias.account_id, Alias.address)
    own = [(each.account_id, each.account.address) for each in joining]
    own += [tuple(row) for row in rows_where(session, aliases, Alias.account_id, dict(own))]
    groups = [(each.group_id, each.account_id) for each in joining]
    return {
        (group_id, address)
        for group_id, account_id in groups
        for owner, address in own
        if owner == account_id
    }


def _notice(kind: NoticeKind, request: MembershipRequest, recipient: str) -> NewNotice:
    return NewNotice(
        kind=kind,
        event=request.uuid,
        recipient=recipient,
        facts={"request": request.uuid},
    )


def _asked(session: Session, request: MembershipRequest) -> Collection[str]:
    """Return who is told of a request that waits."""
    for condition in (_owns(request.group), *_administer(request.group)):
        statement = select(Account.address).where(Account.active, condition)
        found = session.scalars(statement.order_by(Account.address).limit(_TOLD)).all()
        if found:
            return set(found) - {request.account.address}
    return ()


def _owns(group: Group) -> ColumnElement[bool]:
    named = select(GroupRole.address).where(
        GroupRole.group_id == group.id, GroupRole.role == Role.OWNER
    )
    by_alias = select(Alias.account_id).where(Alias.address.in_(named))
    return or_(Account.address.in_(named), Account.id.in_(by_alias))


def _administer(group: Group) -> Iterator[ColumnElement[bool]]:
    """Yield which accounts administer the group's domain, and which all domains."""
    appointed = select(Administrator.account_id)
    yield Account.id.in_(appointed.where(Administrator.domain_id == group.domain_id))
    yield Account.id.in_(appointed.where(Administrator.domain_id.is_(None)))
