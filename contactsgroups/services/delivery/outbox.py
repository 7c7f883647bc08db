"""Notices that wait to be sent: claimed by one sender at a time, and removed when they are sent."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from contactsgroups.domain.principal import UPKEEP
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Group, Member, OutboxRow
from contactsgroups.services.unit_of_work import write_private

LEASE = timedelta(minutes=10)
"""How long a claim holds; longer than a sender works on one portion."""
LIFETIME = timedelta(days=5)
"""How long sending is tried, as Postfix does by default."""
PORTION = 20
_PAUSES = (60, 300, 900, 3600)  # seconds
_FAULT_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """That somebody was added to a group.

    Attributes:
        event: one name for each event, of letters and digits.
        by: the name, or else the address, of who did it.
    """

    id: int
    event: str
    recipient: str
    group: str
    group_name: str
    by: str
    created_at: datetime
    attempts: int


def claim_due(database: Database, sender: str, now: datetime) -> list[Notice]:
    """Claim notices that are due, and return them; those that came to nothing are removed.

    Nobody else gets them before the claim has run out.

    Raises:
        Unavailable: the database does not answer.
    """
    with write_private(database, UPKEEP) as session:
        due = select(OutboxRow.id).where(OutboxRow.due_at <= now, _is_free(now))
        ids = session.scalars(due.order_by(OutboxRow.due_at, OutboxRow.id).limit(PORTION)).all()
        mine = [each for each in ids if _claim(session, each, sender, now)]
        rows = session.scalars(
            select(OutboxRow).where(OutboxRow.id.in_(mine)).order_by(OutboxRow.id)
        ).all()
        notices = [(row.id, _notice(session, row)) for row in rows]
        obsolete = [row_id for row_id, notice in notices if notice is None]
        session.execute(delete(OutboxRow).where(OutboxRow.id.in_(obsolete)))
        return [notice for _, notice in notices if notice is not None]


def remove(database: Database, sender: str, notice: Notice) -> None:
    """Forget a notice that was sent, or cannot be."""
    with write_private(database, UPKEEP) as session:
        session.execute(delete(OutboxRow).where(_is_claimed(notice, sender)))


def postpone(database: Database, sender: str, notice: Notice, fault: str, now: datetime) -> bool:
    """Try a notice again later; return False if it was given up and removed."""
    if now - notice.created_at >= LIFETIME:
        remove(database, sender, notice)
        return False
    pause = _PAUSES[min(notice.attempts, len(_PAUSES) - 1)]
    with write_private(database, UPKEEP) as session:
        session.execute(
            update(OutboxRow)
            .where(_is_claimed(notice, sender))
            .values(
                attempts=notice.attempts + 1,
                due_at=now + timedelta(seconds=pause),
                last_error=fault[:_FAULT_LENGTH],
                claimed_by=None,
                claimed_until=None,
            )
        )
    return True


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until < now)


def _is_claimed(notice: Notice, sender: str) -> ColumnElement[bool]:
    return (OutboxRow.id == notice.id) & (OutboxRow.claimed_by == sender)


def _claim(session: Session, row_id: int, sender: str, now: datetime) -> bool:
    """Whether the row is the sender's now: the condition is read again under the row's lock."""
    result = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id, _is_free(now))
        .values(claimed_by=sender, claimed_until=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)  # noqa: S101 - narrows the type
    return result.rowcount == 1


def _notice(session: Session, row: OutboxRow) -> Notice | None:
    """Return what a row tells of, or None if it is not so any more."""
    facts = json.loads(row.payload)
    group = session.get(Group, facts["group_id"])
    member = select(Member.id).where(
        Member.group_id == facts["group_id"], Member.address == facts["recipient"]
    )
    if group is None or not group.notify_members or session.scalar(member) is None:
        return None
    by = select(Account.display_name).where(Account.address == facts["by"])
    return Notice(
        id=row.id,
        event=row.event,
        recipient=facts["recipient"],
        group=group.address,
        group_name=group.display_name,
        by=session.scalar(by) or facts["by"],
        created_at=row.created_at,
        attempts=row.attempts,
    )
