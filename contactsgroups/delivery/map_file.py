"""One map as the LMDB file that Postfix reads, replaced as a whole by every change.

Postfix's lmdb_table(5) expects a single file without LMDB's own lock file, and a NUL behind each
key and value, as postmap(1) writes them.  A file is built beside its place, synced to disk and
renamed: a process that has the old file open keeps it whole, and Postfix's daemons look for a new
one before they take their next request.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice, zip_longest
from pathlib import Path

import lmdb

from contactsgroups.domain.errors import Unavailable

_SMALLEST_MAP = 1 << 20  # octets
_BATCH = 10_000


class MapFile:
    """The file that main.cf names ``lmdb:DIRECTORY/NAME``."""

    def __init__(self, directory: Path, name: str) -> None:
        self.path = directory / f"{name}.lmdb"
        self._draft = directory / f"{name}.lmdb.new"

    def read(self) -> Iterator[tuple[str, str]]:
        """Read all keys and values in the keys' order; nothing if there is no such file.

        Raises:
            Unavailable: the file cannot be read, or is no LMDB file.
        """
        if not self.path.exists():
            return
        try:
            with _reading(self.path) as transaction:
                for key, value in transaction.cursor():
                    yield _decode(bytes(key)), _decode(bytes(value))
        except lmdb.Error as error:
            raise Unavailable(f"{self.path} is damaged: {error}") from error

    def replace(self, rows: Iterable[tuple[str, str]]) -> bool:
        """Put exactly these rows in the file; return False if it has them already."""
        self.discard_draft()
        with _writing(self._draft) as environment:
            remaining = iter(rows)
            while batch := dict(islice(remaining, _BATCH)):
                _store(environment, batch)
            is_new = not self._has_entries_of(environment)
        if is_new:
            self._install_draft()
        else:
            self.discard_draft()
        return is_new

    def change(self, values: Mapping[str, str | None]) -> bool:
        """Set these keys, or remove those without a value; return False if nothing differs.

        The file must exist.
        """
        with _reading(self.path) as transaction:
            changed = {
                key: value
                for key, value in values.items()
                if transaction.get(_encode(key)) != (None if value is None else _encode(value))
            }
        if not changed:
            return False
        shutil.copyfile(self.path, self._draft)
        with _writing(self._draft) as environment:
            _store(environment, changed)
        self._install_draft()
        return True

    def discard_draft(self) -> None:
        """Remove what a publisher that was killed left behind."""
        self._draft.unlink(missing_ok=True)

    def _has_entries_of(self, environment: lmdb.Environment) -> bool:
        """Whether the published file has exactly the draft's entries."""
        if not self.path.exists():
            return False
        try:
            with _reading(self.path) as published, environment.begin() as draft:
                return all(
                    ours == theirs
                    for ours, theirs in zip_longest(draft.cursor(), published.cursor())
                )
        except lmdb.Error:
            return False

    def _install_draft(self) -> None:
        # Not restricted by the umask: Postfix and postmap(1) run as other users.
        self._draft.chmod(0o644)
        self._draft.replace(self.path)


@contextmanager
def _reading(path: Path) -> Iterator[lmdb.Transaction]:
    with (
        lmdb.open(str(path), subdir=False, lock=False, readonly=True) as environment,
        environment.begin() as transaction,
    ):
        yield transaction


@contextmanager
def _writing(path: Path) -> Iterator[lmdb.Environment]:
    """Open a file of a unique name; it is on disk when the block has ended well."""
    size = path.stat().st_size if path.exists() else 0
    try:
        with lmdb.open(
            str(path), subdir=False, lock=False, sync=False, map_size=max(2 * size, _SMALLEST_MAP)
        ) as environment:
            yield environment
            environment.sync(True)
    except lmdb.Error as error:
        raise Unavailable(f"{path} cannot be written: {error}") from error


def _store(environment: lmdb.Environment, values: Mapping[str, str | None]) -> None:
    """Write in one transaction, again in a map twice the size whenever it is full."""
    while True:
        try:
            with environment.begin(write=True) as transaction:
                for key, value in values.items():
                    if value is None:
                        transaction.delete(_encode(key))
                    else:
                        transaction.put(_encode(key), _encode(value))
            return
        except lmdb.MapFullError:
            environment.set_mapsize(2 * environment.info()["map_size"])


def _encode(text: str) -> bytes:
    return text.encode() + b"\0"


def _decode(data: bytes) -> str:
    return data.removesuffix(b"\0").decode(errors="replace")
