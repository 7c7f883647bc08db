"""Decisions about held messages: the first one wins, and each is in the audit log."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, delete, not_, or_, select, update
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import (
    AlreadyDecided,
    ContactsGroupsError,
    InvalidAddress,
    InvalidInput,
    MessageNotFound,
    Unavailable,
)
from contactsgroups.domain.group import PostingPolicy, Role
from contactsgroups.domain.held_message import HoldState
from contactsgroups.domain.posting import Action
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.domain.sentence import Moment, Sentence
from contactsgroups.domain.text import clean_note
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, GroupRole, Hold, HoldPart
from contactsgroups.services.accounts.group_standing import may_in_group
from contactsgroups.services.delivery.posting import decide_within
from contactsgroups.services.moderation.judging import require_judged
from contactsgroups.services.moderation.stored_values import evidence_of, read_uuids, write_uuids
from contactsgroups.services.moderation.telling import tell_moderators, tell_sender
from contactsgroups.services.unit_of_work import Work, write, write_private

_KEEPING = [each for each in HoldState if each.needs_content]
_VERBS = {
    HoldState.APPROVED: "approve",
    HoldState.REJECTED: "reject",
    HoldState.DISCARDED: "discard",
    HoldState.EXPIRED: "expire",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message among several; without an ``error``, what was asked for.

    ``asks_further`` says that moderators of a group inside are asked now.
    """

    uuid: str
    asks_further: bool = False
    error: ContactsGroupsError | None = None


def approve_message(
    database: Database, actor: Principal, uuid: str, *, always_allow: bool = False
) -> Outcome:
    """Let a message pass: it is sent to the members, as it came, within seconds.

    If it would also reach a group inside that is moderated, and the actor does not judge there, the
    moderators of that one are asked next.

    Args:
        always_allow: from now on, this sender's messages to the group do not wait.

    Raises:
        MessageNotFound: there is none that the actor judges.
        AlreadyDecided: it does not wait any more.
        InvalidInput: the sender cannot be allowed always.
    """
    with write(database, actor) as work:
        hold, judge = _require_waiting(work, uuid)
        if always_allow:
            _allow(work, hold, judge)
        further = _still_to_ask(work, hold, judge)
        if further:
            _ask_further(work, hold, judge, further)
        else:
            _close(work, hold, judge, HoldState.APPROVED)
        return Outcome(uuid, asks_further=bool(further))


def reject_message(database: Database, actor: Principal, uuid: str, note: str = "") -> Outcome:
    """Refuse a message, with a note, which a sender who was signed in gets by mail.

    Raises:
        MessageNotFound: there is none that the actor judges.
        AlreadyDecided: it does not wait any more.
        InvalidText: the note is too long, or has control characters.
    """
    return _refuse(database, actor, uuid, HoldState.REJECTED, clean_note(note))


def discard_message(database: Database, actor: Principal, uuid: str) -> Outcome:
    """Drop a message; its sender hears nothing.

    Raises:
        MessageNotFound: there is none that the actor judges.
        AlreadyDecided: it does not wait any more.
    """
    return _refuse(database, actor, uuid, HoldState.DISCARDED, "")


def approve_messages(database: Database, actor: Principal, uuids: Sequence[str]) -> list[Outcome]:
    """Approve several messages, each by the rules of a single one and with a result of its own."""
    return _each(uuids, lambda uuid: approve_message(database, actor, uuid))


def reject_messages(
    database: Database, actor: Principal, uuids: Sequence[str], note: str = ""
) -> list[Outcome]:
    """Reject several messages with one note.

    Raises:
        InvalidText: nothing was rejected.
    """
    clean = clean_note(note)
    return _each(uuids, lambda uuid: reject_message(database, actor, uuid, clean))


def discard_messages(database: Database, actor: Principal, uuids: Sequence[str]) -> list[Outcome]:
    """Discard several messages."""
    return _each(uuids, lambda uuid: discard_message(database, actor, uuid))


def may_be_allowed(sender: str, judge: Group) -> bool:
    """Whether messages of a sender can be let pass from now on.

    Not where only allowed senders may write anyway: it is their messages that wait there.
    """
    if judge.posting_policy == PostingPolicy.ALLOWED_SENDERS:
        return False
    try:
        Address.parse(sender)
    except InvalidAddress:
        return False
    return True


def expire_in(work: Work, hold: Hold, judge: Group | None) -> bool:
    """End the waiting of a message within a unit of work; False if somebody was quicker."""
    try:
        _close(work, hold, judge, HoldState.EXPIRED)
    except AlreadyDecided:
        return False
    return True


def remove_content(database: Database, uuid: str) -> None:
    """Remove what was written, unless somebody needs it; part by part, so that nobody waits.

    Where the database does not answer, upkeep removes it later.
    """
    is_over = and_(Hold.uuid == uuid, Hold.state.not_in(_KEEPING))
    needed = select(Hold.uuid).where(Hold.uuid == uuid, Hold.state.in_(_KEEPING))
    with suppress(Unavailable):
        with write_private(database, OPERATOR) as session:
            session.execute(update(Hold).where(is_over).values(preview="", snippet=""))
            parts = select(HoldPart.number).where(
                HoldPart.hold_uuid == uuid, HoldPart.hold_uuid.not_in(needed)
            )
            numbers = session.scalars(parts).all()
        for number in numbers:
            with write_private(database, OPERATOR) as session:
                is_it = (HoldPart.hold_uuid == uuid) & (HoldPart.number == number)
                session.execute(delete(HoldPart).where(is_it))


