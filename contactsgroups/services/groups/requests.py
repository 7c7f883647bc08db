"""Requests to join and leave groups: who asks, who decides, and what became of them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, true
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import (
    AlreadyDecided,
    Conflict,
    GroupNotFound,
    MemberNotFound,
    MembersAreDerived,
    NoMembers,
    NotPermitted,
    RequestNotFound,
)
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence
from contactsgroups.domain.text import clean_note
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Account,
    DomainRow,
    Group,
    GroupRole,
    Member,
    MembershipRequest,
)
from contactsgroups.services.accounts.accounts import find_account_row, require_account
from contactsgroups.services.accounts.group_standing import (
    known_groups,
    may_in_group,
    own_addresses,
)
from contactsgroups.services.groups import request_quota
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.request_obstacles import find_obstacles
from contactsgroups.services.groups.request_views import (
    RequestView,
    request_views,
    selecting,
    view_request,
)
from contactsgroups.services.unit_of_work import Work, write
from contactsgroups.services.unit_of_work.derivation import insert_members

PAGE_LIMIT = 50


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Requests in order; ``next_after`` asks for the next page."""

    requests: tuple[RequestView, ...]
    total: int
    next_after: int | None


def leave_group(database: Database, actor: Principal, uuid: str, note: str = "") -> RequestState:
    """Leave a group, or ask to, where somebody must approve it.

    Returns:
        Approved: it has been left.  Waiting: it was asked for.

    Raises:
        GroupNotFound: there is none that the actor may know of.
        MemberNotFound: the actor is in it through another group only, or not at all.
        MembersAreDerived: its members follow the directory.
        NoMembers: the actor is the last member.
        Conflict: the actor has asked already, or asked too often today.
    """
    with write(database, actor) as work:
        group = _known_group(work, uuid)
        _require_named_members(group)
        if not _is_member(work.session, actor, group):
            raise MemberNotFound(
                "{address} is not named as a member of {original}",
                address=actor.address,
                original=group.original,
            )
        if group.leave_needs_approval and not _may_edit(work, group):
            return _ask(work, group, Wish.LEAVE, note)
        _remove(work, group, own_addresses(work.session, actor))
        return _settle(work, group)


def join_group(database: Database, actor: Principal, uuid: str, note: str = "") -> RequestState:
    """Ask to join a group; who may edit its members joins at once.

    Returns:
        Approved: the actor is in it.  Waiting: it was asked for.

    Raises:
        GroupNotFound: there is none that the actor may know of.
        NotPermitted: the group takes no requests.
        MembersAreDerived: its members follow the directory.
        Conflict: the actor has asked already, or too often today, or is in it.
    """
    with write(database, actor) as work:
        group = _known_group(work, uuid)
        _require_named_members(group)
        if _is_member(work.session, actor, group):
            raise Conflict(
                "{address} is in {original} already", address=actor.address, original=group.original
            )
        if _may_edit(work, group):
            _insert(work, group, actor.address)
            return _settle(work, group)
        if not group.join_on_request or group.disabled:
            raise NotPermitted("{original} takes no requests to join", original=group.original)
        return _ask(work, group, Wish.JOIN, note)


def withdraw_request(database: Database, actor: Principal, uuid: str) -> None:
    """Take back what the actor has asked for.

    Raises:
        RequestNotFound: the actor has no such request.
        AlreadyDecided: it does not wait any more.
    """
    with write(database, actor) as work:
        request = _find(work.session, uuid)
        if request is None or request.account.address != str(actor.address):
            raise RequestNotFound("there is no such request of yours")
        _decide(work, request, RequestState.WITHDRAWN, "")


def approve_request(
    database: Database, actor: Principal, uuid: str, answer: str = ""
) -> RequestView:
    """Let the applicant in, or go; return the request as it is then.

    Raises:
        RequestNotFound: there is none that the actor may decide about.
        AlreadyDecided: it does not wait any more.
        NoMembers: the applicant is the last member.
        MembersAreDerived: the group's members follow the directory by now.
        Conflict: the account that wants to join was closed meanwhile.
    """
    with write(database, actor) as work:
        request = _require_answerable(work, uuid)
        _decide(work, request, RequestState.APPROVED, answer)
        group, account = request.group, request.account
        if (obstacle := find_obstacles(work.session, [request]).get(request.uuid)) is not None:
            raise obstacle
        if request.wish == Wish.LEAVE:
            _remove(work, group, _addresses_of(work.session, account))
        else:
            _insert(work, group, Address.parse(account.original))
        return view_request(work.session, work.actor, request)


def decline_request(
    database: Database, actor: Principal, uuid: str, answer: str = ""
) -> RequestView:
    """Leave everything as it is, tell the applicant why, and return the request as it is then.

    Raises:
        RequestNotFound: there is none that the actor may decide about.
        AlreadyDecided: it does not wait any more.
    """
    with write(database, actor) as work:
        request = _require_answerable(work, uuid)
        _decide(work, request, RequestState.DECLINED, answer)
        return view_request(work.session, work.actor, request)


def list_requests_to_answer(
    database: Database, actor: Principal, *, after: int = 0, limit: int = PAGE_LIMIT
) -> RequestPage:
    """Return the requests that wait for this principal's decision, the oldest first."""
    with database.read() as session:
        condition = _is_answerable(session, actor)
        total = _count(session, condition)
        statement = selecting(condition, MembershipRequest.id > after)
        rows = list(session.scalars(statement.order_by(MembershipRequest.id).limit(limit + 1)))
        next_after = rows[limit - 1].id if len(rows) > limit else None
        return RequestPage(request_views(session, actor, rows[:limit]), total, next_after)


