"""Ends what waited too long, and removes what nobody needs any more of held messages."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select

from contactsgroups.domain.held_message import HoldState
from contactsgroups.domain.principal import OPERATOR, UPKEEP
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Hold, HoldCopy, HoldPart
from contactsgroups.services.moderation.decisions import expire_in, remove_content
from contactsgroups.services.moderation.judging import judge_of
from contactsgroups.services.unit_of_work import write, write_private

KEPT = timedelta(days=365)
"""How long is kept who decided what, without the message."""
COPIES_KEPT = timedelta(days=7)
"""How long is kept who has a copy of a message that waits nowhere any more.

Postfix tries so long to hand over the message to other groups (``maximal_queue_lifetime``).
"""
_STRAY = timedelta(days=1)
"""Parts of a message that is not held after this time belong to none."""
_AT_ONCE = 100
_AT_MOST = 1000
"""The rest waits for the next turn: what is approved is sent between them."""
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
    _forget_decisions(database, now)
    _forget_copies(database, now)
    return TidiedHolds(expired, cleared)


def _forget_decisions(database: Database, now: datetime) -> None:
    is_over = and_(Hold.state.not_in(_KEEPING), Hold.decided_at < now - KEPT)
    while ids := _some(database, select(Hold.id).where(is_over)):
        with write_private(database, OPERATOR) as session:
            session.execute(delete(Hold).where(Hold.id.in_(ids)))


def _forget_copies(database: Database, now: datetime) -> None:
    """Forget who has a copy of messages that wait nowhere any more."""
    needed = select(Hold.digest).where(Hold.state.in_(_KEEPING))
    is_over = and_(HoldCopy.written_at < now - COPIES_KEPT, HoldCopy.digest.not_in(needed))
    while digests := _some(database, select(HoldCopy.digest).where(is_over).distinct()):
        for each in digests:
            with write_private(database, OPERATOR) as session:
                session.execute(delete(HoldCopy).where(HoldCopy.digest == each))


def _some(database: Database, statement: Select[Any]) -> list[Any]:
    """Return the first of what is found: nobody waits long while so much is written."""
    with database.read() as session:
        return list(session.scalars(statement.limit(_AT_ONCE)))


def _expire(database: Database, now: datetime) -> int:
    """End what nobody decided about, and what was approved and could not be sent."""
    done = 0
    while done < _AT_MOST and (uuids := _expired(database, now)):
        with write(database, UPKEEP) as work:
            rows = work.session.scalars(select(Hold).where(Hold.uuid.in_(uuids), _is_expired(now)))
            ended = [
                hold.uuid
                for hold in rows.all()
                if expire_in(work, hold, judge_of(work.session, hold))
            ]
        for uuid in ended:
            remove_content(database, uuid)
        done += len(ended)
        if not ended:  # Somebody was quicker each time.
            break
    return done


def _expired(database: Database, now: datetime) -> list[str]:
    return _some(database, select(Hold.uuid).where(_is_expired(now)).order_by(Hold.id))


def _is_expired(now: datetime) -> ColumnElement[bool]:
    """Whose time is over; that of an approved message began with the decision."""
    is_free = or_(Hold.claimed_until.is_(None), Hold.claimed_until < now)
    return and_(Hold.state.in_(_KEEPING), Hold.expires_at < now, is_free)


def _remove_stray_parts(database: Database, now: datetime) -> int:
    """Remove parts of messages that were never held, or are decided about."""
    needed = select(Hold.uuid).where(Hold.state.in_(_KEEPING))
    is_stray = and_(HoldPart.written_at < now - _STRAY, HoldPart.hold_uuid.not_in(needed))
    uuids = _some(database, select(HoldPart.hold_uuid).where(is_stray).distinct())
    for uuid in uuids:
        remove_content(database, uuid)
    return len(uuids)
