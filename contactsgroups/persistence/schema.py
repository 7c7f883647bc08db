"""Bring a database to the newest schema, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence.database import Database, unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Run every migration that is missing; harmless when there is none.

    Raises:
        Unavailable: the database does not answer, or cannot be written.
    """
    engine = database.engine.execution_options(contactsgroups_writes=True)
    with unavailable(), engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current_revision(database: Database) -> str | None:
    """Return the revision of the database's schema; None for a database that has none yet."""
    with unavailable(), database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def pending_migrations(database: Database) -> list[str]:
    """Return the revisions that :func:`upgrade` would run, oldest first.

    Raises:
        Unavailable: the database was brought to a revision that this version does not know.
    """
    current = current_revision(database)
    script = ScriptDirectory.from_config(_config())
    revisions = [each.revision for each in script.walk_revisions("base", "heads")]
    if current is None:
        return revisions[::-1]
    if current not in revisions:
        raise Unavailable(f"the database is of a newer version: revision {current} is unknown")
    return revisions[: revisions.index(current)][::-1]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
