"""A bound on passwords that are checked at once: a check takes a core for a tenth of a second."""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from contactsgroups.domain.errors import SignInBusy

_AT_ONCE = max(2, min(4, os.cpu_count() or 2))
_WAITING = 2
_JOINING = 4


class CheckSlots:
    """Lets one check run on each core, four at most, and two others wait; refuses the rest.

    So guessing never takes more than six threads of a server, and one client never all that may
    run and wait: there is room for another.

    Args:
        wait: seconds until one that waits is refused.
    """

    def __init__(self, at_once: int = _AT_ONCE, wait: float = 1.0) -> None:
        self._running = threading.BoundedSemaphore(at_once)
        self._most = at_once + _WAITING
        self._wait = wait
        self._present: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def taken(self, client: str) -> Iterator[None]:
        """Run the block in a slot.

        Raises:
            SignInBusy: there was none.
        """
        self._enter(client)
        try:
            if not self._running.acquire(timeout=self._wait):
                raise SignInBusy
            try:
                yield
            finally:
                self._running.release()
        finally:
            self._leave(client)

    def _enter(self, client: str) -> None:
        with self._lock:
            is_full = self._present.total() >= self._most
            if is_full or self._present.get(client, 0) >= self._most - 1:
                raise SignInBusy
            self._present[client] += 1

    def _leave(self, client: str) -> None:
        with self._lock:
            self._present[client] -= 1
            if not self._present[client]:
                del self._present[client]


class SameChecks:
    """Lets requests that need the same check wait for one of them.

    A program that has just started sends several at once.  Four may wait in all, so that nobody
    takes all threads this way either.
    """

    def __init__(self, wait: float = 5.0) -> None:
        self._underway: dict[bytes, threading.Event] = {}
        self._joining = threading.BoundedSemaphore(_JOINING)
        self._lock = threading.Lock()
        self._wait = wait

    @contextmanager
    def joined(self, check: bytes) -> Iterator[bool]:
        """Yield True to the first, who has to check, and False to others after that.

        Raises:
            SignInBusy: too many wait already.
        """
        with self._lock:
            event = self._underway.get(check)
            is_first = event is None
            if event is None:
                event = self._underway[check] = threading.Event()
        if not is_first:
            self._await(event)
        try:
            yield is_first
        finally:
            if is_first:
                with self._lock:
                    del self._underway[check]
                event.set()

    def _await(self, event: threading.Event) -> None:
        if not self._joining.acquire(blocking=False):
            raise SignInBusy
        try:
            event.wait(self._wait)
        finally:
            self._joining.release()
