"""Databases of a server that tests take in turn, and find as a migration leaves them.

Making one takes a good part of a second, on PostgreSQL even as a copy; emptying one, milliseconds.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any, Protocol

import psycopg
import pymysql
from sqlalchemy import make_url

from contactsgroups.persistence import Database, schema
from tests.servers.mariadb import MariaDBServer
from tests.servers.postgresql import PostgreSQLServer


class _Content(Protocol):
    """What a migrated database consists of, to compare others with it and to restore it."""

    def restore(self, name: str) -> bool:
        """Make the content of a database that of the model; False if its schema is another."""


class EmptiedDatabases:
    """Databases of one server, each used by one test at a time."""

    def __init__(
        self, server: MariaDBServer | PostgreSQLServer, content_of: Callable[[str], _Content]
    ) -> None:
        self._server = server
        self._made = ExitStack()
        self._idle: list[str] = []
        self._content = content_of(_name(self._make()))

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of one that nobody else has."""
        url = self._idle.pop() if self._idle else self._make()
        yield url
        with suppress(pymysql.MySQLError, psycopg.Error):
            if self._content.restore(_name(url)):
                self._idle.append(url)

    def close(self) -> None:
        """Drop them all."""
        self._made.close()

    def _make(self) -> str:
        url = self._made.enter_context(self._server.database())
        database = Database(url)
        schema.upgrade(database)
        database.dispose()
        return url


def _name(url: str) -> str:
    return make_url(url).database or ""


_COLUMNS = (
    "SELECT table_name, column_name, {type} FROM information_schema.columns"
    " WHERE table_schema = {schema} ORDER BY table_name, ordinal_position"
)


class MariaDBContent:
    """The content of MariaDB's model."""

    def __init__(self, server: MariaDBServer, model: str) -> None:
        self._server = server
        self._model = model
        with self._connect() as cursor:
            self._columns = self._columns_of(cursor, model)
            cursor.execute(f"SHOW FULL TABLES FROM {model} WHERE Table_type = 'BASE TABLE'")
            self._tables = [table for table, _ in cursor.fetchall()]
            self._filled = [
                each for each in self._tables if cursor.execute(f"SELECT 1 FROM {model}.{each}")
            ]

    def restore(self, name: str) -> bool:
        """Make the content of a database that of the model; False if its schema is another."""
        with self._connect() as cursor:
            cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s", [name])
            for (connection,) in cursor.fetchall():
                with suppress(pymysql.MySQLError):  # It ends by itself.
                    cursor.execute("KILL %s", [connection])
            if self._columns_of(cursor, name) != self._columns:
                return False
            cursor.execute("SET foreign_key_checks = 0, innodb_lock_wait_timeout = 5")
            for table in self._tables:
                if cursor.execute(f"DELETE FROM {name}.{table}"):
                    cursor.execute(f"ALTER TABLE {name}.{table} AUTO_INCREMENT = 1")
            for table in self._filled:
                cursor.execute(f"INSERT INTO {name}.{table} SELECT * FROM {self._model}.{table}")
        return True

    @staticmethod
    def _columns_of(cursor: Any, name: str) -> Any:
        cursor.execute(_COLUMNS.format(type="column_type", schema="%s"), [name])
        return cursor.fetchall()

    @contextmanager
    def _connect(self) -> Iterator[Any]:
        connection = pymysql.connect(
            user="root", unix_socket=str(self._server.socket), autocommit=True, ssl_disabled=True
        )
        with closing(connection), connection.cursor() as cursor:
            yield cursor


class PostgreSQLContent:
    """The content of PostgreSQL's model."""

    def __init__(self, server: PostgreSQLServer, model: str) -> None:
        self._server = server
        with self._connect(model) as connection:
            self._columns = self._columns_of(connection)
            tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            self._tables = [table for (table,) in connection.execute(tables)]
            self._rows = {each: self._copy(connection, each) for each in self._tables}
            self._numbers = self._numbers_of(connection)

    def restore(self, name: str) -> bool:
        """Make the content of a database that of the model; False if its schema is another."""
        with self._connect(name) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if self._columns_of(connection) != self._columns:
                return False
            # No foreign key is looked at, so that the tables may come in any order.
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET lock_timeout = 5000")
            for table, rows in self._rows.items():
                connection.execute(f"DELETE FROM {table}".encode())
                if rows:
                    with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                        copy.write(rows)
            for sequence, number in self._numbers_of(connection).items():
                if number != self._numbers[sequence]:
                    is_used = self._numbers[sequence] is not None
                    connection.execute(
                        "SELECT setval(%s::text::regclass, %s, %s)",
                        [sequence, self._numbers[sequence] or 1, is_used],
                    )
        return True

    @staticmethod
    def _columns_of(connection: psycopg.Connection) -> Any:
        wanted = _COLUMNS.format(type="data_type", schema="'public'")
        return connection.execute(wanted.encode()).fetchall()

    @staticmethod
    def _copy(connection: psycopg.Connection, table: str) -> bytes:
        with connection.cursor().copy(f"COPY {table} TO STDOUT".encode()) as copy:
            return b"".join(bytes(each) for each in copy)

    @staticmethod
    def _numbers_of(connection: psycopg.Connection) -> dict[str, int | None]:
        """The last number that each sequence gave, by its name; None before the first."""
        numbers = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
        return dict(connection.execute(numbers).fetchall())

    def _connect(self, name: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._server.socket_directory), user="postgres", dbname=name, autocommit=True
        )
