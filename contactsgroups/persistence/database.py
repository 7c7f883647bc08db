"""The engine and its sessions: reads, ordered writes and private writes."""

import contextlib
import logging
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from contactsgroups.domain.brake import Brake
from contactsgroups.domain.change import JournalPosition
from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import journal, outages
from contactsgroups.persistence.commit_signal import CommitSignal
from contactsgroups.persistence.high_water import HighWater
from contactsgroups.persistence.server_watch import SILENCE, ServerWatch
from contactsgroups.persistence.writer_queue import WriterQueue

WRITES = "contactsgroups_writes"
"""Execution option of connections that write: on SQLite, they lock the file when they begin."""
WAITS = "contactsgroups_waits"
"""Execution option with it: so many seconds they wait for that lock."""
AUDIT_KEYS = "contactsgroups_audit_keys"
"""What a session knows, in its ``info``: :attr:`Database.audit_keys`."""

WRITE_WAIT = 5.0
"""Seconds that a writer waits for others, unless the settings say otherwise."""

_POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 56}
"""Two connections for each of the web server's threads: none waits for what others hold."""

_POSTGRESQL = {
    # A plan for any values looks at all members of a group where 500 addresses are asked for.
    "plan_cache_mode": "force_custom_plan",
    # Indexes of a directory are in memory: by the default, searches read all members instead.
    "random_page_cost": "1.1",
    # No statement of ours is long enough to compile it, or to start another process for it.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
"""What the planner is told in each session (PostgreSQL, "Query Planning")."""

_log = logging.getLogger(__name__)


class Database:
    """One database, shared by all threads of a process.

    Ordered writes are serialised on all three databases: the first statement of such a transaction
    locks the journal's counter row (on SQLite, the whole file).  So what a writer checks (a free
    address, no cycle) still holds when it commits, and the journal's order is the order of commits.
    Private writes, of data of one account or one message, take no such lock.

    Of a process's threads, no more than thirteen wait for other writers for long, seven on SQLite:
    a server has 32, and reading must go on.
    """

    def __init__(
        self,
        url: str | URL,
        commit_signal: CommitSignal | None = None,
        high_water: HighWater | None = None,
        *,
        write_wait: float = WRITE_WAIT,
        silence: float = SILENCE,
        brake: Brake | None = None,
        audit_keys: Sequence[str] = (),
    ) -> None:
        """Use the database at ``url``.

        Args:
            url: as SQLAlchemy has it.
            commit_signal: raised after every commit.
            high_water: by which it is seen that the database was put back to an earlier state.
            write_wait: seconds that a writer waits for others.
            silence: seconds without any answer after which a server is not waited for.
            brake: which moves of members units of work hold; without it, the usual ones.
            audit_keys: the first seals the audit log, all of them verify it; none: it has no seal.
        """
        self.url = make_url(url)
        self.commit_signal = commit_signal
        self.high_water = high_water
        self.write_wait = write_wait
        self.brake = brake or Brake()
        self.audit_keys = tuple(audit_keys)
        self._file = self._identify_file()
        self._files_seen = 0
        self._disposals = 0
        self.engine = _create_engine(self.url, write_wait)
        event.listen(self.engine, "do_connect", self._note_file)
        event.listen(self.engine, "do_connect", self._connect)  # Ends the list by what it returns.
        event.listen(self.engine, "checkout", self._leave_former_file)
        event.listen(self.engine, "checkin", self._close_late)
        self._writing_engine = self.engine.execution_options(**{WRITES: True})
        self._ordered = WriterQueue(slots=1, patient=6)
        # On SQLite there is one lock for all.
        is_sqlite = self.url.get_backend_name() == "sqlite"
        self._private = self._ordered if is_sqlite else WriterQueue(slots=2, patient=4)
        self._watch = ServerWatch(silence)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a reading session; changes in it are rolled back.

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

    def read_end(self) -> tuple[JournalPosition, int]:
        """Return where the journal ends, and a number that every ordered write makes larger.

        Followers ask here: a database that was put back to an earlier state begins a new epoch
        first, so that nothing that is known of the later state is taken for its own.

        Raises:
            Unavailable: the database does not answer, or it went back and other writers hold the
                lock too long.
        """
        self._follow_file()
        # Before the database, which is never behind it otherwise.
        mark = self.high_water.read() if self.high_water else None
        end = self._look_at_end()
        if mark is not None and mark.is_ahead_of(*end):
            with self.write():
                pass  # Begins a new epoch, unless somebody else has done so.
            end = self._look_at_end()
        elif self.high_water is not None:
            self.high_water.raise_to(*end)
        return end

    @contextmanager
    def write(self, *, wait: bool = True) -> Iterator[Session]:
        """Open a session that holds the writers' lock; it commits if the block ends well.

        Args:
            wait: for other writers of this process, instead of giving up at once.

        Raises:
            Unavailable: the database does not answer or other writers hold the lock too long.
        """
        end = None
        with self._begin(self._ordered, self.write_wait if wait else 0) as session:
            journal.lock(session)
            self._renew_if_behind(session)
            yield session
            if self.high_water is not None and session.in_transaction():
                end = journal.read_end(session.connection())
        if self.high_water is not None and end is not None:
            self.high_water.raise_to(*end)

    @contextmanager
    def write_private(self, *, wait: bool = True) -> Iterator[Session]:
        """Open a session for data outside the journal's order; it commits if the block ends well.

        It does not take the writers' lock, so it must not check what another writer may change
        meanwhile, and it waits only for one that changes the same rows.  On SQLite every writer
        locks the whole file.

        Args:
            wait: for other writers on SQLite, instead of giving up at once.

        Raises:
            Unavailable: the database does not answer, or a lock is held too long.
        """
        with self._begin(self._private, self.write_wait if wait else 0) as session:
            yield session

    @contextmanager
    def _begin(self, queue: WriterQueue, wait: float) -> Iterator[Session]:
        with queue.turn(wait) as seconds:
            engine = self._writing_engine.execution_options(**{WAITS: seconds})
            known = {AUDIT_KEYS: self.audit_keys}
            with unavailable(), Session(engine, info=known) as session, session.begin():
                yield session
        if self.commit_signal is not None:
            self.commit_signal.notify()

    def _renew_if_behind(self, session: Session) -> None:
        """Begin a new epoch if the database went back; the writers' lock is held."""
        mark = self.high_water.read() if self.high_water else None
        if mark is None:
            return
        position, commits = journal.read_end(session.connection())
        if mark.is_ahead_of(position, commits - 1):  # Without this very transaction.
            _log.warning(
                "the database was put back to an earlier state: its journal ends at %d and had "
                "ended at %d; clients and indexes start anew, and everybody signs in again",
                position.last,
                mark.last,
            )
            journal.begin_epoch(session)

    def _look_at_end(self) -> tuple[JournalPosition, int]:
        with self.connect() as connection:
            return journal.read_end(connection)

    def _follow_file(self) -> None:
        """Open the database's file anew if another one was put in its place."""
        found = self._identify_file()
        if found is not None and found != self._file:
            if self._file is not None:
                _log.warning("another file was put in the place of %s", self.url.database)
                self._files_seen += 1
            self._file = found

    def _note_file(self, _dialect: Dialect, entry: ConnectionPoolEntry, *_arguments: Any) -> None:
        """Note which file a connection is made to; before it is, so that none passes for newer."""
        entry.info["file"] = self._files_seen
        entry.info["disposals"] = self._disposals

    def _close_late(self, _dbapi: Any, entry: ConnectionPoolEntry) -> None:
        """Close a connection that was in use while all others were closed."""
        if entry.info["disposals"] != self._disposals and entry.dbapi_connection is not None:
            entry.close()

    def _leave_former_file(self, _dbapi: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
        """Have a connection to a former file closed and made anew (SQLAlchemy, PoolEvents)."""
        if entry.info["file"] != self._files_seen:
            raise DisconnectionError

    def _connect(self, dialect: Dialect, _entry: Any, arguments: Any, parameters: Any) -> Any:
        """Connect, where the driver itself may not know what the URL says behind its question mark.

        Raises:
            Unavailable: it does not, or the server is silent.
        """
        try:
            return self._watch.connect(dialect, arguments, parameters)
        except Unavailable:
            raise
        except Exception as error:
            driver = dialect.loaded_dbapi
            if isinstance(error, driver.Error) and not isinstance(error, driver.ProgrammingError):
                raise  # By the server, or because there is none: see unavailable().
            detail = f"the driver does not take database_url: {error}"
            raise Unavailable("the database does not answer", detail=detail) from error

    def _identify_file(self) -> tuple[int, int] | None:
        """Return what tells the file of SQLite from another one of the same name."""
        if self.url.get_backend_name() != "sqlite" or not self.url.database:
            return None
        try:
            status = Path(self.url.database).stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def dispose(self) -> None:
        """Close all connections, and end what still waits for the server.

        Those that are in use are closed when they are given back; SQLAlchemy leaves them to the
        collector ("Engine Disposal").
        """
        self._disposals += 1
        self.engine.dispose()
        self._watch.stop()
        if self.commit_signal is not None:
            self.commit_signal.close()


@contextmanager
def unavailable() -> Iterator[None]:
    """Translate the driver's errors into the one that faces handle.

    Raises:
        Unavailable: the database does not answer, is busy, cannot be written, or has an old schema.
    """
    try:
        yield
    except DBAPIError as error:
        reason = outages.explain(error)
        if reason is None:
            raise  # A fault of ours, not of the database.
        raise Unavailable(reason, detail=_detail_of(error)) from error
    except PoolTimeoutError as error:
        raise Unavailable("all connections to the database are in use") from error


def _detail_of(error: DBAPIError) -> str:
    """Return what the driver says, with the file that it says it of."""
    file = getattr(error.orig, "filename", "")
    return f"{file}: {error.orig}" if file else str(error.orig)


def _create_engine(url: URL, write_wait: float) -> Engine:
    is_sqlite = url.get_backend_name() == "sqlite"
    create = _create_sqlite_engine if is_sqlite else _create_server_engine
    return create(url, write_wait)


def _create_server_engine(url: URL, write_wait: float) -> Engine:
    # READ COMMITTED lets a writer that waited for the lock see what the one before it wrote.
    engine = create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True, **_POOL)
    seconds = ceil(write_wait)  # MariaDB has whole seconds only.
    if url.get_backend_name() == "postgresql":
        chosen = {"lock_timeout": f"'{seconds}s'"} | _POSTGRESQL
    else:
        chosen = {"innodb_lock_wait_timeout": str(seconds)}

    def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for name, value in chosen.items():
            cursor.execute(f"SET SESSION {name} = {value}")
        connection.commit()

    event.listen(engine, "connect", prepare)
    return engine


def _create_sqlite_engine(url: URL, write_wait: float) -> Engine:
    if url.database and url.database != ":memory:":
        _make_file(Path(url.database))
    pool = _POOL if url.database and url.database != ":memory:" else {}
    engine = create_engine(url, connect_args={"timeout": write_wait}, **pool)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "handle_error", _name_file)
    return engine


