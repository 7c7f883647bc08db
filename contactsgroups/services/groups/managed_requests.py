"""Requests to all groups that a principal administers: found, and approved together."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import Conflict, ContactsGroupsError, NotFound
from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import fold
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Group, MembershipRequest
from contactsgroups.services.groups.filtering import WORDS_LIMIT, in_domains
from contactsgroups.services.groups.request_views import RequestView, request_views, selecting
from contactsgroups.services.groups.requests import approve_request, is_about

PAGE_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """Which requests are wanted; None, or nothing named, stands for any.

    Attributes:
        waiting: those that wait for a decision; False for those that were decided.
        search: words, each in the name or address of the group or of who asked.
        domain: of the group, as A-labels.
    """

    waiting: bool | None = None
    wish: Wish | None = None
    search: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedRequests:
    """A part of the requests; those that wait begin with the oldest, all others with the newest.

    Attributes:
        waiting, decided: how many there are of each, with what else is wanted.
        next_after: asks for the next part.
    """

    requests: tuple[RequestView, ...]
    waiting: int
    decided: int
    next_after: int | None


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """What became of one request; without an ``error`` it is approved."""

    uuid: str
    error: ContactsGroupsError | None = None


def list_managed_requests(
    database: Database, actor: Principal, wanted: RequestFilter, *, after: int = 0, limit: int = 50
) -> ManagedRequests:
    """Return requests to the groups that a principal administers or owns, whatever became of them.

    Those that were taken back are left out.

    Args:
        after: the number that the part begins behind; 0 for the first one.
    """
    size = max(1, min(limit, PAGE_LIMIT))
    with database.read() as session:
        found = and_(is_about(session, actor), _is_wanted(wanted))
        waiting, decided = _count(session, found)
        number = MembershipRequest.id
        is_oldest_first = wanted.waiting is True
        statement = selecting(found, _has_state(wanted))
        if after:
            statement = statement.where(number > after if is_oldest_first else number < after)
        rows = list(
            session.scalars(
                statement.order_by(number if is_oldest_first else number.desc()).limit(size + 1)
            )
        )
        return ManagedRequests(
            requests=request_views(session, actor, rows[:size]),
            waiting=waiting,
            decided=decided,
            next_after=rows[size - 1].id if len(rows) > size else None,
        )


def approve_requests(
    database: Database, actor: Principal, uuids: Sequence[str]
) -> list[RequestOutcome]:
    """Approve several requests, each by the rules of a single one and with a result of its own.

    In the order of ``uuids``; each of them once.

    Raises:
        NotPermitted: the actor may only look.
        Unavailable: what comes before it in the order is approved.
    """
    return [_approve(database, actor, each) for each in dict.fromkeys(uuids)]


def _approve(database: Database, actor: Principal, uuid: str) -> RequestOutcome:
    try:
        approve_request(database, actor, uuid)
    except _OF_ONE_REQUEST as error:
        return RequestOutcome(uuid, error)
    return RequestOutcome(uuid)


def _is_wanted(wanted: RequestFilter) -> ColumnElement[bool]:
    """Return the conditions beside that of the state."""
    conditions: list[ColumnElement[bool]] = [true()]
    if wanted.wish is not None:
        conditions.append(MembershipRequest.wish == wanted.wish)
    if wanted.domain:
        of_domain = select(Group.id).where(in_domains([wanted.domain]))
        conditions.append(MembershipRequest.group_id.in_(of_domain))
    for word in wanted.search.split()[:WORDS_LIMIT]:
        folded = fold(word)
        groups = select(Group.id).where(Group.search_text.contains(folded, autoescape=True))
        people = select(Account.id).where(Account.search_text.contains(folded, autoescape=True))
        conditions.append(
            or_(
                MembershipRequest.group_id.in_(groups),
                MembershipRequest.account_id.in_(people),
            )
        )
    return and_(*conditions)


def _has_state(wanted: RequestFilter) -> ColumnElement[bool]:
    state = MembershipRequest.state
    if wanted.waiting is None:
        return state.in_([RequestState.WAITING, *_DECIDED])
    return state == RequestState.WAITING if wanted.waiting else state.in_(_DECIDED)


def _count(session: Session, found: ColumnElement[bool]) -> tuple[int, int]:
    state = MembershipRequest.state
    waits = func.sum(case((state == RequestState.WAITING, 1), else_=0))
    decided = func.sum(case((state.in_(_DECIDED), 1), else_=0))
    row = session.execute(select(waits, decided).where(found)).one()
    return int(row[0] or 0), int(row[1] or 0)


_OF_ONE_REQUEST = (NotFound, Conflict)
_DECIDED = (RequestState.APPROVED, RequestState.DECLINED)
