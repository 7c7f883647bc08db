"""The directory of a shard: which generations are current, who may write, what can be removed.

::

    current.json     names the base and, if there is one, the small generation; replaced at once
    base-…/          a generation built from the database
    small-…/         a generation of everything that changed after the base
    building-…/      a generation not finished yet, or left by a process that was killed
    *.lock           held while building a base, and while publishing; freed even by a kill

Nothing is ever published half: a directory gets its final name when it is sealed, and counts only
once ``current.json`` names it. Files that are no longer named are unlinked at once; processes that
still have them mapped keep them until they unmap them.
"""

import fcntl
import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from contactsgroups.autocomplete.disk.files import replace_file
from contactsgroups.autocomplete.errors import IndexBusy, IndexDamaged, IndexMissing

_CURRENT = "current.json"
_BUILDING = "building-"
BASE = "base"
SMALL = "small"


class Current(NamedTuple):
    """The generations that make up the state of a shard on disk."""

    base: str
    small: str | None


class Stamp(NamedTuple):
    """Changes whenever ``current.json`` is replaced; cheap to compare."""

    inode: int
    modified: int


class ShardDirectory:
    """The files of one shard, shared by all processes of this host."""

    def __init__(self, path: Path) -> None:
        """Use the directory ``path``, which need not exist yet."""
        self.path = path

    def stamp(self) -> Stamp | None:
        """Return what identifies the current state, or None if there is none."""
        try:
            status = (self.path / _CURRENT).stat()
        except FileNotFoundError:
            return None
        return Stamp(status.st_ino, status.st_mtime_ns)

    def current(self) -> Current:
        """Return the names of the current generations; IndexMissing, IndexDamaged."""
        try:
            fields = json.loads((self.path / _CURRENT).read_bytes())
            return Current(str(fields["base"]), fields["small"])
        except FileNotFoundError:
            raise IndexMissing(self.path, "no index was built yet") from None
        except (ValueError, KeyError, TypeError):
            raise IndexDamaged(self.path, f"{_CURRENT} is not readable") from None

    def publish(self, current: Current) -> None:
        """Make these generations the current ones and remove all others."""
        replace_file(self.path / _CURRENT, json.dumps(current._asdict()).encode())
        for kind in (BASE, SMALL):
            for path in self.path.glob(f"{kind}-*"):
                if path.name not in current:
                    shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def locked_for_base(self, *, wait: bool) -> Iterator[None]:
        """Hold the lock for building a base, which takes long; IndexBusy unless ``wait``."""
        with self._locked("base.lock", wait=wait):
            self._sweep(BASE)
            yield

    @contextmanager
    def locked_for_publishing(self, *, wait: bool) -> Iterator[None]:
        """Hold the lock for a small generation or publishing; IndexBusy unless ``wait``."""
        with self._locked("publish.lock", wait=wait):
            self._sweep(SMALL)
            yield

    @contextmanager
    def building(self, kind: str) -> Iterator[Path]:
        """Yield an empty directory and remove it unless it was finished."""
        path = self.path / f"{_BUILDING}{kind}-{uuid.uuid4().hex}"
        path.mkdir()
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def finish(self, building: Path) -> str:
        """Give a sealed generation its final name and return it."""
        name = building.name.removeprefix(_BUILDING)
        building.rename(self.path / name)
        return name

    @contextmanager
    def _locked(self, name: str, *, wait: bool) -> Iterator[None]:
        # Closed to other users, as the database is: it has all names and addresses.
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.path / name).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                raise IndexBusy(f"{self.path}: {name} is held by another builder") from None
            yield

    def _sweep(self, kind: str) -> None:
        """Remove what killed builders of this kind have left; no other runs under the lock."""
        for path in self.path.glob(f"{_BUILDING}{kind}-*"):
            shutil.rmtree(path, ignore_errors=True)