def _refuse(
    database: Database, actor: Principal, uuid: str, state: HoldState, note: str
) -> Outcome:
    with write(database, actor) as work:
        hold, judge = _require_waiting(work, uuid)
        _close(work, hold, judge, state, note)
    remove_content(database, uuid)
    return Outcome(uuid)


def _each(uuids: Sequence[str], decide: Callable[[str], Outcome]) -> list[Outcome]:
    found: list[Outcome] = []
    away: Unavailable | None = None
    for uuid in dict.fromkeys(uuids):
        try:
            # Each try while the database is away takes its time.
            found.append(Outcome(uuid, error=away) if away else decide(uuid))
        except (MessageNotFound, AlreadyDecided) as error:
            found.append(Outcome(uuid, error=error))
        except Unavailable as error:
            away = error
            found.append(Outcome(uuid, error=error))
    return found


def _require_waiting(work: Work, uuid: str) -> tuple[Hold, Group]:
    hold, judge = require_judged(work.session, work.actor, uuid)
    if hold.state != HoldState.WAITING:
        raise _decided(hold)
    return hold, judge


def _decided(hold: Hold) -> AlreadyDecided:
    state = Sentence(str(hold.state))
    if not hold.decided_by or hold.decided_at is None:
        return AlreadyDecided("this message is {state} already", state=state)
    return AlreadyDecided(
        "this message is {state} already; {decider} decided at {time}",
        state=state,
        decider=hold.decided_by,
        time=Moment(hold.decided_at),
    )


def _close(work: Work, hold: Hold, judge: Group | None, state: HoldState, note: str = "") -> None:
    """Decide about a message, unless somebody was quicker, and tell its sender."""
    now = datetime.now(UTC)
    lifetime = max(timedelta(days=1), hold.expires_at - hold.received_at)
    values = {
        "state": str(state),
        "decided_by": str(work.actor.address),
        "decided_at": now,
        "due_at": now,
        "note": note,
        # An approved message is not kept for ever where its group takes no mail any more.
        "expires_at": now + lifetime,
    }
    _update(work, hold, values)
    tell_sender(work.session, hold, state, work.actor)
    if judge is not None:
        work.judged_message(_VERBS[state], judge, _told(hold) | {"note": note})


def _update(work: Work, hold: Hold, values: Mapping[str, object]) -> None:
    is_as_seen = (Hold.state == hold.state) & (Hold.judge_uuid == hold.judge_uuid)
    is_claimed = Hold.claimed_until >= datetime.now(UTC)  # What is being sent does not expire.
    is_free = or_(Hold.claimed_until.is_(None), not_(is_claimed))
    statement = update(Hold).where(Hold.id == hold.id, is_as_seen, is_free).values(values)
    found = work.session.execute(statement, execution_options={"synchronize_session": False})
    if found.rowcount != 1:  # type: ignore[attr-defined]
        work.session.refresh(hold)
        raise _decided(hold)


def _told(hold: Hold) -> dict[str, str]:
    return {"sender": hold.sender, "subject": hold.subject}


def _still_to_ask(work: Work, hold: Hold, judge: Group) -> list[str]:
    """Return the groups inside whose moderators have to see the message, too.

    Those that were found when it came, and those that have been put inside, or have become
    moderated, since.
    """
    asked = {judge.uuid, *read_uuids(hold.former_judges)}
    rows = work.session.scalars(
        select(Group).where(Group.uuid.in_(read_uuids(hold.further_judges)), Group.moderated)
    )
    groups = {row.uuid: row for row in rows} | _holding_now(work.session, hold)
    return [
        uuid
        for uuid, group in groups.items()
        if uuid not in asked
        and not may_in_group(work.session, work.actor, Right.JUDGE_MESSAGES, group)
    ]


def _holding_now(session: Session, hold: Hold) -> dict[str, Group]:
    """Return the moderated groups, by their UUIDs, that would not just accept the message now.

    Among them are those that would refuse it: at the least, their moderators are to see it.
    """
    group = session.scalar(select(Group).where(Group.uuid == hold.group_uuid))
    if group is None:
        return {}
    within = decide_within(session, evidence_of(hold.evidence), group)
    return {
        each.uuid: each
        for each, one in within
        if each.moderated and one.action is not Action.ACCEPT
    }


def _ask_further(work: Work, hold: Hold, judge: Group, further: Sequence[str]) -> None:
    """Let the moderators of the next group decide, and tell them."""
    first, *others = further
    former = [*read_uuids(hold.former_judges), judge.uuid]
    values = {
        "judge_uuid": first,
        "further_judges": write_uuids(others),
        "former_judges": write_uuids(former),
    }
    _update(work, hold, values)
    work.session.refresh(hold)
    tell_moderators(work.session, hold)
    work.judged_message("approve", judge, _told(hold))


def _allow(work: Work, hold: Hold, judge: Group) -> None:
    """Add the sender to those of the group who are always allowed."""
    if not may_be_allowed(hold.sender, judge):
        raise InvalidInput("this sender cannot be allowed always", field="always_allow")
    address = Address.parse(hold.sender)
    role = Role.ALLOWED_SENDER
    if any((row.role, row.address) == (role, str(address)) for row in judge.roles):
        return
    judge.roles.append(GroupRole(role=role, address=str(address), original=address.original))
    judge.version += 1
    judge.updated_at, judge.updated_by = datetime.now(UTC), str(work.actor.address)
    work.changed_group(judge)
