"""A signal of commits, so that readers on the same host need not ask the database.

Eight bytes in a mapped file, different after every commit.  A reader that finds them as they were
knows that nothing has changed; one comparison of mapped memory instead of a query.  The signal
is only a hint: it may change without a commit, and a commit whose process dies before signalling
is missed.  So readers also query the database from time to time.
"""

import mmap
import os
from pathlib import Path

_SIZE = 8


class CommitSignal:
    """The signal in ``path``, which is created where there is none and never replaced."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            # Growing a file that has its size already changes nothing, so a race is harmless.
            os.ftruncate(descriptor, _SIZE)
            self._memory = mmap.mmap(descriptor, _SIZE)
        finally:
            os.close(descriptor)

    def notify(self) -> None:
        """Signal to all readers that something may have changed."""
        self._memory[:] = os.urandom(_SIZE)

    def read(self) -> bytes:
        """Return the present value; another one than before says: something may have changed."""
        return self._memory[:]

    def close(self) -> None:
        """Unmap the file."""
        self._memory.close()
