"""A migrated database for use cases: the same tests on all three."""

from collections.abc import Iterator

import pytest

from contactsgroups.persistence import Database, schema
from tests.directories import add_accounts


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Database]:
    """A database with the newest schema and nothing in it."""
    database = Database(database_url)
    schema.upgrade(database)
    yield database
    database.dispose()


@pytest.fixture
def database(empty_database: Database) -> Database:
    """As above, with four accounts in example.org and none in example.net."""
    add_accounts(empty_database, ["ada", "bob", "eve", "zoe"])
    add_accounts(empty_database, [], domain="example.net")
    return empty_database
