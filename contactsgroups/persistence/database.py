"""The engine and its two ways in: sessions that read, and sessions that write in turn."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import journal, outages
from contactsgroups.persistence.commit_signal import CommitSignal

_WRITES = "contactsgroups_writes"


class Database:
    """One database, shared by all threads of a process.

    Writers of what everybody sees take turns on all three databases: the first thing such a
    transaction does is to lock the journal's counter row (on SQLite, the whole file).  So what a
    writer checks (a free address, no cycle) still holds when it commits, and the journal's order is
    the order of commits.  What is private to one account or one message is written without that
    lock.
    """

    def __init__(self, url: str | URL, commit_signal: CommitSignal | None = None) -> None:
        """Use the database at ``url``; ``commit_signal`` is raised after every commit."""
        self.url = make_url(url)
        self.commit_signal = commit_signal
        self.engine = _create_engine(self.url)
        self._writing_engine = self.engine.execution_options(**{_WRITES: True})

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that sees one state; what it changes is thrown away.

        Raises:
            Unavailable: the database does not answer.
        """
        with unavailable(), Session(self.engine, autoflush=False) as session:
            yield session

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Open a bare connection to read with, in less than half the time that a session takes.

        Raises:
            Unavailable: the database does not answer.
        """
        with unavailable(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def read_snapshot(self) -> Iterator[Session]:
        """Open a reading session whose queries all see the same state, however many there are.

        Raises:
            Unavailable: the database does not answer.
        """
        with self.read() as session:
            # On SQLite, every transaction that reads does so already.
            if self.url.get_backend_name() != "sqlite":
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session that holds the writers' lock; it commits if the block ends well.

        Raises:
            Unavailable: the database does not answer or another writer holds the lock too long.
        """
        with self.write_private() as session:
            journal.lock(session)
            yield session

    @contextmanager
    def write_private(self) -> Iterator[Session]:
        """Open a session for what is no part of the journal's order; it commits if all went well.

        It waits for no other writer on MariaDB and PostgreSQL, so it must not check what another
        one may change meanwhile.  On SQLite every writer locks the whole file.

        Raises:
            Unavailable: the database does not answer, or a lock is held too long.
        """
        with unavailable(), Session(self._writing_engine) as session, session.begin():
            yield session
        if self.commit_signal is not None:
            self.commit_signal.notify()

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        if self.commit_signal is not None:
            self.commit_signal.close()


@contextmanager
def unavailable() -> Iterator[None]:
    """Turn the driver's errors into one that every face knows.

    Raises:
        Unavailable: the database does not answer, is busy, cannot be written, or has an old schema.
    """
    try:
        yield
    except DBAPIError as error:
        reason = outages.explain(error)
        if reason is None:
            raise  # A fault of ours, not of the database.
        raise Unavailable(reason, detail=str(error.orig)) from error
    except PoolTimeoutError as error:
        raise Unavailable("the database does not answer: all connections are busy") from error


def _create_engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _create_sqlite_engine(url)
    # READ COMMITTED lets a writer that waited for the lock see what the one before it wrote.
    return create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True)


def _create_sqlite_engine(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        _make_file(Path(url.database))
    engine = create_engine(url, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_file(path: Path) -> None:
    """Make the database's file, if it is not there, closed to everybody outside its group."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o660))


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # We send BEGIN ourselves, below.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: one that reads first and writes later could find that
    # somebody else wrote meanwhile, and SQLite would make it fail instead of wait.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
