"""Limits how often a password may be tried, for each address and for each client."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from werkzeug.exceptions import TooManyRequests

from contactsgroups.domain.errors import NotAuthenticated

WINDOW = 300  # seconds that a failure counts
PER_ADDRESS_AND_CLIENT = 5
PER_CLIENT = 30
_KEYS_LIMIT = 20_000  # so that a flood of invented addresses cannot fill the memory


class Attempts:
    """Counts the failures of the last five minutes in the memory of this process.

    An address alone is never blocked: any client could lock its owner out.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, ...], deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def limit(self, address: str, client: str) -> Iterator[None]:
        """Count it if the block ends in :class:`NotAuthenticated`; forget failures if it ends well.

        Raises:
            TooManyRequests: before the block, if there were too many failures.
        """
        pair = (address.strip().casefold()[:254], client)
        with self._lock:
            self._check(pair, PER_ADDRESS_AND_CLIENT)
            self._check((client,), PER_CLIENT)
        try:
            yield
        except NotAuthenticated:
            with self._lock:
                self._count(pair)
                self._count((client,))
            raise
        with self._lock:
            self._failures.pop(pair, None)

    def _check(self, key: tuple[str, ...], most: int) -> None:
        failures = self._failures.get(key)
        if failures is None:
            return
        now = self._clock()
        while failures and failures[0] <= now - WINDOW:
            failures.popleft()
        if len(failures) >= most:
            wait = round(failures[0] + WINDOW - now) + 1
            raise TooManyRequests(
                f"too many wrong passwords; try again in {-(-wait // 60)} minutes",
                retry_after=wait,
            )

    def _count(self, key: tuple[str, ...]) -> None:
        self._failures.setdefault(key, deque()).append(self._clock())
        self._failures.move_to_end(key)
        while len(self._failures) > _KEYS_LIMIT:
            self._failures.popitem(last=False)
