"""Migrated databases, with nothing in them or what a test asks for: see :mod:`.prepared`."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from contactsgroups.persistence import Database, schema
from contactsgroups.persistence.models import Base
from tests.servers.mariadb import MariaDBServer
from tests.servers.postgresql import PostgreSQLServer
from tests.servers.prepared import (
    Fill,
    MariaDBDatabases,
    PostgreSQLDatabases,
    PreparedDatabases,
    SQLiteFiles,
)

Prepare = Callable[[Fill], tuple[Database, Any]]
"""Returns a database that something was put into, and what doing so has returned."""


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


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SQLite's file of a migrated database, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.sqlite"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.dispose()
    return path


@pytest.fixture
def migrated_sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """SQLAlchemy URL of a migrated SQLite file."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'test.sqlite')}"


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> SQLiteFiles:
    """SQLite's databases for this test process."""
    return SQLiteFiles(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="session")
def prepared_mariadb(mariadb_server: MariaDBServer) -> Iterator[MariaDBDatabases]:
    """MariaDB's databases for this test process."""
    with closing(MariaDBDatabases(mariadb_server)) as databases:
        yield databases


@pytest.fixture(scope="session")
def prepared_postgresql(postgresql_server: PostgreSQLServer) -> Iterator[PostgreSQLDatabases]:
    """PostgreSQL's databases for this test process."""
    with closing(PostgreSQLDatabases(postgresql_server)) as databases:
        yield databases


@pytest.fixture
def migrated_mariadb_url(prepared_mariadb: MariaDBDatabases) -> Iterator[str]:
    """SQLAlchemy URL of a migrated MariaDB database."""
    with prepared_mariadb.database() as (url, _):
        yield url


@pytest.fixture
def migrated_postgresql_url(prepared_postgresql: PostgreSQLDatabases) -> Iterator[str]:
    """SQLAlchemy URL of a migrated PostgreSQL database."""
    with prepared_postgresql.database() as (url, _):
        yield url


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """SQLAlchemy URL of a migrated database without content, on each of the three in turn."""
    url: str = request.getfixturevalue(f"migrated_{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def prepare(request: pytest.FixtureRequest) -> Iterator[Prepare]:
    """Put something into a migrated database, on each of the three in turn.

    It is done once for all tests that ask for the same: they get copies.
    """
    with _preparing(request.getfixturevalue(f"prepared_{request.param}")) as prepare:
        yield prepare


@pytest.fixture
def prepare_small(prepared_sqlite: SQLiteFiles) -> Iterator[Prepare]:
    """Put something into a database on SQLite alone: for what no database does in its own way."""
    with _preparing(prepared_sqlite) as prepare:
        yield prepare


@contextmanager
def _preparing(databases: PreparedDatabases) -> Iterator[Prepare]:
    with ExitStack() as stack:

        def prepare(fill: Fill) -> tuple[Database, Any]:
            url, value = stack.enter_context(databases.database(fill))
            database = Database(url)
            stack.callback(database.dispose)
            return database, value

        yield prepare
