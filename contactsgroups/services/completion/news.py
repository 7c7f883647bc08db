"""Notices cheaply that the database may have changed."""

import time

from contactsgroups.persistence import Database


class News:
    """Counts the moments at which something may have changed.

    The database's bell tells of commits on this host at once; commits elsewhere, and commits whose
    process died before ringing, are found by counting on after ``interval`` seconds at the latest.
    """

    def __init__(self, database: Database, interval: float) -> None:
        self._bell = database.bell
        self._interval = interval
        self._sound = b""
        self._looked_at = float("-inf")
        self._count = 0

    def count(self) -> int:
        """Return a number that is higher than before if the database may have changed."""
        now = time.monotonic()
        sound = self._bell.read() if self._bell is not None else b""
        # Two threads may count twice for one change: they then look once too often.
        if sound != self._sound or now - self._looked_at >= self._interval:
            self._sound, self._looked_at = sound, now
            self._count += 1
        return self._count
