"""Make an archive of a whole state while the product runs."""

import hashlib
import io
import os
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import Database, dumps, schema
from contactsgroups.services.backup import state_files
from contactsgroups.services.backup.manifest import (
    DATABASE,
    MANIFEST,
    STATE,
    FileFacts,
    Manifest,
)
from contactsgroups.settings import Settings


def back_up(database: Database, settings: Settings, file: IO[bytes]) -> Manifest:
    """Write everything that cannot be made anew to a file, and return what was written.

    The database is dumped as of one moment.  The address books follow, those of one principal as of
    one moment each; their clients wait so long, and nobody else does.

    Raises:
        Unavailable: the database does not answer, or something cannot be read.
    """
    manifest = Manifest(dumps.kind_of(database.url), schema.current_revision(database) or "")
    state = settings.state
    apart = {PurePosixPath(name) for name in state_files.names_apart(settings)}
    with state_files.staging(state, "backup") as staging:
        dumps.dump(database.url, staging / DATABASE, silence=settings.database_silence)
        # As a stream: "w:gz" has a buffer that Python 3.13 complains of where the disk is full.
        with tarfile.open(fileobj=file, mode="w|gz", format=tarfile.PAX_FORMAT) as archive:
            _Writer(archive, manifest).write(state, staging / DATABASE, apart)
    return manifest


class _Writer:
    """Fills an archive, and its manifest."""

    def __init__(self, archive: tarfile.TarFile, manifest: Manifest) -> None:
        self._archive = archive
        self._manifest = manifest

    def write(self, state: Path, dumped: Path, apart: set[PurePosixPath]) -> None:
        self._add(dumped, DATABASE)
        for path in state_files.list_files(state, apart=apart | {state_files.COLLECTIONS}):
            self._add(state / path, f"{STATE}/{path}")
        if (state / state_files.COLLECTIONS).is_dir():
            self._add(state / state_files.COLLECTIONS, f"{STATE}/{state_files.COLLECTIONS}")
        for books in state_files.list_books(state):
            self._add_books(state, books)
        content = self._manifest.render()
        self._archive.addfile(_entry(MANIFEST, len(content)), io.BytesIO(content))

    def _add_books(self, state: Path, books: PurePosixPath) -> None:
        with state_files.books_locked(state):
            for path in (books, *state_files.list_files(state, books)):
                self._add(state / path, f"{STATE}/{path}")

    def _add(self, path: Path, name: str) -> None:
        """Add a file or a directory; what was removed meanwhile is left out."""
        if path.is_dir():
            entry = _entry(name, 0)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o700
            self._archive.addfile(entry)
            self._manifest.directories.append(name)
            return
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return
        with file:
            status = os.fstat(file.fileno())
            hashed = _Hashed(file)
            entry = _entry(name, status.st_size)
            entry.mtime = status.st_mtime
            self._archive.addfile(entry, hashed)  # type: ignore[arg-type]
        self._manifest.files[name] = FileFacts(status.st_size, hashed.digest.hexdigest())


class _Hashed:
    """A file that is read, and hashed on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _entry(name: str, size: int) -> tarfile.TarInfo:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise Unavailable(f"{name!r} is not backed up: its name is no text") from None
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry
