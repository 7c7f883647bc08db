"""What SIGINT and SIGTERM do: end a start, or ask what runs to end."""

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)

_log = logging.getLogger(__name__)


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Let SIGINT and SIGTERM end the block, and go on behind it as if it had come to its end."""

    def end() -> None:
        raise SystemExit(0)

    try:
        with calling_on_signals(end):
            yield
    except SystemExit:
        _log.info("stopped by a signal")


@contextmanager
def calling_on_signals(stop: Callable[[], None], *numbers: signal.Signals) -> Iterator[None]:
    """Call ``stop`` at the first SIGINT or SIGTERM, or of these signals, while the block lasts.

    A second signal ends the process at once, should the first one not suffice.  ``stop`` runs
    between any two instructions of the main thread, so it must not wait for a lock.
    """

    def handle(_number: int, _frame: FrameType | None) -> None:
        for each in handled:
            signal.signal(each, signal.SIG_DFL)
        stop()

    handled = numbers or _SIGNALS
    previous = {each: signal.signal(each, handle) for each in handled}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
