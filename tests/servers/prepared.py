"""Databases that hold something already: it is made once, and restored for each test.

Making a database takes a good part of a second, on PostgreSQL even as a copy, and filling one with
a small company as long.  Restoring what it held takes milliseconds.
"""

import itertools
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pymysql
from sqlalchemy import make_url

from contactsgroups.persistence import Database, schema
from tests.servers.mariadb import MariaDBServer
from tests.servers.postgresql import PostgreSQLServer

Fill = Callable[[Database], Any]
"""Puts something into a migrated database; what it returns is the same for every test."""


def nothing(_database: Database) -> None:
    """Leave a database as the migrations leave it."""


class Prepared(NamedTuple):
    """A database of one test: its URL, and what filling it has returned."""

    url: str
    value: Any


class PreparedDatabases(ABC):
    """Databases of one kind, by what they hold."""

    def __init__(self) -> None:
        self._contents: dict[Fill, tuple[Any, Any]] = {}

    @contextmanager
    def database(self, fill: Fill = nothing) -> Iterator[Prepared]:
        """A database that nobody else has, as ``fill`` has left it."""
        if nothing not in self._contents:
            self._learn(nothing, schema.upgrade)
        if fill not in self._contents:
            self._learn(fill, fill)
        content, value = self._contents[fill]
        with self._restored(content) as url:
            yield Prepared(url, value)

    def _learn(self, name: Fill, fill: Fill) -> None:
        """Fill a database, and keep what it holds then."""
        content, _ = self._contents.get(nothing, (None, None))
        with self._restored(content) as url:
            database = Database(url)
            value = fill(database)
            database.dispose()
            self._contents[name] = self._content_of(url), value

    @abstractmethod
    def _restored(self, content: Any) -> AbstractContextManager[str]:
        """The URL of a database of this content, while the block lasts; None has no tables."""

    @abstractmethod
    def _content_of(self, url: str) -> Any:
        """Return all that a database holds."""


