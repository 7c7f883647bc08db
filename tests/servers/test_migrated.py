"""Copies of a migrated database: each test has its own, and sees nothing of those before it."""

import pytest
from sqlalchemy import inspect, text

from contactsgroups.persistence import Database, schema
from tests.directories import add_accounts


def _rows(database: Database) -> dict[str, int | None]:
    """How many rows each table has: keys and names of a database are its own."""
    with database.connect() as connection:
        names = inspect(connection).get_table_names()
        return {each: connection.scalar(text(f"SELECT count(*) FROM {each}")) for each in names}


@pytest.mark.parametrize("turn", ["first", "second"])
def test_it_is_what_migrating_an_empty_one_makes(
    migrated_url: str, database_url: str, turn: str
) -> None:
    copied, made = Database(migrated_url), Database(database_url)
    schema.upgrade(made)
    assert _rows(copied) == _rows(made)
    assert schema.pending_migrations(copied) == []
    add_accounts(copied, ["ada"])  # Which the second turn does not see.
    for database in (copied, made):
        database.dispose()
