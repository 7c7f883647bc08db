"""Take an archive apart into a directory of our own, and believe nothing that it says."""

import gzip
import hashlib
import os
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.services.backup.manifest import (
    DATABASE,
    MANIFEST,
    STATE,
    FileFacts,
    Manifest,
    parse_manifest,
)
from contactsgroups.services.backup.state_files import is_kept

_CHUNK = 1 << 20
_MANIFEST_LIMIT = 1 << 30  # octets


def extract(file: IO[bytes], directory: Path) -> Manifest:
    """Write what an archive holds into an empty directory, and return its manifest.

    Raises:
        InvalidInput: it is no archive, not whole, damaged, or holds what no backup has written;
            nothing outside the directory was touched.
    """
    try:
        with gzip.open(file) as unpacked:
            with tarfile.open(fileobj=unpacked, mode="r|") as archive:
                manifest = _extract_all(archive, directory)
            while unpacked.read(_CHUNK):
                pass  # The sum at the very end is checked too.
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
        raise InvalidInput(f"the archive is damaged, cut off or none: {error}") from error
    return manifest


def _extract_all(archive: tarfile.TarFile, directory: Path) -> Manifest:
    found: dict[str, FileFacts] = {}
    directories: list[str] = []
    manifest: Manifest | None = None
    for entry in archive:
        if manifest is not None:
            raise InvalidInput("the archive goes on behind its manifest")
        name = _require_plain(entry)
        content = archive.extractfile(entry) if entry.isreg() else None
        if name in found or name in directories:
            raise InvalidInput(f"the archive has {name!r} twice")
        if name == MANIFEST:
            manifest = parse_manifest(_read_whole(content, entry.size))
        else:
            _put(entry, content, directory / name, found, directories)
    if manifest is None:
        raise InvalidInput("the archive is not whole: it has no manifest at its end")
    _compare(manifest, found, directories)
    return manifest


def _require_plain(entry: tarfile.TarInfo) -> str:
    """Return the name of an entry that a backup may have written.

    Raises:
        InvalidInput: it is a link or a device, belongs to a user, or lies elsewhere.
    """
    name = entry.name
    if not (entry.isreg() or entry.isdir()) or entry.issparse():
        raise InvalidInput(f"the archive has {name!r}, which is neither file nor directory")
    if (entry.uid, entry.gid) != (0, 0) or entry.mode & 0o7077:
        raise InvalidInput(f"the archive has {name!r} with an owner or mode that no backup gives")
    if name in {DATABASE, MANIFEST} and entry.isreg():
        return name
    first, *rest = name.split("/")
    if first != STATE or not rest or "\0" in name or {"", ".", ".."} & set(rest):
        raise InvalidInput(f"the archive has {name!r}, which lies outside of the state")
    if not (is_kept(PurePosixPath(*rest)) and _is_text(name)):
        raise InvalidInput(f"the archive has {name!r}, which no backup holds")
    return name


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _put(
    entry: tarfile.TarInfo,
    content: IO[bytes] | None,
    path: Path,
    found: dict[str, FileFacts],
    directories: list[str],
) -> None:
    try:
        if entry.isdir():
            path.mkdir(mode=0o700, parents=True)
            directories.append(entry.name)
        else:
            found[entry.name] = _write(content, path)
    except (FileExistsError, NotADirectoryError) as error:
        raise InvalidInput(f"the archive has something else at {entry.name!r}, too") from error


def _write(content: IO[bytes] | None, path: Path) -> FileFacts:
    assert content is not None  # noqa: S101 - files have it
    digest, size = hashlib.sha256(), 0
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while data := content.read(_CHUNK):
            file.write(data)
            digest.update(data)
            size += len(data)
        file.flush()
        os.fsync(file.fileno())
    return FileFacts(size, digest.hexdigest())


def _read_whole(content: IO[bytes] | None, size: int) -> bytes:
    if content is None or size > _MANIFEST_LIMIT:
        raise InvalidInput("the archive's manifest cannot be read")
    return content.read()


def _compare(manifest: Manifest, found: dict[str, FileFacts], directories: list[str]) -> None:
    if DATABASE not in found:
        raise InvalidInput("the archive has no database")
    for name in sorted({*manifest.files, *found}):
        if manifest.files.get(name) != found.get(name):
            raise InvalidInput(f"the archive is damaged: {name!r} is not what its manifest says")
    if sorted(manifest.directories) != sorted(directories):
        raise InvalidInput("the archive is damaged: it lacks directories, or has others")
