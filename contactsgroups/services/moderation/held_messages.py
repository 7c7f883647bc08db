"""Held messages as those see them who decide: the queue, and one message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from contactsgroups.domain.authority import require_writing
from contactsgroups.domain.held_message import HoldState, SenderProof
from contactsgroups.domain.message_preview import MessagePreview
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import fold
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Hold
from contactsgroups.services.accounts.domains import is_local_domain
from contactsgroups.services.accounts.group_standing import known_groups
from contactsgroups.services.moderation.decisions import may_be_allowed
from contactsgroups.services.moderation.judging import (
    is_judged_by,
    judges_any_group,
    require_judged,
)
from contactsgroups.services.moderation.stored_values import (
    StoredEvidence,
    read_evidence,
    read_preview,
    read_trace,
    read_uuids,
)

PAGE_LIMIT = 200
COUNT_LIMIT = 10_000
"""As many messages are counted, of each kind."""
_WORDS_LIMIT = 10
_GROUPS_LIMIT = 50
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFilter:
    """Which messages are wanted; None, or nothing named, stands for any.

    Attributes:
        waiting: those that wait for a decision; False for those that were decided.
        search: words, each in the sender, the author, the subject or the group.
        group: the UUID of the group that they were sent to.
        unproven: only those whose sender proved nothing.
    """

    waiting: bool | None = None
    search: str = ""
    group: str = ""
    unproven: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """One message.

    Attributes:
        number: what lists are ordered by.
        group_uuid, group_address, group_name: to which it was sent; the last two are empty if that
            was deleted.
        recipient_count: how many mailboxes get it if it is approved.
        author, author_name: the field From, which proves nothing.
        sender: the account or address that was decided about; empty for the null sender.
        decided_by: the address of whoever decided; empty while it waits.
        last_error: why an approved message is not sent yet.
    """

    uuid: str
    number: int
    group_uuid: str
    group_address: str
    group_name: str
    recipient_count: int
    author: str
    author_name: str
    sender: str
    proof: SenderProof
    subject: str
    snippet: str
    size: int
    state: HoldState
    received_at: datetime
    expires_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str
    last_error: str

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has to decide."""
        return self.state is HoldState.WAITING

    @property
    def days_left(self) -> int:
        """Whole days until it expires."""
        return max(0, (self.expires_at - datetime.now(UTC)).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPage:
    """A part of the messages, the newest first.

    Attributes:
        waiting, decided, unproven: how many there are of each, with what else is wanted; for more
            than :data:`COUNT_LIMIT`, one more than that.
        next_after: asks for the next part.
    """

    messages: tuple[HeldMessage, ...]
    waiting: int
    decided: int
    unproven: int
    next_after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDetails:
    """One message with all that helps to decide.

    Attributes:
        trace: the steps of the decision to hold it, as sentences.
        judge_name: the group inside whose moderators decide; empty for the group itself.
        further_judges: the groups whose moderators are asked after that, of those that the
            principal may know of.
        hidden_judges: how many more are asked.
        may_allow: whether its sender's messages can be let pass from now on.
        is_local_sender: whether they would pass only with a login, as the address is one of ours.
        approved, refused: what became of this sender's messages within a year, as far as the
            principal judges them.
        newer, older: the next ones that wait; empty for none.
    """

    message: HeldMessage
    preview: MessagePreview
    evidence: StoredEvidence
    trace: tuple[str, ...]
    judge_name: str
    further_judges: tuple[str, ...]
    hidden_judges: int
    may_allow: bool
    is_local_sender: bool
    approved: int
    refused: int
    newer: str
    older: str


def list_held_messages(
    database: Database, actor: Principal, wanted: HeldFilter, *, after: int = 0, limit: int = 50
) -> HeldPage:
    """Return messages that this principal judges.

    Args:
        after: the number that the part begins behind; 0 for the first one.

    Raises:
        NotPermitted: the principal may only look; what others wrote is for those who decide.
    """
    require_writing(actor)
    size = max(1, min(limit, PAGE_LIMIT))
    with database.read() as session:
        found = and_(is_judged_by(actor), _is_wanted(wanted))
        waiting, decided, unproven = _count(session, found)
        statement = select(Hold).where(found, _has_state(wanted))
        if wanted.unproven:
            statement = statement.where(Hold.proof == SenderProof.NONE)
        if after:
            statement = statement.where(Hold.id < after)
        rows = list(session.scalars(statement.order_by(Hold.id.desc()).limit(size + 1)))
        return HeldPage(
            messages=_views(session, rows[:size]),
            waiting=waiting,
            decided=decided,
            unproven=unproven,
            next_after=rows[size - 1].id if len(rows) > size else None,
        )


def list_groups_with_waiting(database: Database, actor: Principal) -> list[tuple[str, str]]:
    """Return UUIDs and names of groups whose messages wait for this principal, in order."""
    with database.read() as session:
        waits = and_(Hold.state == HoldState.WAITING, is_judged_by(actor))
        statement = select(Group).where(Group.uuid.in_(select(Hold.group_uuid).where(waits)))
        rows = session.scalars(statement.order_by(Group.name_folded, Group.id).limit(_GROUPS_LIMIT))
        return [(row.uuid, row.shown_name) for row in rows]


def count_waiting(database: Database, actor: Principal) -> int | None:
    """Return how many messages wait for this principal; None for one who judges nothing.

    For more than :data:`COUNT_LIMIT`, it is one more than that.
    """
    with database.read() as session:
        waits = and_(Hold.state == HoldState.WAITING, is_judged_by(actor))
        number = session.scalar(select(_number_of(waits))) or 0
        return number if number or judges_any_group(session, actor) else None


def show_held_message(database: Database, actor: Principal, uuid: str) -> HeldDetails:
    """Return one message with all that helps to decide.

    Raises:
        MessageNotFound: there is none that the actor judges.
        NotPermitted: the principal may only look.
    """
    require_writing(actor)
    with database.read() as session:
        hold, judge = require_judged(session, actor, uuid)
        (view,) = _views(session, [hold])
        further, hidden = _names_of(session, actor, read_uuids(hold.further_judges))
        approved, refused = _history_of(session, actor, hold.sender)
        return HeldDetails(
            message=view,
            preview=read_preview(hold.preview),
            evidence=read_evidence(hold.evidence),
            trace=read_trace(hold.trace),
            judge_name="" if judge.uuid == hold.group_uuid else judge.shown_name,
            further_judges=further,
            hidden_judges=hidden,
            may_allow=may_be_allowed(hold.sender, judge),
            is_local_sender=is_local_domain(session, hold.sender.rpartition("@")[2].lower()),
            approved=approved,
            refused=refused,
            newer=_next(session, actor, Hold.id > hold.id, Hold.id.asc()),
            older=_next(session, actor, Hold.id < hold.id, Hold.id.desc()),
        )


def _is_wanted(wanted: HeldFilter) -> ColumnElement[bool]:
    """Return the conditions beside those of the state and the proof."""
    conditions: list[ColumnElement[bool]] = [true()]
    if wanted.group:
        conditions.append(Hold.group_uuid == wanted.group)
    for word in wanted.search.split()[:_WORDS_LIMIT]:
        folded = fold(word)
        groups = select(Group.uuid).where(Group.search_text.contains(folded, autoescape=True))
        conditions.append(
            or_(
                Hold.search_text.contains(folded, autoescape=True),
                Hold.group_uuid.in_(groups),
            )
        )
    return and_(*conditions)


def _has_state(wanted: HeldFilter) -> ColumnElement[bool]:
    if wanted.waiting is None:
        return true()
    is_waiting = Hold.state == HoldState.WAITING
    return is_waiting if wanted.waiting else ~is_waiting


def _count(session: Session, found: ColumnElement[bool]) -> tuple[int, int, int]:
    is_waiting = Hold.state == HoldState.WAITING
    kinds = (is_waiting, ~is_waiting, is_waiting & (Hold.proof == SenderProof.NONE))
    row = session.execute(select(*[_number_of(and_(found, each)) for each in kinds])).one()
    return int(row[0]), int(row[1]), int(row[2])


def _number_of(condition: ColumnElement[bool]) -> ScalarSelect[int]:
    """Return how many messages there are, without reading more of them than a page tells."""
    rows = select(Hold.id).where(condition).limit(COUNT_LIMIT + 1).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()


def _history_of(session: Session, actor: Principal, sender: str) -> tuple[int, int]:
    """Return how many messages of a sender were approved within a year, and how many refused."""
    if not sender:
        return 0, 0
    passed = Hold.state.in_([HoldState.APPROVED, HoldState.DELIVERED])
    refused = Hold.state.in_([HoldState.REJECTED, HoldState.DISCARDED])
    sums = [func.sum(case((each, 1), else_=0)) for each in (passed, refused)]
    recent = and_(Hold.sender == sender, Hold.decided_at > datetime.now(UTC) - _YEAR)
    row = session.execute(select(*sums).where(recent, is_judged_by(actor))).one()
    return int(row[0] or 0), int(row[1] or 0)


def _next(
    session: Session, actor: Principal, beyond: ColumnElement[bool], order: ColumnElement[int]
) -> str:
    waits = and_(Hold.state == HoldState.WAITING, is_judged_by(actor))
    return session.scalar(select(Hold.uuid).where(waits, beyond).order_by(order).limit(1)) or ""


def _names_of(
    session: Session, actor: Principal, uuids: Sequence[str]
) -> tuple[tuple[str, ...], int]:
    """Return the names of those groups that a principal may know of, and how many others are."""
    found = session.scalars(select(Group).where(Group.uuid.in_(uuids))) if uuids else ()
    rows = sorted(found, key=lambda row: uuids.index(row.uuid))
    known = known_groups(session, actor, rows)
    names = tuple(row.shown_name for row in rows if row.id in known)
    return names, len(rows) - len(names)


def _views(session: Session, holds: Sequence[Hold]) -> tuple[HeldMessage, ...]:
    uuids = {each.group_uuid for each in holds}
    rows = session.scalars(select(Group).where(Group.uuid.in_(uuids))) if uuids else ()
    groups = {row.uuid: row for row in rows}
    return tuple(_view(each, groups.get(each.group_uuid)) for each in holds)


def _view(hold: Hold, group: Group | None) -> HeldMessage:
    return HeldMessage(
        uuid=hold.uuid,
        number=hold.id,
        group_uuid=hold.group_uuid,
        group_address=group.original if group else "",
        group_name=group.shown_name if group else "",
        recipient_count=group.recipient_count if group else 0,
        author=hold.author,
        author_name=hold.author_name,
        sender=hold.sender,
        proof=SenderProof(hold.proof),
        subject=hold.subject,
        snippet=hold.snippet,
        size=hold.size,
        state=HoldState(hold.state),
        received_at=hold.received_at,
        expires_at=hold.expires_at,
        decided_by=hold.decided_by,
        decided_at=hold.decided_at,
        note=hold.note,
        last_error=hold.last_error,
    )
