"""Whether a change is in force for mail: whoever publishes maps has reached it.

Each publisher that runs on writes down how far it is, on every host (:class:`Follower`).  Who
changes something waits until all of them are there, so that the next message meets the change.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update

from contactsgroups.domain.change import JournalPosition
from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.models import Follower
from contactsgroups.services.unit_of_work import insert_private, write_private

HEARTBEAT_SECONDS = 5.0
"""So often a publisher says that it is still there."""
_ALIVE_SECONDS = 3 * HEARTBEAT_SECONDS
"""Who was silent for longer is waited for no more."""
_WAIT_SECONDS = 2.0
_LOOK_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Publisher:
    """A publisher that runs on: one for each directory of maps on each host."""

    host: str
    name: str


def report_position(database: Database, publisher: Publisher, position: JournalPosition) -> None:
    """Write down that the maps of a publisher show the journal up to this position.

    Raises:
        Unavailable: the database does not answer.
    """
    values = {"epoch": position.epoch, "last": position.last, "heartbeat": datetime.now(UTC)}
    with write_private(database, OPERATOR) as session:
        row = session.get(Follower, (publisher.host, publisher.name))
        if row is not None:
            session.execute(update(Follower).where(_is(publisher)).values(values))
    if row is None:
        row = Follower(host=publisher.host, name=publisher.name, **values)
        insert_private(database, OPERATOR, row)


def withdraw(database: Database, publisher: Publisher) -> None:
    """Write down that a publisher has ended.

    Raises:
        Unavailable: the database does not answer; it counts as ended after a while.
    """
    with write_private(database, OPERATOR) as session:
        session.execute(delete(Follower).where(_is(publisher)))


def _is(publisher: Publisher) -> ColumnElement[bool]:
    return (Follower.host == publisher.host) & (Follower.name == publisher.name)


def wait_until_in_force(database: Database, *, seconds: float | None = None) -> bool:
    """Wait until every live publisher has reached what is committed now.

    Args:
        seconds: that are waited at most; None: two.

    Returns:
        Whether they have; also True if none is running, as nothing will change that.  False if the
        database does not answer: what is committed is, but nobody knows who has reached it.
    """
    deadline = time.monotonic() + (_WAIT_SECONDS if seconds is None else seconds)
    try:
        end = _read_end(database)
        while _is_anyone_behind(database, end):
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_SECONDS)
    except Unavailable:
        return False
    return True


def _read_end(database: Database) -> JournalPosition:
    with database.connect() as connection:
        end, _ = journal.read_end(connection)
        return end


def _is_anyone_behind(database: Database, end: JournalPosition) -> bool:
    alive = Follower.heartbeat >= datetime.now(UTC) - timedelta(seconds=_ALIVE_SECONDS)
    with database.connect() as connection:
        rows = connection.execute(select(Follower.epoch, Follower.last).where(alive))
        return any(row.epoch != end.epoch or row.last < end.last for row in rows)
