"""Notices cheaply whether anything in the database has changed."""

import threading
import time
from typing import NamedTuple

from contactsgroups.persistence import Database, journal


class Moment(NamedTuple):
    """A state of the database; the next one is another object."""

    number: int
    """How many states were seen, this one included."""
    epoch: str
    last: int
    """Where the journal ends; a commit that changes something personal only does not move it."""
    commits: int


_BEFORE = Moment(0, "", 0, 0)


class ChangeWatch:
    """Tells the moments apart at which something was found changed.

    The database's bell tells of commits on this host at once.  Commits on other hosts, and commits
    whose process died before ringing, are found by asking the database every ``interval`` seconds.
    """

    def __init__(self, database: Database, interval: float) -> None:
        self._database = database
        self._interval = interval
        self._sound: bytes | None = None
        self._looked_at = float("-inf")
        self._moment = _BEFORE
        self._lock = threading.Lock()

    def now(self) -> Moment:
        """Return the present moment: the same object as before if nothing has changed.

        Raises:
            Unavailable: the database had to be asked and does not answer.
        """
        if self._must_look():
            with self._lock:
                if self._must_look():
                    self._look()
        return self._moment

    def _must_look(self) -> bool:
        is_silent = self._sound == self._listen()
        return not is_silent or time.monotonic() - self._looked_at >= self._interval

    def _look(self) -> None:
        # Listening comes before looking: a commit in between rings once more.
        sound, now = self._listen(), time.monotonic()
        with self._database.connect() as connection:
            end = journal.read_end(connection)
        if end != self._moment[1:]:
            self._moment = Moment(self._moment.number + 1, *end)
        self._sound, self._looked_at = sound, now

    def _listen(self) -> bytes:
        bell = self._database.bell
        return b"" if bell is None else bell.read()
