"""Notices that wait to be sent: claimed by one sender at a time, and removed when they are sent.

A claim holds for :data:`LEASE`, and the one on the notice in hand for :data:`IN_HAND`, renewed
right before it is sent: no other sender takes it meanwhile.  SMTP has no transaction together with
a database: a sender that is killed after Postfix has answered, and before the row is gone, leaves
one notice that is sent again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from contactsgroups.domain.principal import UPKEEP
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import OutboxRow
from contactsgroups.persistence.queries import chunked
from contactsgroups.services.delivery.notice_kinds import read_text
from contactsgroups.services.delivery.notice_readers import account_of
from contactsgroups.services.delivery.notice_text import NoticeText
from contactsgroups.services.unit_of_work import write_private

LEASE = timedelta(minutes=10)
"""How long a claim holds: far longer than the clocks of hosts differ."""
IN_HAND = timedelta(hours=1)
"""How long it holds on what is being sent.

A sender needs minutes for that; if the database goes away before it can note that Postfix has taken
the message, it does so within a minute of its return, and until then nobody else may send it.
"""
LIFETIME = timedelta(days=5)
"""How long a notice waits at most, as a message does in Postfix by default."""
PORTION = 50
_PAUSES = (60, 300, 900, 3600, 4 * 3600)  # seconds
_FAULT_LENGTH = 500  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNotice:
    """A notice that its sender may send now.

    Attributes:
        event: a name of what it tells of, of letters and digits; the same at each attempt.
        attempts: how often it was tried.
        refusals: of these, how often there was no such recipient.
        language: the tag of what the recipient reads (BCP 47); empty if nobody knows.
    """

    id: int
    event: str
    recipient: str
    created_at: datetime
    attempts: int
    text: NoticeText
    refusals: int = 0
    language: str = ""


def claim(database: Database, sender: str, now: datetime) -> Sequence[int]:
    """Claim a portion of what is due, and return the ids; nobody else gets them for a while.

    Raises:
        Unavailable: the database does not answer.
    """
    with database.read() as session:  # Most looks find nothing, and need not lock anything.
        due = select(OutboxRow.id).where(OutboxRow.due_at <= now, _is_free(now))
        ids = session.scalars(due.order_by(OutboxRow.due_at, OutboxRow.id).limit(PORTION)).all()
    if not ids:
        return ()
    with write_private(database, UPKEEP) as session:
        # The condition is read again under the rows' locks: another sender may have been faster.
        _change(session, OutboxRow.id.in_(ids) & _is_free(now), **_claimed(sender, now + LEASE))
        mine = select(OutboxRow.id).where(OutboxRow.claimed_by == sender, OutboxRow.id.in_(ids))
        return session.scalars(mine.order_by(OutboxRow.due_at, OutboxRow.id)).all()


def begin(database: Database, sender: str, id_: int, now: datetime) -> DueNotice | None:
    """Renew the claim of one notice, and return it with what it says now.

    None if it is another sender's by now, or was removed as there is nothing to tell any more.

    Raises:
        Unavailable: the database does not answer.
        ValueError: this version of the program does not know its kind; see :func:`postpone`.
    """
    with write_private(database, UPKEEP) as session:
        still_mine = _is_of(sender, [id_]) & (OutboxRow.claimed_until >= now)
        if not _change(session, still_mine, **_claimed(sender, now + IN_HAND)):
            return None
        row = session.get_one(OutboxRow, id_)
        account = account_of(session, row.recipient)
        text = read_text(session, row, account)
        if text is None:
            session.delete(row)
            return None
        return DueNotice(
            id=row.id,
            event=row.event,
            recipient=row.recipient,
            created_at=row.created_at,
            attempts=row.attempts,
            refusals=row.refusals,
            text=text,
            language=account.language if account else "",
        )


def remove(database: Database, sender: str, ids: Collection[int]) -> None:
    """Forget notices that were sent, or cannot be."""
    if not ids:
        return
    with write_private(database, UPKEEP) as session:
        for some in chunked(sorted(ids)):
            session.execute(delete(OutboxRow).where(_is_of(sender, some)))


def postpone(
    database: Database,
    sender: str,
    id_: int,
    fault: str,
    now: datetime,
    *,
    is_refused: bool = False,
) -> None:
    """Give a notice back, to be tried again after a pause, which grows with each attempt.

    Args:
        is_refused: it was said that there is no such recipient.
    """
    with write_private(database, UPKEEP) as session:
        row = session.scalar(select(OutboxRow).where(_is_of(sender, [id_])))
        if row is not None:
            pause = _PAUSES[min(row.attempts, len(_PAUSES) - 1)]
            row.attempts += 1
            row.refusals += is_refused
            row.due_at = now + timedelta(seconds=pause)
            row.last_error = fault[:_FAULT_LENGTH]
            row.claimed_by = row.claimed_until = None


def release(
    database: Database, sender: str, claimed: Collection[int], *, sent: Collection[int] = ()
) -> None:
    """Give back what a sender has claimed, as it was, but for what it has sent."""
    with write_private(database, UPKEEP) as session:
        kept = _is_of(sender, set(claimed) - set(sent))
        _change(session, kept, claimed_by=None, claimed_until=None)


def remove_outdated(
    database: Database, sender: str, claimed: Collection[int], now: datetime
) -> Sequence[tuple[str, str]]:
    """Forget what a sender has claimed and has waited for too long.

    Returns:
        The recipients, each with what the last attempt came to; empty if there was none.
    """
    outdated = _is_of(sender, claimed) & (OutboxRow.created_at <= now - LIFETIME)
    statement = select(OutboxRow.recipient, OutboxRow.last_error).where(outdated)
    with database.read() as session:
        found = [(row.recipient, row.last_error) for row in session.execute(statement)]
    if found:
        with write_private(database, UPKEEP) as session:
            session.execute(delete(OutboxRow).where(outdated))
    return found


def remove_abandoned(database: Database, now: datetime) -> int:
    """Forget what nobody has tried to send for too long, and return how many notices these were.

    Raises:
        Unavailable: the database does not answer.
    """
    abandoned = (OutboxRow.due_at <= now - LIFETIME) & _is_free(now)
    with database.read() as session:  # Mostly there are none.
        if session.scalars(select(OutboxRow.id).where(abandoned).limit(1)).first() is None:
            return 0
    with write_private(database, UPKEEP) as session:
        result = session.execute(delete(OutboxRow).where(abandoned))
        assert isinstance(result, CursorResult)  # noqa: S101 - narrows the type
        return result.rowcount


def _claimed(sender: str, until: datetime) -> dict[str, object]:
    return {"claimed_by": sender, "claimed_until": until}


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until < now)


def _is_of(sender: str, ids: Collection[int]) -> ColumnElement[bool]:
    return OutboxRow.id.in_(ids) & (OutboxRow.claimed_by == sender)


def _change(session: Session, condition: ColumnElement[bool], **values: object) -> int:
    """Change rows, and return how many there were."""
    statement = update(OutboxRow).where(condition).values(**values)
    result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)  # noqa: S101 - narrows the type
    return result.rowcount