def _name_file(context: ExceptionContext) -> None:
    """Note the file in an error: SQLite names none, not even one that it cannot open."""
    if isinstance(context.original_exception, sqlite3.Error):
        file = context.engine.url.database if context.engine else ""
        context.original_exception.filename = file  # type: ignore[attr-defined]


def _make_file(path: Path) -> None:
    """Create the database's file if it is missing, for whom its directory is meant."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        os.fchmod(descriptor, mode_of_new_file(path.parent))  # Whatever the umask is.
        os.close(descriptor)


def mode_of_new_file(directory: Path) -> int:
    """Return the permissions of a file of SQLite that is made in this directory.

    It is its owner's alone, with all password hashes in it.  Only where the directory hands its
    group on to what is made there (chmod(1), SETUID AND SETGID BITS), that group may use it as
    well: so Postfix looks into it.  What SQLite puts beside it has the same permissions.
    """
    return 0o660 if directory.stat().st_mode & stat.S_ISGID else 0o600


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # We send BEGIN ourselves, below.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: if another one wrote between its first read and its first
    # write, SQLite would make it fail instead of wait.
    options = connection.get_execution_options()
    if not options.get(WRITES, False):
        connection.exec_driver_sql("BEGIN")
        return
    if WAITS in options:  # Nothing else on this connection ever waits for a writer.
        milliseconds = int(options[WAITS] * 1000)
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
