"""A migrated database, on all three in turn."""

from collections.abc import Iterator

import pytest

from contactsgroups.persistence import Database, schema


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the newest schema and nothing in it."""
    database = Database(database_url)
    schema.upgrade(database)
    yield database
    database.dispose()
