"""Notices cheaply whether anything in the database has changed."""

import threading
import time

from contactsgroups.persistence import Database, journal


class News:
    """Counts the moments at which something was found changed.

    The database's bell tells of commits on this host at once.  Commits on other hosts, and commits
    whose process died before ringing, are found by asking the database every ``interval`` seconds.
    """

    def __init__(self, database: Database, interval: float) -> None:
        self._database = database
        self._interval = interval
        self._sound: bytes | None = None
        self._looked_at = float("-inf")
        self._commits: tuple[str, int] | None = None
        self._count = 0
        self._lock = threading.Lock()

    def count(self) -> int:
        """Return a number that is higher than before if the database has changed.

        Raises:
            Unavailable: the database had to be asked and does not answer.
        """
        if self._must_look():
            with self._lock:
                if self._must_look():
                    self._look()
        return self._count

    def _must_look(self) -> bool:
        is_silent = self._sound == self._listen()
        return not is_silent or time.monotonic() - self._looked_at >= self._interval

    def _look(self) -> None:
        # Listening comes before looking: a commit in between rings once more.
        sound, now = self._listen(), time.monotonic()
        with self._database.read() as session:
            commits = journal.read_commits(session)
        if commits != self._commits:
            self._commits = commits
            self._count += 1
        self._sound, self._looked_at = sound, now

    def _listen(self) -> bytes:
        bell = self._database.bell
        return b"" if bell is None else bell.read()
