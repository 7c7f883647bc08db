"""A progress bar for long work; shown at a terminal only."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from contactsgroups.services.transfer.applying import Progress


@contextmanager
def showing_progress() -> Iterator[Progress | None]:
    """Hand out what draws progress on stderr; None where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    bars = _Bars()
    try:
        yield bars.show
    finally:
        bars.close()


class _Bars:
    """One bar after the other, for each thing that is being done."""

    def __init__(self) -> None:
        self._what = ""
        self._bar: Any = None

    def show(self, what: str, done: int, total: int) -> None:
        """Draw how far something is."""
        if what != self._what:
            self.close()
            self._what = what
            self._bar = click.progressbar(length=total, label=f"{what:9}", file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def close(self) -> None:
        """Leave the bar as it is, and begin a line below it."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
