"""How far the journal is known to have come, in a file beside the database.

A database that is put back to an earlier state, by a copy of its file or by a dump, would give out
sequences again that clients and indexes know with another meaning.  The mark tells: it is raised
after every ordered write and by every follower, so a journal that ends before it has gone back.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from contactsgroups.domain.change import JournalPosition
from contactsgroups.sparingly import Sparingly

_FORMER = 100
"""So many earlier epochs are remembered."""
_SIZE = 1 << 16  # octets; a mark is shorter.

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """The furthest end of the journal that was seen, and the epochs before this one."""

    epoch: str
    last: int
    commits: int
    former: tuple[str, ...] = ()

    def is_ahead_of(self, position: JournalPosition, commits: int) -> bool:
        """Whether a journal that ends there has gone back.

        An epoch that was never seen is a new one: another host has begun it, or the database is
        another one.
        """
        if position.epoch != self.epoch:
            return position.epoch in self.former
        return position.last < self.last or commits < self.commits

    def raised(self, position: JournalPosition, commits: int) -> "Mark":
        """Return the mark with this end of the journal taken in."""
        if position.epoch == self.epoch:
            return replace(
                self, last=max(self.last, position.last), commits=max(self.commits, commits)
            )
        former = (*self.former, self.epoch)[-_FORMER:]
        return Mark(*position, commits, former)


class HighWater:
    """The mark in ``path``, shared by all processes of this host."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: Mark | None = None
        self._unreadable, self._unwritable = Sparingly(), Sparingly()

    def read(self) -> Mark | None:
        """Return the mark; None if there is none yet, or if it cannot be read."""
        try:
            with self._locked(fcntl.LOCK_SH) as descriptor:
                self._seen = _parse(os.pread(descriptor, _SIZE, 0))
        except (OSError, ValueError, TypeError) as error:
            if self._unreadable.is_due():
                _log.warning("%s: the mark cannot be read: %s", self._path, error)
            return None
        return self._seen

    def raise_to(self, position: JournalPosition, commits: int) -> None:
        """Take in an end of the journal that was read from the database, or committed."""
        if self._seen is not None and self._seen.raised(position, commits) == self._seen:
            return
        try:
            with self._locked(fcntl.LOCK_EX) as descriptor:
                self._seen = _raise(descriptor, position, commits)
        except OSError as error:
            if self._unwritable.is_due():
                _log.warning("%s: the mark cannot be written: %s", self._path, error)

    @contextmanager
    def _locked(self, kind: int) -> Iterator[int]:
        """Open the file anew: a lock belongs to one opening, so threads exclude each other too."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, kind)
            yield descriptor
        finally:
            os.close(descriptor)


def _raise(descriptor: int, position: JournalPosition, commits: int) -> Mark:
    try:
        present = _parse(os.pread(descriptor, _SIZE, 0))
    except (ValueError, TypeError):
        present = None  # A power failure has cut it off.
    raised = present.raised(position, commits) if present else Mark(*position, commits)
    if raised != present:
        content = json.dumps(asdict(raised)).encode() + b"\n"
        os.pwrite(descriptor, content, 0)
        os.ftruncate(descriptor, len(content))
    return raised


def _parse(content: bytes) -> Mark | None:
    if not content:
        return None
    fields = json.loads(content)
    try:
        epoch, former = str(fields["epoch"]), tuple(map(str, fields["former"]))
        return Mark(epoch, int(fields["last"]), int(fields["commits"]), former)
    except KeyError as error:
        raise ValueError(f"{error} is missing") from error
