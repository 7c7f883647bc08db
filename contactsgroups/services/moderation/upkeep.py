"""Ends what waited too long, and removes what nobody needs any more of held messages."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select

from contactsgroups.domain.held_message import HoldState
from contactsgroups.domain.principal import OPERATOR, UPKEEP
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Hold, HoldCopy, HoldPart
from contactsgroups.services.moderation.decisions import expire_in, remove_content
from contactsgroups.services.unit_of_work import write, write_private

KEPT = timedelta(days=365)
"""How long is kept who decided what, without the message."""
COPIES_KEPT = timedelta(days=60)
"""How long is kept who has a copy of a message: longer than any of its holds waits."""
_STRAY = timedelta(days=1)
"""Parts of a message that is not held after this time belong to none."""
_AT_ONCE = 100
_KEEPING = [each for each in HoldState if each.needs_content]


@dataclass(frozen=True, slots=True)
class TidiedHolds:
    """How many messages expired, and of how many others parts were removed."""

    expired: int
    cleared: int


def tidy_holds(database: Database) -> TidiedHolds:
    """Do what is due; several processes may do it at once.

    Raises:
        Unavailable: the database does not answer; what was done stays done.
    """
    now = datetime.now(UTC)
    expired = _expire(database, now)
    cleared = _remove_stray_parts(database, now)
    with write_private(database, OPERATOR) as session:
        session.execute(delete(HoldCopy).where(HoldCopy.written_at < now - COPIES_KEPT))
        is_over = Hold.state.not_in(_KEEPING)
        session.execute(delete(Hold).where(is_over, Hold.decided_at < now - KEPT))
    return TidiedHolds(expired, cleared)


def _expire(database: Database, now: datetime) -> int:
    """End what nobody decided about, and what was approved and could not be sent."""
    done = 0
    while uuids := _expired(database, now):
        with write(database, UPKEEP) as work:
            rows = work.session.scalars(select(Hold).where(Hold.uuid.in_(uuids), _is_expired(now)))
            for hold in rows.all():
                is_judge = Group.uuid == hold.judge_uuid
                judge = work.session.scalar(select(Group).where(is_judge))
                done += expire_in(work, hold, judge)
        for uuid in uuids:
            remove_content(database, uuid)
    return done


def _expired(database: Database, now: datetime) -> list[str]:
    with database.read() as session:
        statement = select(Hold.uuid).where(_is_expired(now)).order_by(Hold.id)
        return list(session.scalars(statement.limit(_AT_ONCE)))


def _is_expired(now: datetime) -> ColumnElement[bool]:
    """Whose time is over; that of an approved message began with the decision."""
    is_free = or_(Hold.claimed_until.is_(None), Hold.claimed_until < now)
    return and_(Hold.state.in_(_KEEPING), Hold.expires_at < now, is_free)


def _remove_stray_parts(database: Database, now: datetime) -> int:
    """Remove parts of messages that were never held, or are decided about."""
    needed = select(Hold.uuid).where(Hold.state.in_(_KEEPING))
    is_stray = and_(HoldPart.written_at < now - _STRAY, HoldPart.hold_uuid.not_in(needed))
    with database.read() as session:
        statement = select(HoldPart.hold_uuid).where(is_stray).distinct()
        uuids = list(session.scalars(statement.limit(_AT_ONCE)))
    for uuid in uuids:
        remove_content(database, uuid)
    return len(uuids)
