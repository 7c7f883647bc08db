"""One map as the LMDB file that Postfix reads, and the two ways to bring it up to date.

Postfix's lmdb_table(5) expects a single file without LMDB's own lock file, and a NUL behind each
key and value, as postmap(1) writes them.

*Changed in place*, a map answers the very next lookup of every process that has it open: Postfix's
lookups and this writer exclude each other by a POSIX lock on the whole file, as ``postmap -i`` does
(Postfix 3.7, ``dict_lmdb.c`` and ``myflock.c``), and LMDB's transaction makes the change whole even
if the writer is killed.  *Replaced*, a map is built beside its place, synced to disk and renamed:
a process that has the old file open keeps it whole, until it looks for a new one before its next
client.  That is for many changes, and for when a reader does not let go of its lock.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import lmdb

from contactsgroups.domain.errors import Unavailable

_SMALLEST_MAP = 1 << 20  # octets
_BATCH = 10_000
_MOST_IN_PLACE = 10_000
"""More entries are written beside, so that Postfix's lookups don't wait for them."""
_LOCK_SECONDS = 1.0
"""Postfix holds its lock for one lookup; whoever holds it longer than this is not waited for."""

_Values = Mapping[bytes, bytes | None]
"""Entries to write, as they stand in the file; without a value, to remove."""


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
        """Put exactly these rows in the file; return False if it has them already.

        Few changes are made in place; a file that is missing or damaged, and one of which much
        has changed, is written anew.
        """
        self.discard_draft()
        with _writing(self._draft, is_draft=True) as environment:
            remaining = iter(rows)
            while batch := dict(islice(remaining, _BATCH)):
                _store(environment, {_encode(key): _encode(value) for key, value in batch.items()})
            changed = self._find_changes(environment)
        if changed is None or (changed and not self._change_in_place(changed)):
            self._install_draft()
            return True
        self.discard_draft()
        return bool(changed)

    def change(self, values: Mapping[str, str | None]) -> bool:
        """Set these keys, or remove those without a value; return False if nothing differs.

        The file must exist.
        """
        with _reading(self.path) as transaction:
            changed = {
                _encode(key): encoded
                for key, value in values.items()
                if transaction.get(_encode(key)) != (encoded := _encode_or_none(value))
            }
        if not changed:
            return False
        if not self._change_in_place(changed):
            self._write_anew(changed)
        return True

    def read_values(self, keys: Iterable[str]) -> dict[str, str]:
        """Read the values of those of the keys that are there.

        Raises:
            Unavailable: the file cannot be read, or is no LMDB file.
        """
        try:
            with _reading(self.path) as transaction:
                found = {key: transaction.get(_encode(key)) for key in keys}
        except lmdb.Error as error:
            raise Unavailable(f"{self.path} cannot be read: {error}") from error
        return {key: _decode(bytes(value)) for key, value in found.items() if value is not None}

    def change_in_place(self, values: Mapping[str, str | None]) -> None:
        """Set or remove keys for who has the file open, too, however many there are.

        The file must exist.  Each key changes at once, but not all of them together.

        Raises:
            Unavailable: a reader keeps its lock, or the file is damaged.
        """
        remaining = iter(values.items())
        while piece := dict(islice(remaining, _MOST_IN_PLACE)):
            encoded = {_encode(key): _encode_or_none(value) for key, value in piece.items()}
            if not self._change_in_place(encoded):
                raise Unavailable(f"{self.path} is damaged, or somebody keeps it locked")

    def renew(self) -> None:
        """Put a copy in the file's place: processes of Postfix that have it open start anew.

        Without that they live for a hundred clients, and keep what they remember of other maps.
        """
        self._write_anew({})

    def _write_anew(self, values: _Values) -> None:
        shutil.copyfile(self.path, self._draft)
        with _writing(self._draft, is_draft=True) as environment:
            _store(environment, values)
        self._install_draft()

    def _change_in_place(self, values: _Values) -> bool:
        """Make one transaction while nobody reads; return False where a new file is better."""
        if len(values) > _MOST_IN_PLACE:
            return False
        try:
            with (
                _writing(self.path, is_draft=False) as environment,
                # Not before LMDB has opened the file: a process loses its POSIX locks on a file as
                # soon as it closes any descriptor of it (fcntl(2)).
                _excluding_readers(self.path) as is_alone,
            ):
                if is_alone:
                    _store(environment, values)
        except Unavailable:
            return False  # Damaged, perhaps: the new file will tell.
        return is_alone

    def discard_draft(self) -> None:
        """Remove what a publisher that was killed left behind."""
        self._draft.unlink(missing_ok=True)

    def _find_changes(self, draft: lmdb.Environment) -> _Values | None:
        """Return what makes the draft of the published file; None if that one is no use."""
        if not self.path.exists():
            return None
        try:
            with _reading(self.path) as published, draft.begin() as wanted:
                gone = (bytes(key) for key, _ in published.cursor() if wanted.get(key) is None)
                return dict.fromkeys(gone) | {
                    bytes(key): bytes(value)
                    for key, value in wanted.cursor()
                    if published.get(key) != value
                }
        except lmdb.Error:
            return None

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
def _writing(path: Path, *, is_draft: bool) -> Iterator[lmdb.Environment]:
    """Open a file that nobody else writes; it is on disk when the block has ended well.

    What others read is brought to the disk by each transaction, its pages before what points to
    them: a machine that stops then leaves the map as before or as after.
    """
    size = path.stat().st_size if path.exists() else 0
    try:
        with lmdb.open(
            str(path),
            subdir=False,
            lock=False,
            sync=not is_draft,
            map_size=max(2 * size, _SMALLEST_MAP),
        ) as environment:
            yield environment
            environment.sync(True)
    except lmdb.Error as error:
        raise Unavailable(f"{path} cannot be written: {error}") from error


@contextmanager
def _excluding_readers(path: Path) -> Iterator[bool]:
    """Hold the lock that Postfix's readers respect, or give False if others keep it."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        yield _wait_for_lock(descriptor)
    finally:
        os.close(descriptor)


def _wait_for_lock(descriptor: int) -> bool:
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            if time.monotonic() > deadline:
                return False
        time.sleep(0.001)


def _store(environment: lmdb.Environment, values: _Values) -> None:
    """Write in one transaction, again in a map twice the size whenever it is full."""
    while True:
        try:
            with environment.begin(write=True) as transaction:
                for key, value in values.items():
                    if value is None:
                        transaction.delete(key)
                    else:
                        transaction.put(key, value)
            return
        except lmdb.MapFullError:
            environment.set_mapsize(2 * environment.info()["map_size"])


def _encode(text: str) -> bytes:
    return text.encode() + b"\0"


def _encode_or_none(text: str | None) -> bytes | None:
    return None if text is None else _encode(text)


def _decode(data: bytes) -> str:
    return data.removesuffix(b"\0").decode(errors="replace")
