"""On which day a message to a group was last accepted: one note of a group and day at most.

Reports name groups that nobody mails.  A note is a private write and waits for no decision: the
policy service answers first.  What is lost with a process, the next message notes.
"""

import threading
from collections.abc import Collection
from datetime import UTC, date, datetime

from sqlalchemy import update

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import GroupMail
from contactsgroups.services.unit_of_work import insert_private, write_private


class MailDays:
    """The groups that were mailed today, and those of them that are not stored yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._day = _today()
        self._seen: set[int] = set()
        self._waiting: set[int] = set()

    @property
    def has_waiting(self) -> bool:
        """Whether there is anything to store."""
        return bool(self._waiting)

    def note(self, group_id: int) -> None:
        """Remember that a message to a group is accepted; quick, and without a statement."""
        with self._lock:
            if self._day != (today := _today()):
                self._day = today
                self._seen.clear()
            if group_id not in self._seen:
                self._seen.add(group_id)
                self._waiting.add(group_id)

    def store(self) -> None:
        """Write down what was noted.

        Raises:
            Unavailable: the database does not answer; the next message to each group notes it anew.
        """
        with self._lock:
            day, waiting = self._day, self._waiting
            self._waiting = set()
        stored: set[int] = set()
        try:
            for each in sorted(waiting):
                store_day(self._database, each, day)
                stored.add(each)
        finally:
            self._forget(waiting - stored)

    def _forget(self, ids: Collection[int]) -> None:
        with self._lock:
            self._seen -= set(ids)


def store_day(database: Database, group_id: int, day: date) -> None:
    """Store that a group was mailed on a day; harmless if the group is gone, or was later mailed.

    Raises:
        Unavailable: the database does not answer.
    """
    with write_private(database, OPERATOR) as session:
        is_older = (GroupMail.group_id == group_id) & (GroupMail.last_on < day)
        session.execute(update(GroupMail).where(is_older).values(last_on=day))
        is_stored = session.get(GroupMail, group_id) is not None
    if not is_stored:
        row = GroupMail(group_id=group_id, first_on=day, last_on=day)
        insert_private(database, OPERATOR, row)


def _today() -> date:
    return datetime.now(UTC).date()
