"""Bring a database to the newest schema, with Alembic."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence.database import WAITS, WRITES, Database, unavailable
from contactsgroups.persistence.models import JournalCounter

VERSION_TABLE = "contactsgroups_schema_version"
"""Not Alembic's default, which a host may use in the same database."""

MIGRATIONS = Path(__file__).parent / "migrations"
"""The directory with Alembic's entry and the revisions."""

_LOCK_TIMEOUT = 600
"""Seconds that a process waits for another one's migration."""


def upgrade(database: Database) -> list[str]:
    """Run every migration that is missing and return their revisions; harmless if none is.

    It may be killed at any time and run again, and several processes may run it at once.

    Raises:
        Unavailable: the database does not answer, cannot be written, or is of a newer version.
    """
    engine = database.engine.execution_options(**{WRITES: True, WAITS: _LOCK_TIMEOUT})
    with unavailable(), engine.connect() as connection, _lock(connection), connection.begin():
        if connection.dialect.name == "postgresql":
            # Released with the transaction, so a killed process leaves no lock behind.
            connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}s'"))
            connection.execute(select(func.pg_advisory_xact_lock(_lock_number())))
        pending = _pending_after(_revision(connection))  # Refuses a newer one.
        command.upgrade(_config(connection), "head")
        return pending


def current_revision(database: Database) -> str | None:
    """Return the revision of the database's schema; None for a database that has none yet."""
    with unavailable(), database.engine.connect() as connection:
        return _revision(connection)


def is_unused(database: Database) -> bool:
    """Whether nothing was ever written: the schema is missing, or its making was broken off."""
    if current_revision(database) is None:
        return True
    with database.connect() as connection:
        return not connection.scalar(select(JournalCounter.commits))


def pending_migrations(database: Database) -> list[str]:
    """Return the revisions that :func:`upgrade` would run, oldest first.

    Raises:
        Unavailable: the database was brought to a revision that this version does not know.
    """
    return _pending_after(current_revision(database))


def _revision(connection: Connection) -> str | None:
    options = {"version_table": VERSION_TABLE}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def known_revisions() -> list[str]:
    """Return the revisions of this version of the program, newest first."""
    script = ScriptDirectory.from_config(_config())
    return [each.revision for each in script.walk_revisions("base", "heads")]


def _pending_after(current: str | None) -> list[str]:
    revisions = known_revisions()
    if current is None:
        return revisions[::-1]
    if current not in revisions:
        raise Unavailable(
            "the database is of a newer version: revision {current} is unknown", current=current
        )
    return revisions[: revisions.index(current)][::-1]


@contextmanager
def _lock(connection: Connection) -> Iterator[None]:
    """Let one process at a time migrate.

    SQLite has the writers' lock on its file, PostgreSQL a lock that ends with the transaction.  On
    MariaDB a transaction ends with every statement that defines something, so a named lock is
    needed, which the server releases when the connection ends.
    """
    if connection.dialect.name not in {"mysql", "mariadb"}:
        yield
        return
    name = f"contactsgroups {_lock_number(connection.engine.url.database or '')}"
    if connection.scalar(select(func.get_lock(name, _LOCK_TIMEOUT))) != 1:
        raise Unavailable("another process is changing the schema of the database")
    connection.rollback()  # Ends the transaction that the SELECT began, and not the lock.
    try:
        yield
    finally:
        with suppress(SQLAlchemyError):  # The server has released it if the connection ended.
            connection.scalar(select(func.release_lock(name)))


def _lock_number(database: str = "") -> int:
    """Return a number that other programs' advisory locks are unlikely to have."""
    digest = blake2b(f"contactsgroups schema {database}".encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes.update(connection=connection, version_table=VERSION_TABLE)
    return config
