"""Places in own address books that autocomplete has not read yet, durably noted.

A note is a file of its own beside the address books, written before the card and removed after its
addresses were recorded.  So whatever ends a process in between, a later one finds what is missing.
"""

import fcntl
import os
import secrets
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from contactsgroups.domain.errors import Unavailable
from contactsgroups.durable import sync

_DRAFT_SECONDS = 3600  # Nobody takes so long to write one.


class PendingPlaces:
    """The notes in one directory, shared by all processes with the same address books."""

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        """Use ``directory``; ``durable`` notes survive a failure of the machine, too."""
        self._directory = directory
        self._durable = durable

    def add(self, path: str) -> None:
        """Note that a principal, a book or a card is about to change.

        Raises:
            Unavailable: it cannot be noted.
        """
        try:
            self._directory.mkdir(mode=0o700, exist_ok=True)
            # The first part orders the notes, the second keeps those of two processes apart.
            name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
            Path(self._write_draft(path)).rename(self._directory / name)
            if self._durable:
                sync(self._directory)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise Unavailable("the state directory cannot be written", detail=reason) from error

    def is_empty(self) -> bool:
        """Whether nothing is noted."""
        return next(self._notes(), None) is None

    def read(self) -> dict[str, list[Path]]:
        """Return each noted path with its notes, the path that was noted first at the front."""
        found: dict[str, list[Path]] = {}
        for note in sorted(self._notes()):
            path = note.read_bytes().decode(errors="surrogateescape")
            found.setdefault(path, []).append(note)
        return found

    def remove(self, notes: Iterable[Path]) -> None:
        """Remove notes whose path was recorded after they were read."""
        for note in notes:
            note.unlink(missing_ok=True)

    def prepare(self) -> None:
        """Make the directory, and remove what killed processes have left half written."""
        with suppress(OSError):  # Whoever notes something will hear of it.
            self._directory.mkdir(mode=0o700, exist_ok=True)
        for draft in self._directory.glob(".draft*"):
            with suppress(FileNotFoundError):  # Its process has finished it meanwhile.
                if time.time() - draft.stat().st_mtime > _DRAFT_SECONDS:
                    draft.unlink()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Take turns with other processes: the one that reads later must record later."""
        # The directory itself is locked: a file for that would belong to whoever came first.
        try:
            descriptor = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            yield  # No process has noted anything yet.
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _write_draft(self, path: str) -> str:
        descriptor, draft = tempfile.mkstemp(prefix=".draft", dir=self._directory)
        with os.fdopen(descriptor, "wb") as file:
            file.write(path.encode(errors="surrogateescape"))
            file.flush()
            if self._durable:
                os.fsync(file.fileno())
        return draft

    def _notes(self) -> Iterator[Path]:
        try:
            with os.scandir(self._directory) as entries:
                yield from (Path(each.path) for each in entries if not each.name.startswith("."))
        except FileNotFoundError:
            return
