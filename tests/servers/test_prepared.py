"""What a test finds in a database is what was put there, whatever the tests before it did."""

import pytest
from sqlalchemy import text

from contactsgroups.persistence import Database
from tests.directories import add_accounts, add_group
from tests.servers.prepared import PreparedDatabases

_FILLED: list[Database] = []


def _fill(database: Database) -> str:
    _FILLED.append(database)
    add_accounts(database, ["ada", "bob"])
    return add_group(database, "team@example.org", "ada@example.org", "x@y.example").uuid


def _look(url: str, statement: str) -> object:
    database = Database(url)
    with database.connect() as connection:
        found = connection.execute(text(statement)).all()
        connection.commit()
    database.dispose()
    return found


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def databases(request: pytest.FixtureRequest) -> PreparedDatabases:
    found: PreparedDatabases = request.getfixturevalue(f"prepared_{request.param}")
    return found


def test_it_is_filled_once_and_each_test_finds_it_so(databases: PreparedDatabases) -> None:
    before, found = len(_FILLED), []
    for _ in range(3):
        with databases.database(_fill) as (url, uuid):
            rows = _look(url, "SELECT uuid, address FROM contactsgroups_groups")
            assert rows == [(uuid, "team@example.org")]
            database = Database(url)
            group = add_group(database, "more@example.org", "bob@example.org")
            add_accounts(database, ["eve"])
            database.dispose()
            found.append(_look(url, "SELECT max(id) FROM contactsgroups_accounts"))
            assert group.recipient_count == 1
    assert len(_FILLED) == before + 1
    assert found[0] == found[1] == found[2], "numbers of new rows begin where they did"


def test_two_at_once_are_two(databases: PreparedDatabases) -> None:
    with databases.database(_fill) as (first, _), databases.database() as (second, _):
        assert first != second
        assert _look(first, "SELECT count(*) FROM contactsgroups_groups") == [(1,)]
        assert _look(second, "SELECT count(*) FROM contactsgroups_groups") == [(0,)]


def test_another_schema_is_not_met_by_the_next(databases: PreparedDatabases) -> None:
    with databases.database() as (url, _):
        database = Database(url)
        with database.connect() as connection:
            connection.execute(text("ALTER TABLE contactsgroups_groups ADD COLUMN more INTEGER"))
            connection.execute(text("UPDATE contactsgroups_groups SET more = 1"))
            connection.commit()
        database.dispose()
    with databases.database() as (first, _), databases.database() as (second, _):
        for each in (first, second):
            database = Database(each)
            add_accounts(database, ["ada"])
            assert add_group(database, "one@example.org", "ada@example.org").recipient_count == 1
            with database.connect() as connection:
                row = connection.execute(text("SELECT * FROM contactsgroups_groups")).one()
            assert "more" not in row._mapping
            database.dispose()