def count_requests_to_answer(database: Database, actor: Principal) -> int:
    """Return how many requests wait for this principal's decision."""
    with database.read() as session:
        return _count(session, _is_answerable(session, actor))


def list_own_requests(
    database: Database, actor: Principal, *, limit: int = PAGE_LIMIT
) -> list[RequestView]:
    """Return what this principal has asked for, the newest first, whatever became of it."""
    with database.read() as session:
        mine = MembershipRequest.account.has(Account.address == str(actor.address))
        statement = selecting(mine).order_by(MembershipRequest.id.desc()).limit(limit)
        rows = list(session.scalars(statement))
        return list(request_views(session, actor, rows, names_obstacles=False))


def _known_group(work: Work, uuid: str) -> Group:
    group = require_group(work.session, uuid)
    if not known_groups(work.session, work.actor, [group]):
        raise GroupNotFound("there is no such group")
    return group


def _require_named_members(group: Group) -> None:
    if not GroupKind(group.kind).is_named:
        raise MembersAreDerived(
            "members of {original} follow the directory", original=group.original
        )


def _may_edit(work: Work, group: Group) -> bool:
    return may_in_group(work.session, work.actor, Right.EDIT_MEMBERS, group)


def _is_member(session: Session, principal: Principal, group: Group) -> bool:
    own = own_addresses(session, principal)
    statement = select(Member.id).where(Member.group_id == group.id, Member.address.in_(own))
    return session.scalars(statement).first() is not None


def _addresses_of(session: Session, account: Account) -> frozenset[str]:
    return own_addresses(session, Principal(address=Address.parse(account.address)))


def _remove(work: Work, group: Group, addresses: frozenset[str]) -> None:
    """Take an account's addresses out of a group."""
    session = work.session
    others = (Member.group_id == group.id) & Member.address.not_in(addresses)
    if session.scalars(select(Member.id).where(others).limit(1)).first() is None:
        raise NoMembers(
            "the last member of {original} cannot leave; it can be deleted", original=group.original
        )
    gone = (Member.group_id == group.id) & Member.address.in_(addresses)
    session.execute(delete(Member).where(gone))
    session.expire(group, ["members"])
    work.changed_group(group)


def _insert(work: Work, group: Group, address: Address) -> None:
    """Put an account into a group, unless it is in there already, by whichever address."""
    session = work.session
    if not _is_member(session, Principal(address=address), group):
        insert_members(session, group, {str(address): address.original})
        session.expire(group, ["members"])
        work.changed_group(group)


def _ask(work: Work, group: Group, wish: Wish, note: str) -> RequestState:
    account = require_account(work.session, str(work.actor.address))
    if _waiting_of(work.session, group, account) is not None:
        raise Conflict(
            "you have asked already; your request to {original} waits", original=group.original
        )
    request_quota.require_quota(work.session, account)
    request_quota.remove_outdated(work.session, account, group)
    work.session.add(
        MembershipRequest(
            group_id=group.id,
            account_id=account.id,
            wish=wish,
            note=clean_note(note),
        )
    )
    return RequestState.WAITING


def _settle(work: Work, group: Group) -> RequestState:
    """Close what the actor has asked before: it is done, or wanted no more."""
    account = find_account_row(work.session, str(work.actor.address))
    waiting = _waiting_of(work.session, group, account) if account else None
    if waiting is not None:
        _decide(work, waiting, RequestState.WITHDRAWN, "")
    return RequestState.APPROVED


def _waiting_of(session: Session, group: Group, account: Account) -> MembershipRequest | None:
    return session.scalars(
        select(MembershipRequest).where(
            MembershipRequest.group_id == group.id,
            MembershipRequest.account_id == account.id,
            MembershipRequest.state == RequestState.WAITING,
        )
    ).first()


def _find(session: Session, uuid: str) -> MembershipRequest | None:
    return session.scalar(select(MembershipRequest).where(MembershipRequest.uuid == uuid))


def _require_answerable(work: Work, uuid: str) -> MembershipRequest:
    """Return a request that the actor may decide about; of others, not even that they are."""
    request = _find(work.session, uuid)
    right = Right.ANSWER_REQUESTS
    if request is None or not may_in_group(work.session, work.actor, right, request.group):
        raise RequestNotFound("there is no such request")
    return request


def _decide(work: Work, request: MembershipRequest, state: RequestState, answer: str) -> None:
    if request.state != RequestState.WAITING:
        was = Sentence(str(request.state))
        if not request.decided_by:
            raise AlreadyDecided("this request was {state} already", state=was)
        raise AlreadyDecided(
            "this request was {state} by {decider} already", state=was, decider=request.decided_by
        )
    request.state = state
    request.answer = clean_note(answer, field="answer")
    request.decided_by = str(work.actor.address)
    request.decided_at = datetime.now(UTC)


def _is_answerable(session: Session, actor: Principal) -> ColumnElement[bool]:
    """Which requests wait for a principal."""
    return (MembershipRequest.state == RequestState.WAITING) & is_about(session, actor)


def is_about(session: Session, actor: Principal) -> ColumnElement[bool]:
    """Which requests a principal decides about: those to groups that it owns or administers."""
    domains = authority.domains_where(actor, Right.ANSWER_REQUESTS)
    if domains is None:
        return true()
    own = own_addresses(session, actor)
    owned = select(GroupRole.group_id).where(
        GroupRole.address.in_(own), GroupRole.role == Role.OWNER
    )
    managed = select(Group.id).join(DomainRow).where(DomainRow.name.in_(domains))
    of_group = MembershipRequest.group_id
    return or_(of_group.in_(owned), of_group.in_(managed))


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(MembershipRequest.id)).where(condition)) or 0
