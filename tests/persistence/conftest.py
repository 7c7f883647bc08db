"""A migrated database, on all three in turn."""

from collections.abc import Iterator

import pytest

from contactsgroups.persistence import Database


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    """A database with the newest schema and nothing in it."""
    database = Database(migrated_url)
    yield database
    database.dispose()
