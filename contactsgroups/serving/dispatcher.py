"""The threads that answer, of which requests of one kind take only some."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ThreadedTaskDispatcher

_WAITING = 500
_WAIT_SECONDS = 2.0


class Dispatcher(ThreadedTaskDispatcher):
    """Waitress' own, in which limited requests wait for a place without holding a thread.

    So a moment with many clients is only slower.  What has waited for long, and what comes when
    many wait, is given a thread without a place, for the application to refuse.
    """

    def __init__(self, is_limited: Callable[[str], bool], places: int) -> None:
        """Give requests to paths for which ``is_limited`` is true so many places."""
        super().__init__()
        self._is_limited = is_limited
        self._free = places
        self._waiting: deque[tuple[float, HTTPChannel]] = deque()
        self._changing = threading.Lock()

    def add_task(self, task: Any) -> None:
        if self._is_limited(task.requests[0].path):
            self._add_limited(task)
        else:
            super().add_task(task)

    def refuse_overdue(self, now: float) -> None:
        """Give those a thread who have waited for long; ``now`` is time.monotonic()."""
        with self._changing:
            late = []
            while self._waiting and self._waiting[0][0] < now - _WAIT_SECONDS:
                late.append(self._waiting.popleft()[1])
        for each in late:
            super().add_task(each)  # type: ignore[arg-type] # waitress' tasks are channels

    def _add_limited(self, channel: HTTPChannel) -> None:
        with self._changing:
            has_place = self._free > 0
            if has_place:
                self._free -= 1
            elif len(self._waiting) < _WAITING:
                self._waiting.append((time.monotonic(), channel))
                return
        task: Any = _Placed(channel, self._leave) if has_place else channel
        super().add_task(task)

    def _leave(self) -> None:
        """Hand the place on."""
        with self._changing:
            if not self._waiting:
                self._free += 1
                return
            _, channel = self._waiting.popleft()
        task: Any = _Placed(channel, self._leave)
        super().add_task(task)


class _Placed:
    """A request with a place, which it leaves when its answer is closed."""

    def __init__(self, channel: HTTPChannel, leave: Callable[[], None]) -> None:
        self._channel = channel
        self._leave = leave

    def service(self) -> None:
        try:
            self._channel.service()
        finally:
            self._leave()

    def cancel(self) -> None:
        self._channel.cancel()
