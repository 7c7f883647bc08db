"""Notices of requests: to owners when an account asks, to the account when they have decided.

Where no owner has an active account here, the administrators of the group's domain are told; where
it has none, those of all domains.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain.group import Role
from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Alias, MembershipRequest
from contactsgroups.persistence.queries import rows_where, scalars_where
from contactsgroups.services.unit_of_work.answering import who_answers
from contactsgroups.services.unit_of_work.audited_tables import REQUESTS, UNKNOWN
from contactsgroups.services.unit_of_work.differences import Difference
from contactsgroups.services.unit_of_work.outbox import NewNotice, NoticeKind

_DECIDED = (RequestState.APPROVED, RequestState.DECLINED)


def read_changes(
    session: Session, differences: Iterable[Difference], *, made_too: bool
) -> Sequence[MembershipRequest]:
    """Return the requests that do not wait any more, and those that were made, if wanted."""
    place = REQUESTS.places["state"]
    ids = {
        each.key[0]
        for each in differences
        if each.audited is REQUESTS and each.after is not None and each.after[place] is not UNKNOWN
        if made_too or each.before is not None
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


def accepted_joiners(
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
    return set(who_answers(session, request.group, [Role.OWNER])) - {request.account.address}
