"""What is to be there after a power failure."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Bring a file's content, or the names in a directory, to the disk (fsync(2)).

    A file that was renamed is there under its new name only once its directory was synced.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
