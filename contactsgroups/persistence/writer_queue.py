"""The writers of one process: first come, first served, and few that wait long."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from contactsgroups.domain.errors import Unavailable

GRACE = 0.5
"""Seconds that every writer may wait: a burst of short writes is over by then."""

CROWD = 12
"""So many writers may wait at all; a server has more threads, and the others go on reading."""


class WriterQueue:
    """Lets ``slots`` threads write at a time, and at most ``patient`` ones wait for long.

    A server has few threads.  If a writer is slow, those that wait for it must not be all of them:
    the others give up after :data:`GRACE`, or at once where it is a crowd, so that reading goes on.
    SQLite's own lock is no queue
    either: who asks for it at the right moment gets it, however long others have waited.
    """

    def __init__(self, *, slots: int, patient: int) -> None:
        self._free = slots
        self._patient = patient
        self._waiting_long = 0
        self._tickets: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, seconds: float) -> Iterator[float]:
        """Wait for a slot, hold it while the block lasts, and yield the seconds that are left.

        Raises:
            Unavailable: there was none in time.
        """
        end = time.monotonic() + seconds
        ticket = self._take_ticket()
        try:
            self._wait(ticket, end)
            yield max(0.0, end - time.monotonic())
        finally:
            self._leave(ticket)

    def _take_ticket(self) -> threading.Event:
        ticket = threading.Event()
        with self._lock:
            if self._free:
                self._free -= 1
                ticket.set()
            elif len(self._tickets) >= CROWD:
                raise Unavailable("too many writers wait for the database already")
            else:
                self._tickets.append(ticket)
        return ticket

    def _wait(self, ticket: threading.Event, end: float) -> None:
        if ticket.wait(min(GRACE, max(0.0, end - time.monotonic()))):
            return
        with self._lock:
            if self._waiting_long >= self._patient:
                raise Unavailable("too many writers wait for the database already")
            self._waiting_long += 1
        try:
            if not ticket.wait(max(0.0, end - time.monotonic())):
                raise Unavailable("other writers keep the database busy")
        finally:
            with self._lock:
                self._waiting_long -= 1

    def _leave(self, ticket: threading.Event) -> None:
        """Hand the slot to the thread that has waited longest, or give the ticket back."""
        with self._lock:
            if not ticket.is_set():
                self._tickets.remove(ticket)
            elif self._tickets:
                self._tickets.popleft().set()
            else:
                self._free += 1
