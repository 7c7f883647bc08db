"""A bound on passwords that are checked at once: a check takes a core for a tenth of a second."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from contactsgroups.domain.errors import SignInBusy

_AT_ONCE = max(2, min(4, os.cpu_count() or 2))
_WAITING = 2


class CheckSlots:
    """Lets one check run on each core, four at most, and two others wait; refuses the rest.

    So guessing never takes more than six threads of a server.

    Args:
        wait: seconds until one that waits is refused.
    """

    def __init__(self, at_once: int = _AT_ONCE, wait: float = 1.0) -> None:
        self._running = threading.BoundedSemaphore(at_once)
        self._present = threading.BoundedSemaphore(at_once + _WAITING)
        self._wait = wait

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Run the block in a slot.

        Raises:
            SignInBusy: there was none.
        """
        if not self._present.acquire(blocking=False):
            raise SignInBusy
        try:
            if not self._running.acquire(timeout=self._wait):
                raise SignInBusy
            try:
                yield
            finally:
                self._running.release()
        finally:
            self._present.release()
