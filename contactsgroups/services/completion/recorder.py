"""One thread of a process that records what no request may wait for."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from contactsgroups.domain.errors import Unavailable, with_detail

Task = Callable[[threading.Event], None]
"""Does what is due, then returns; sooner, once the event is set."""

_STOP_SECONDS = 2.0
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Scheduled:
    run: Task
    every: float
    due: float = 0.0
    is_failing: bool = False


class Recorder:
    """Runs tasks one after the other, each at its interval, and sooner when it is woken.

    What is to be done must be stored where another process finds it: this thread may end at any
    time with its process.  A task that cannot reach the database is tried again at its interval.
    """

    def __init__(self) -> None:
        self._tasks: dict[str, _Scheduled] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._woken = threading.Event()
        self._stopping = threading.Event()

    def add(self, name: str, run: Task, *, every: float) -> None:
        """Add a task, or replace the one of that name; it first runs as soon as the thread does.

        Args:
            name: what is recorded, for the log.
            every: seconds between two runs.
        """
        with self._lock:
            self._tasks[name] = _Scheduled(run, every)
        self._woken.set()  # The thread may sleep until another task is due.

    def start(self) -> None:
        """Start the thread, unless it runs; after a fork the child has none."""
        with self._lock:
            if self._stopping.is_set() or (self._thread is not None and self._thread.is_alive()):
                return
            self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
            self._thread.start()

    def wake(self, name: str) -> None:
        """Run a task now, if there is one of that name; returns at once."""
        if name in self._tasks:
            self._tasks[name].due = 0.0
        self._woken.set()
        self.start()

    def close(self) -> None:
        """End the thread; for a task that waits for the database, only for a moment."""
        with self._lock:
            self._stopping.set()
            thread = self._thread
        self._woken.set()
        if thread is not None:
            thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            for name, task in self._pick_due():
                self._try(name, task)
            self._woken.wait(self._seconds_left())

    def _pick_due(self) -> list[tuple[str, _Scheduled]]:
        now = time.monotonic()
        with self._lock:
            due = [(name, task) for name, task in self._tasks.items() if task.due <= now]
        for _, task in due:
            task.due = now + task.every
        return due

    def _seconds_left(self) -> float:
        with self._lock:
            first = min((task.due for task in self._tasks.values()), default=0.0)
        return max(0.01, first - time.monotonic())

    def _try(self, name: str, task: _Scheduled) -> None:
        if self._stopping.is_set():
            return
        try:
            task.run(self._stopping)
        except Exception as error:  # noqa: BLE001 - there is no caller, and others must go on
            if not task.is_failing:  # Logged once for each outage, which may last for hours.
                _report(name, error)
            task.is_failing = True
        else:
            task.is_failing = False


def _report(name: str, error: Exception) -> None:
    if isinstance(error, Unavailable):
        _log.warning("%s: recorded later, because %s", name, with_detail(error))
    else:
        _log.error("%s: cannot be recorded; tried again from time to time", name, exc_info=error)
