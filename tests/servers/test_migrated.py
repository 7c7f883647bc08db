"""Copies of a migrated database: each test has its own, and sees nothing of those before it."""

import pytest
from sqlalchemy import inspect, text

from contactsgroups.persistence import Database, schema
from tests.directories import add_accounts
from tests.servers.emptied import EmptiedDatabases


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


@pytest.fixture(params=["mariadb", "postgresql"])
def databases(request: pytest.FixtureRequest) -> EmptiedDatabases:
    found: EmptiedDatabases = request.getfixturevalue(f"migrated_{request.param}")
    return found


def test_they_are_used_again_unless_their_schema_was_changed(databases: EmptiedDatabases) -> None:
    with databases.database() as first, databases.database() as other:
        assert first != other
    with databases.database() as second:
        assert second in {first, other}
        database = Database(second)
        with database.connect() as connection:
            connection.execute(text("ALTER TABLE contactsgroups_groups ADD COLUMN more INTEGER"))
            connection.commit()
        database.dispose()
    with databases.database() as third, databases.database() as fourth:
        assert second not in {third, fourth}


def test_numbers_begin_anew(databases: EmptiedDatabases) -> None:
    found = []
    for _ in range(2):
        with databases.database() as url:
            database = Database(url)
            add_accounts(database, ["ada"])
            with database.connect() as connection:
                found.append(connection.scalar(text("SELECT id FROM contactsgroups_accounts")))
            database.dispose()
    assert found == [1, 1]
