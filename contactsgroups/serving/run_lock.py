"""One ``run`` at a time on a state directory."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contactsgroups.domain.errors import Unavailable

FILE_NAME = "run.lock"
"""In the state directory.  It stays there; what counts is the lock on it (flock(2))."""


@contextmanager
def holding(state: Path) -> Iterator[None]:
    """Hold the lock while the block lasts; the kernel releases it however this process dies.

    Raises:
        Unavailable: another process holds it.
    """
    if not state.exists():
        state.mkdir(parents=True, exist_ok=True)
        # Others may pass through, as Postfix does to its maps and its socket.
        state.chmod(0o711)
    descriptor = os.open(state / FILE_NAME, os.O_RDONLY | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, state)
        yield
    finally:
        os.close(descriptor)


def require_free(state: Path) -> None:
    """Refuse like :func:`holding`, and make nothing where nothing is.

    Raises:
        Unavailable: another process holds the lock.
    """
    if (state / FILE_NAME).exists():
        with holding(state):
            pass


def _lock(descriptor: int, state: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Unavailable(
            f"another contactsgroups run uses the state directory {state.absolute()};"
            " end it first, or choose another directory with --state"
        ) from error
