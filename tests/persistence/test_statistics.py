"""PostgreSQL knows at once what was just written; the others need not be told."""

import logging

import pytest
from sqlalchemy import text

from contactsgroups.persistence import Database, statistics
from tests.directories import add_accounts, add_group


def test_what_was_just_written_is_known_everywhere(database: Database) -> None:
    add_accounts(database, ["ada", "bob"])
    add_group(database, "team@example.org", "ada@example.org", "bob@example.org")
    statistics.refresh(database)
    if database.url.get_backend_name() != "postgresql":
        return
    known = text("SELECT reltuples FROM pg_class WHERE relname = 'contactsgroups_members'")
    with database.read() as session:
        assert session.scalar(known) == 2


def test_a_failure_leaves_it_to_the_server(
    postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(postgresql_url)  # Without tables.
    with caplog.at_level(logging.WARNING):
        statistics.refresh(database)
    assert "were not brought up to date" in caplog.text
    database.dispose()
