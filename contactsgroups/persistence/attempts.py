"""Tallies of wrong passwords, in a small SQLite file that all processes of a machine share.

A file of its own, so that counting never waits for writers of the database and they never wait for
it; and nothing in it is worth keeping, so the disk is not waited for either.  It names nobody: rows
are found by digests.
"""

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from contactsgroups.domain.attempts import FAMILIAR_SECONDS, GUARDED_SECONDS, Tallies, Tally
from contactsgroups.domain.errors import Unavailable

T = TypeVar("T")

_MOST_ROWS = 100_000  # of each table, about 10 MB together
_UPDATES_BETWEEN_CLEANING = 500
_KEPT_SECONDS = 2 * GUARDED_SECONDS  # Whatever is older does not count any more.
_BUSY_SECONDS = 2.0
_TABLES = """
CREATE TABLE IF NOT EXISTS tallies
    (name BLOB PRIMARY KEY, failures REAL NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS familiar (name BLOB PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
"""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """Which tallies a try is about: those of an account, possibly none, and of a client."""

    account: str
    client: str

    @property
    def names(self) -> dict[str, bytes]:
        """The rows by the fields of :class:`~contactsgroups.domain.attempts.Tallies`."""
        names = {"client": _digest("client", self.client)}
        if self.account:
            names["account"] = _digest("account", self.account)
            names["pair"] = self.pair
        return names

    @property
    def pair(self) -> bytes:
        """The row of account and client together."""
        return _digest("pair", self.account, self.client)


class Attempts:
    """Reads and writes tallies; where the file cannot be used, in the memory of this process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._updates = 0

    def read(self, claim: Claim, now: float) -> Tallies:
        """Return what counts against a claim.

        Raises:
            Unavailable: other processes have kept the file locked for seconds.
        """
        return self._run(lambda connection: _read(connection, claim, now))

    def update(self, claim: Claim, now: float, change: Callable[[Tallies], Tallies]) -> Tallies:
        """Change what counts against a claim, with nobody in between; return what was there.

        Raises:
            Unavailable: as for :meth:`read`; nothing was changed.
        """

        def run(connection: sqlite3.Connection) -> Tallies:
            connection.execute("BEGIN IMMEDIATE")
            before = _read(connection, claim, now)
            after = change(before)
            rows = [
                (name, getattr(after, field).failures, getattr(after, field).at)
                for field, name in claim.names.items()
                if getattr(after, field) != getattr(before, field)
            ]
            connection.executemany("REPLACE INTO tallies VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")
            self._clean_sometimes(connection, now)
            return before

        return self._run(run)

    def make_familiar(self, claim: Claim, now: float) -> None:
        """Note that a client has signed in to an account."""
        statement = "REPLACE INTO familiar VALUES (?, ?)"
        self._run(lambda connection: connection.execute(statement, (claim.pair, now)))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._forget_connection()

    def _run(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        with self._turn():
            for begin_anew in (self._remove_file, self._count_in_memory):
                try:
                    return self._run_once(operation)
                except sqlite3.Error as error:
                    if _is_busy(error):
                        raise Unavailable(
                            "sign-in is busy; try again", detail=str(error)
                        ) from error
                    self._forget_connection()
                    begin_anew(error)
            return self._run_once(operation)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Take turns with other threads, which do not queue behind a file that is locked."""
        if not self._lock.acquire(timeout=_BUSY_SECONDS):
            raise Unavailable("sign-in is busy; try again")
        try:
            yield
        finally:
            self._lock.release()

    def _run_once(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            self._connection = _open(self._path)
        try:
            return operation(self._connection)
        except BaseException:
            if self._connection.in_transaction:
                self._connection.rollback()
            raise

    def _remove_file(self, error: sqlite3.Error) -> None:
        if not _is_damaged(error):
            return  # Others may still count in it; a full disk, say, is no reason to begin anew.
        _log.warning("%s cannot be used and is made anew: %s", self._path, error)
        for suffix in ("", "-wal", "-shm"):
            with suppress(OSError):
                self._path.with_name(self._path.name + suffix).unlink()

    def _count_in_memory(self, error: sqlite3.Error) -> None:
        message = "%s: %s; until the next start, each process counts wrong passwords for itself"
        _log.warning(message, self._path, error)
        self._connection = _prepared(_connect(":memory:"))

    def _forget_connection(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _clean_sometimes(self, connection: sqlite3.Connection, now: float) -> None:
        self._updates += 1
        if self._updates % _UPDATES_BETWEEN_CLEANING:
            return
        for table, seconds in (("tallies", _KEPT_SECONDS), ("familiar", FAMILIAR_SECONDS)):
            connection.execute(f"DELETE FROM {table} WHERE at < ?", (now - seconds,))  # noqa: S608
            connection.execute(
                f"DELETE FROM {table} WHERE name IN "  # noqa: S608
                f"(SELECT name FROM {table} ORDER BY at DESC LIMIT -1 OFFSET ?)",
                (_MOST_ROWS,),
            )


def _connect(place: Path | str) -> sqlite3.Connection:
    return sqlite3.connect(
        place, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS
    )


def _open(path: Path) -> sqlite3.Connection:
    with suppress(OSError):  # What is wrong, SQLite says too.
        path.touch(mode=0o600)
    return _prepared(_connect(path))


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(_TABLES)
    except BaseException:
        connection.close()
        raise
    return connection


def _read(connection: sqlite3.Connection, claim: Claim, now: float) -> Tallies:
    tallies = {}
    for field, name in claim.names.items():
        query = "SELECT failures, at FROM tallies WHERE name = ?"
        if row := connection.execute(query, (name,)).fetchone():
            tallies[field] = Tally(row[0], min(row[1], now))  # The clock may have been set back.
    since = (claim.pair, now - FAMILIAR_SECONDS)
    query = "SELECT 1 FROM familiar WHERE name = ? AND at > ?"
    familiar = connection.execute(query, since).fetchone() is not None
    return Tallies(**tallies, familiar=familiar)


def _digest(*parts: str) -> bytes:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()


def _is_damaged(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _is_busy(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