class SQLiteFiles(PreparedDatabases):
    """Files that are copied."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory
        self._numbers = itertools.count()

    @contextmanager
    def _restored(self, content: Path | None) -> Iterator[str]:
        path = self._new_path()
        if content is not None:
            shutil.copy(content, path)
        yield f"sqlite:///{path}"
        for each in self._directory.glob(f"{path.name}*"):  # And what SQLite puts beside it.
            each.unlink()

    def _content_of(self, url: str) -> Path:
        return Path(shutil.copy(_name(url), self._new_path()))

    def _new_path(self) -> Path:
        return self._directory / f"{next(self._numbers)}.sqlite"


class ServerDatabases(PreparedDatabases):
    """Databases of a server, which tests take in turn."""

    def __init__(self, server: MariaDBServer | PostgreSQLServer) -> None:
        super().__init__()
        self._server = server
        self._made = ExitStack()
        self._idle: list[str] = []

    def close(self) -> None:
        """Drop them all."""
        self._made.close()

    @contextmanager
    def _restored(self, content: Any) -> Iterator[str]:
        url = self._take(content)
        yield url
        self._idle.append(url)

    def _take(self, content: Any) -> str:
        """Restore an idle one, or else make one; those whose schema a test has changed are left."""
        while content is not None and self._idle:
            url = self._idle.pop()
            with suppress(pymysql.MySQLError, psycopg.Error):
                if self._restore(_name(url), content):
                    return url
        url = self._made.enter_context(self._server.database())
        if content is not None:
            database = Database(url)
            schema.upgrade(database)
            database.dispose()
            self._restore(_name(url), content)
        return url

    @abstractmethod
    def _restore(self, name: str, content: Any) -> bool:
        """Let a database hold this and nothing else; False if its schema is another."""


def _name(url: str) -> str:
    return make_url(url).database or ""


_COLUMNS = (
    "SELECT table_name, column_name, {type} FROM information_schema.columns"
    " WHERE table_schema = {schema} ORDER BY table_name, ordinal_position"
)


class _MariaDBContent(NamedTuple):
    columns: Any
    rows: dict[str, Any]
    """By table."""


class MariaDBDatabases(ServerDatabases):
    """Databases of MariaDB."""

    def _content_of(self, url: str) -> _MariaDBContent:
        name = _name(url)
        with self._connect() as cursor:
            cursor.execute(f"SHOW FULL TABLES FROM {name} WHERE Table_type = 'BASE TABLE'")
            tables = [table for table, _ in cursor.fetchall()]
            rows = {}
            for each in tables:
                cursor.execute(f"SELECT * FROM {name}.{each}")
                rows[each] = cursor.fetchall()
            return _MariaDBContent(self._columns_of(cursor, name), rows)

    def _restore(self, name: str, content: _MariaDBContent) -> bool:
        with self._connect() as cursor:
            cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s", [name])
            for (connection,) in cursor.fetchall():
                with suppress(pymysql.MySQLError):  # It ends by itself.
                    cursor.execute("KILL %s", [connection])
            if self._columns_of(cursor, name) != content.columns:
                return False
            cursor.execute("SET foreign_key_checks = 0, innodb_lock_wait_timeout = 5")
            for table, rows in content.rows.items():
                if cursor.execute(f"DELETE FROM {name}.{table}"):
                    cursor.execute(f"ALTER TABLE {name}.{table} AUTO_INCREMENT = 1")
                if rows:
                    values = ", ".join(["%s"] * len(rows[0]))
                    cursor.executemany(f"INSERT INTO {name}.{table} VALUES ({values})", rows)
        return True

    @staticmethod
    def _columns_of(cursor: Any, name: str) -> Any:
        cursor.execute(_COLUMNS.format(type="column_type", schema="%s"), [name])
        return cursor.fetchall()

    @contextmanager
    def _connect(self) -> Iterator[Any]:
        assert isinstance(self._server, MariaDBServer)
        connection = pymysql.connect(
            user="root", unix_socket=str(self._server.socket), autocommit=True, ssl_disabled=True
        )
        with closing(connection), connection.cursor() as cursor:
            yield cursor


class _PostgreSQLContent(NamedTuple):
    columns: Any
    rows: dict[str, bytes]
    """By table, as COPY writes them."""
    numbers: dict[str, int | None]
    """The last that each sequence gave, None before the first."""


class PostgreSQLDatabases(ServerDatabases):
    """Databases of PostgreSQL."""

    def _content_of(self, url: str) -> _PostgreSQLContent:
        with self._connect(_name(url)) as connection:
            tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            rows = {each: _copy(connection, each) for (each,) in connection.execute(tables)}
            return _PostgreSQLContent(_columns_of(connection), rows, _numbers_of(connection))

    def _restore(self, name: str, content: _PostgreSQLContent) -> bool:
        with self._connect(name) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if _columns_of(connection) != content.columns:
                return False
            # No foreign key is looked at, so that the tables may come in any order.
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET lock_timeout = 5000")
            for table, rows in content.rows.items():
                connection.execute(f"DELETE FROM {table}".encode())
                if rows:
                    with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                        copy.write(rows)
            for sequence, number in _numbers_of(connection).items():
                if number != (due := content.numbers[sequence]):
                    values = [sequence, due or 1, due is not None]
                    connection.execute("SELECT setval(%s::text::regclass, %s, %s)", values)
        return True

    def _connect(self, name: str) -> psycopg.Connection:
        assert isinstance(self._server, PostgreSQLServer)
        return psycopg.connect(
            host=str(self._server.socket_directory), user="postgres", dbname=name, autocommit=True
        )


def _columns_of(connection: psycopg.Connection) -> Any:
    return connection.execute(
        _COLUMNS.format(type="data_type", schema="'public'").encode()
    ).fetchall()


def _copy(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(f"COPY {table} TO STDOUT".encode()) as copy:
        return b"".join(bytes(each) for each in copy)


def _numbers_of(connection: psycopg.Connection) -> dict[str, int | None]:
    numbers = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
    return dict(connection.execute(numbers).fetchall())
