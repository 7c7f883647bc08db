"""Migrated databases with nothing in them: migrations run a few times a session."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from contactsgroups.persistence import Database, schema
from contactsgroups.persistence.models import Base
from tests.servers.emptied import EmptiedDatabases, MariaDBContent, PostgreSQLContent
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
def migrated_postgresql(postgresql_server: PostgreSQLServer) -> Iterator[EmptiedDatabases]:
    """Migrated databases of PostgreSQL for this test process."""
    content = partial(PostgreSQLContent, postgresql_server)
    with closing(EmptiedDatabases(postgresql_server, content)) as databases:
        yield databases


@pytest.fixture
def migrated_postgresql_url(migrated_postgresql: EmptiedDatabases) -> Iterator[str]:
    """SQLAlchemy URL of a migrated PostgreSQL database."""
    with migrated_postgresql.database() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_mariadb(mariadb_server: MariaDBServer) -> Iterator[EmptiedDatabases]:
    """Migrated databases of MariaDB for this test process."""
    content = partial(MariaDBContent, mariadb_server)
    with closing(EmptiedDatabases(mariadb_server, content)) as databases:
        yield databases


@pytest.fixture
def migrated_mariadb_url(migrated_mariadb: EmptiedDatabases) -> Iterator[str]:
    """SQLAlchemy URL of a migrated MariaDB database."""
    with migrated_mariadb.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """SQLAlchemy URL of a migrated database without content, on each of the three in turn."""
    url: str = request.getfixturevalue(f"migrated_{request.param}_url")
    return url
