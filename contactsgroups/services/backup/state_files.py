"""Which files of a state directory cannot be made anew, and the lock on the address books."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from sqlalchemy import make_url

from contactsgroups.domain.errors import Conflict
from contactsgroups.persistence.dumps import sqlite
from contactsgroups.settings import Settings

COLLECTIONS = PurePosixPath("collections/collection-root")
"""Address books, a directory for each principal."""

_EVERYTHING = PurePosixPath()
_MADE_ANEW = {"index", "maps", "commit_signal", "high_water", "restore.unfinished", "lost+found"}
_PASSING = (".lock", ".new", ".sock", ".sqlite", "-wal", "-shm", "-journal")
_STAGING = ("backup-", "restore-")
# Clients can make no such names; of the other one they can, anywhere but beside all books.
_RADICALE = {".Radicale.cache", ".Radicale.lock"}
_RADICALE_CACHE = COLLECTIONS.with_name("collection-cache")
_RADICALE_DRAFT = ".Radicale.tmp-"


def is_kept(path: PurePosixPath) -> bool:
    """Whether what is at this path, relative to the state directory, belongs in an archive.

    Everything does that is not known to be made anew, or of the moment only: locks, drafts, and
    the database, which is dumped instead of copied.
    """
    first, *_ = path.parts
    if first in _MADE_ANEW or first.endswith(_PASSING) or first.startswith(_STAGING):
        return False
    if first.startswith("secret_key."):
        return False  # A draft of it.
    if path.is_relative_to(_RADICALE_CACHE):
        return False
    return not any(each in _RADICALE or each.startswith(_RADICALE_DRAFT) for each in path.parts)


def names_apart(settings: Settings) -> frozenset[str]:
    """Return the names in the state directory at or below which are the database and the maps.

    The one is dumped, the other is published anew, wherever the settings have put them.
    """
    places = [settings.effective_maps_directory]
    url = make_url(settings.effective_database_url)
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        places += [file.with_name(file.name + each) for each in ("", *sqlite.COMPANIONS)]
    state = settings.state.absolute()
    inside = [each.absolute() for each in places if each.absolute().is_relative_to(state)]
    return frozenset(each.relative_to(state).parts[0] for each in inside if each != state)


def list_files(
    state: Path,
    below: PurePosixPath = _EVERYTHING,
    *,
    apart: Collection[PurePosixPath] = (),
) -> Iterator[PurePosixPath]:
    """Yield the directories and files to keep, relative to the state, directories first.

    Args:
        below: look only at what is below this.
        apart: leave out what is at and below these.

    Raises:
        Conflict: a link is among them, which no archive can hold.
    """
    for path, entry in _scan(state, below):
        if path in apart:
            continue
        if entry.is_dir():
            yield path
            yield from list_files(state, path, apart=apart)
        elif entry.is_file():
            yield path


def _scan(state: Path, below: PurePosixPath) -> Iterator[tuple[PurePosixPath, os.DirEntry[str]]]:
    """Yield what is to be kept in a directory, by name; nothing if it was removed meanwhile."""
    try:
        entries = sorted(os.scandir(state / below), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        path = below / entry.name
        if not is_kept(path):
            continue
        if entry.is_symlink():
            raise Conflict(f"{state / path} is a link, which is not backed up")
        yield path, entry


@contextmanager
def books_locked(state: Path) -> Iterator[None]:
    """Keep clients from changing address books while the block lasts.

    Radicale's documentation, "Storage: Locking": a shared flock(2) for those who read.
    """
    folder = state / COLLECTIONS.parent
    if not folder.is_dir():
        yield
        return
    descriptor = os.open(folder / ".Radicale.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def list_books(state: Path) -> list[PurePosixPath]:
    """Return the directories of the principals that have address books.

    Raises:
        Conflict: one of them is a link.
    """
    return [path for path, entry in _scan(state, COLLECTIONS) if entry.is_dir()]


@contextmanager
def staging(state: Path, kind: str) -> Iterator[Path]:
    """Make a directory in the state, removed at the end; what a killed process left goes first.

    Args:
        kind: ``backup`` or ``restore``.
    """
    for path in state.glob(f"{kind}-*"):
        with suppress(FileNotFoundError), _held(path) as is_deserted:  # It may end just now.
            if is_deserted:
                shutil.rmtree(path, ignore_errors=True)
    path = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=state))
    try:
        with _held(path):
            yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _held(path: Path) -> Iterator[bool]:
    """Hold the lock of a directory; False if another process has it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)
