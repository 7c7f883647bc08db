"""Whether the database has the newest schema, and how it gets it."""

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import Database, schema


def list_pending(database: Database) -> list[str]:
    """Return the revisions that are missing, oldest first.

    Raises:
        Unavailable: the database does not answer, or is of a newer version than this one.
    """
    return schema.pending_migrations(database)


def upgrade(database: Database) -> list[str]:
    """Run the migrations that are missing and return their revisions; harmless if none is.

    Raises:
        Unavailable: the database does not answer, cannot be written, or is of a newer version.
    """
    return schema.upgrade(database)


def require_newest(database: Database) -> None:
    """Give a new database its schema, and refuse one that lacks a migration.

    Raises:
        Unavailable: the database is of an older or newer schema, or does not answer.
    """
    if not schema.pending_migrations(database):
        return
    if schema.is_unused(database):
        schema.upgrade(database)
    else:
        raise Unavailable("the database is older: run contactsgroups db upgrade")
