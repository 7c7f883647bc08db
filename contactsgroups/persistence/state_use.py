"""Whether any process works with a state directory; a restore needs it for itself.

Whoever opens the core holds a shared lock on ``in_use.lock`` while it is open, whichever face it
is; the kernel releases it with the process.  A restore holds it alone, and leaves a mark until it
is complete, so that nobody begins to work on half of a state.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contactsgroups.domain.errors import Unavailable

LOCK = "in_use.lock"
UNFINISHED = "restore.unfinished"


class StateUse:
    """The shared lock of one core, until it is closed."""

    def __init__(self, state: Path) -> None:
        """Begin to use the state.

        Raises:
            Unavailable: it is being restored, or a restore was broken off.
        """
        self._descriptor = _open(state)
        try:
            if not _lock(self._descriptor, fcntl.LOCK_SH):
                raise Unavailable("the state is being restored from a backup", detail=str(state))
            if (state / UNFINISHED).exists():
                raise Unavailable(
                    "a restore was broken off; run contactsgroups restore again", detail=str(state)
                )
        except BaseException:
            os.close(self._descriptor)
            raise

    def close(self) -> None:
        """Use the state no more; harmless if that was said before."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


@contextmanager
def alone(state: Path) -> Iterator[None]:
    """Keep everybody else from the state while the block lasts.

    Raises:
        Unavailable: a process works with it.
    """
    descriptor = _open(state)
    try:
        if not _lock(descriptor, fcntl.LOCK_EX):
            raise Unavailable(
                "{state} is in use: stop every process that works with it first", state=state
            )
        yield
    finally:
        os.close(descriptor)


def _open(state: Path) -> int:
    return os.open(state / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
