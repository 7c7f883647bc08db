"""Something that happens beside a test, again and again, for as long as a block lasts."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeated(action: Callable[[], object], pause: float = 0.0) -> Iterator[None]:
    """Call ``action`` in a thread of its own, with ``pause`` seconds before each call."""
    stop = threading.Event()

    def repeat() -> None:
        while not stop.wait(pause):
            action()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
