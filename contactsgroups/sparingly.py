"""Log lines that their cause could repeat without end."""

import time
from collections.abc import Callable


class Sparingly:
    """Lets a log line through once a minute, however often its cause comes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, seconds: float = 60.0) -> None:
        self._clock = clock
        self._seconds = seconds
        self._next = clock()

    def is_due(self) -> bool:
        """Whether the line may be written now."""
        now = self._clock()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True
