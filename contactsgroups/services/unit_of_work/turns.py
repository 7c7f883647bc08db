"""Whoever writes much, piece after piece, lets others write in between."""

import time

_PAUSE = 0.12  # A writer in another process asks SQLite for the lock every 0.1 s.


def let_others_write() -> None:
    """Wait, between two pieces, as long as another process needs to get the writers' lock."""
    time.sleep(_PAUSE)
