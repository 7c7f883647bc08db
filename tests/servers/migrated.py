"""Migrated databases with nothing in them: migrations run once a session, the rest are copies."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pymysql
import pytest
from sqlalchemy import event, make_url
from sqlalchemy.pool import Pool

from contactsgroups.persistence import Database, schema
from contactsgroups.persistence.models import Base
from tests.servers.mariadb import MariaDBServer
from tests.servers.postgresql import PostgreSQLServer


@event.listens_for(Pool, "checkout")
def _spare_the_disk(connection: Any, _record: Any, _proxy: Any) -> None:
    """Wait for no disk: tests end processes, never the machine.

    The product says FULL when it connects, after whatever listens to all pools.
    """
    if isinstance(connection, sqlite3.Connection) and not connection.in_transaction:
        connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture(autouse=True, scope="module")
def _forget_databases() -> Iterator[None]:
    """Let go of the databases of a file of tests.

    SQLAlchemy remembers with each mapper what it has compiled, and with it the dialect, on which
    the whole database hangs: thousands of them took gigabytes, and the collector seconds.
    """
    yield
    for mapper in Base.registry.mappers:
        vars(mapper).pop("_compiled_cache", None)


def _migrate(url: str) -> None:
    database = Database(url)
    schema.upgrade(database)
    database.dispose()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SQLite's file of a migrated database, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def migrated_sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """SQLAlchemy URL of a migrated SQLite file."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'test.sqlite')}"


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: PostgreSQLServer) -> Iterator[str]:
    """The name of PostgreSQL's migrated database, to copy."""
    with postgresql_server.database() as url:
        _migrate(url)
        yield make_url(url).database or ""


@pytest.fixture
def migrated_postgresql_url(
    postgresql_server: PostgreSQLServer, migrated_postgresql: str
) -> Iterator[str]:
    """SQLAlchemy URL of a migrated PostgreSQL database."""
    with postgresql_server.database(template=migrated_postgresql) as url:
        yield url


class MigratedMariaDB:
    """Databases that tests take in turn: MariaDB copies none, and making 40 tables is slow."""

    def __init__(self, server: MariaDBServer) -> None:
        self._server = server
        self._made = ExitStack()
        self._idle: list[str] = []
        self._model = make_url(self._make()).database or ""
        with self._connect() as cursor:
            self._tables = _tables(cursor, self._model)
            self._columns = _columns(cursor, self._model)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of one that nobody else has."""
        url = self._idle.pop() if self._idle else self._make()
        yield url
        with suppress(pymysql.MySQLError), self._connect() as cursor:
            if self._is_emptied(cursor, make_url(url).database or ""):
                self._idle.append(url)

    def close(self) -> None:
        """Drop them all."""
        self._made.close()

    def _make(self) -> str:
        url = self._made.enter_context(self._server.database())
        _migrate(url)
        return url

    @contextmanager
    def _connect(self) -> Iterator[Any]:
        connection = pymysql.connect(
            user="root", unix_socket=str(self._server.socket), autocommit=True, ssl_disabled=True
        )
        with closing(connection), connection.cursor() as cursor:
            yield cursor

    def _is_emptied(self, cursor: Any, name: str) -> bool:
        """Make its content that of the model; False if a test has changed its schema."""
        cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s", [name])
        for (connection,) in cursor.fetchall():
            with suppress(pymysql.MySQLError):  # It ends by itself.
                cursor.execute("KILL %s", [connection])
        if _columns(cursor, name) != self._columns:
            return False
        cursor.execute("SET foreign_key_checks = 0, innodb_lock_wait_timeout = 5")
        for table in self._tables:
            if cursor.execute(f"DELETE FROM {name}.{table}"):
                cursor.execute(f"ALTER TABLE {name}.{table} AUTO_INCREMENT = 1")
            cursor.execute(f"INSERT INTO {name}.{table} SELECT * FROM {self._model}.{table}")
        return True


def _tables(cursor: Any, name: str) -> list[str]:
    cursor.execute(f"SHOW FULL TABLES FROM {name} WHERE Table_type = 'BASE TABLE'")
    return [table for table, _ in cursor.fetchall()]


def _columns(cursor: Any, name: str) -> Any:
    cursor.execute(
        "SELECT table_name, column_name, column_type FROM information_schema.columns"
        " WHERE table_schema = %s ORDER BY table_name, ordinal_position",
        [name],
    )
    return cursor.fetchall()


@pytest.fixture(scope="session")
def migrated_mariadb(mariadb_server: MariaDBServer) -> Iterator[MigratedMariaDB]:
    """Migrated databases of the server of this test process."""
    databases = MigratedMariaDB(mariadb_server)
    yield databases
    databases.close()


@pytest.fixture
def migrated_mariadb_url(migrated_mariadb: MigratedMariaDB) -> Iterator[str]:
    """SQLAlchemy URL of a migrated MariaDB database."""
    with migrated_mariadb.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """SQLAlchemy URL of a migrated database without content, on each of the three in turn."""
    url: str = request.getfixturevalue(f"migrated_{request.param}_url")
    return url
