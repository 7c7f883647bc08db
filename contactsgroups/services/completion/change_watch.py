"""Detect whether the database has changed, without a query where possible."""

import math
import threading
import time
from typing import NamedTuple

from contactsgroups.domain.change import JournalPosition
from contactsgroups.persistence import Database


class Observation(NamedTuple):
    """The result of one look at the database; the next change makes another object."""

    number: int
    """How many changes were seen, this one included."""
    position: JournalPosition
    """Where the journal ends."""
    commits: int


_NOTHING_SEEN = Observation(0, JournalPosition("", 0), 0)


class ChangeWatch:
    """Detects changes of the database.

    The commit signal reports commits on this host at once.  Commits on other hosts, and commits
    whose process died before signalling, are found by a query every ``interval`` seconds.
    """

    def __init__(self, database: Database, interval: float) -> None:
        self._database = database
        self._interval = interval
        self._signal: bytes | None = None
        self._looked_at = float("-inf")
        self._observation = _NOTHING_SEEN
        self._lock = threading.Lock()
        self.looks = 0
        """How often the database was queried: private data may have changed each time."""

    def now(self, *, within: float = math.inf) -> Observation:
        """Return the newest observation: the same object while no ordered write commits.

        Args:
            within: seconds that the last query may be ago, if less than the interval.

        Raises:
            Unavailable: the database had to be queried and does not answer.
        """
        longest = min(self._interval, within)
        if self._must_look(longest):
            with self._lock:
                if self._must_look(longest):
                    self._look()
        return self._observation

    def _must_look(self, longest: float) -> bool:
        is_unchanged = self._signal == self._read_signal()
        return not is_unchanged or time.monotonic() - self._looked_at >= longest

    def _look(self) -> None:
        # The signal is read before the database: a commit in between changes it once more.
        signal, now = self._read_signal(), time.monotonic()
        position, commits = self._database.read_end()
        seen = self._observation
        if (position, commits) != (seen.position, seen.commits):
            self._observation = Observation(seen.number + 1, position, commits)
        # Before the signal, by which other threads see that this look is over.
        self.looks += 1
        self._signal, self._looked_at = signal, now

    def _read_signal(self) -> bytes:
        signal = self._database.commit_signal
        return b"" if signal is None else signal.read()
