"""Rate limit of requests: a token bucket for each account, in the memory of this process."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from werkzeug.exceptions import TooManyRequests

_KEYS_LIMIT = 20_000


class Rate:
    """Allows ``per_second`` requests over a longer time, and ``burst`` at once."""

    def __init__(
        self, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(
        self,
        key: str,
        amount: float = 1,
        *,
        reason: str = "too many completions requested; type more slowly",
    ) -> None:
        """Count one request of ``key``, or as much as ``amount`` ones.

        Raises:
            TooManyRequests: the limit is reached; the error has the time of the next one.
        """
        now = self._clock()
        with self._lock:
            left = self._left(key, now)
            if left < amount:
                wait = max(1, round((amount - left) / self._per_second))
                raise TooManyRequests(reason, retry_after=wait)
            self._buckets[key] = left - amount, now
            self._buckets.move_to_end(key)
            if len(self._buckets) > _KEYS_LIMIT:
                self._buckets.popitem(last=False)

    def _left(self, key: str, now: float) -> float:
        left, at = self._buckets.get(key, (self._burst, now))
        return min(self._burst, left + (now - at) * self._per_second)
