"""An end to work that others' code does in one thread, after so much processor time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTime(BaseException):
    """The time is used up; no Exception, because Radicale makes errors of its own of those."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Let the block use so much processor time; waiting for others does not count.

    Recurrences of a calendar are computed in loops that nobody else can end: a rule may have no
    date at all until the year 9999.  But they call functions, and at each call the time is checked.

    Raises:
        OutOfTime: within the block, once.
    """
    end = time.thread_time() + seconds
    before = sys.getprofile()

    def check(_frame: FrameType, _event: str, _argument: object) -> None:
        if time.thread_time() > end:
            sys.setprofile(before)  # Whatever tidies up now is not interrupted again.
            raise OutOfTime

    sys.setprofile(check)
    try:
        yield
    finally:
        sys.setprofile(before)
