"""Bring a database to the newest schema, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from contactsgroups.persistence.database import Database

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Run every migration that is missing; harmless when there is none."""
    with database.engine.execution_options(contactsgroups_writes=True).begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def pending_migrations(database: Database) -> list[str]:
    """Return the revisions that :func:`upgrade` would run, oldest first."""
    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(_config())
    revisions = [each.revision for each in script.walk_revisions("base", "heads")]
    if current is None:
        return revisions[::-1]
    return revisions[: revisions.index(current)][::-1]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
