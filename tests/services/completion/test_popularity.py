"""Uses are noted at once and counted a minute later, in one ordered write."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.models import PendingPopularity, Popularity
from contactsgroups.services.completion import popularity
from contactsgroups.services.completion.usage import UsedAddress, record_usage
from tests.directories import add_accounts
from tests.services.conftest import ADA, NIA, Complete

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def pending(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(PendingPopularity)) or 0


def test_a_message_moves_neither_the_journal_nor_the_number_of_commits(database: Database) -> None:
    with database.connect() as connection:
        before = journal.read_end(connection)
    record_usage(database, ADA, [UsedAddress("bob@example.org")], at=NOW)
    with database.connect() as connection:
        assert journal.read_end(connection) == before
    assert pending(database) == 1


def test_uses_are_summed_up_a_minute_later_though_nobody_mails_again(
    database: Database, complete: Complete
) -> None:
    add_accounts(database, ["sam", "saul"])
    record_usage(database, ADA, [UsedAddress("saul@example.org")], at=NOW)
    popularity.sum_up_if_due(database, NOW + timedelta(seconds=59))
    assert pending(database) == 1
    popularity.sum_up_if_due(database, NOW + timedelta(seconds=60))
    assert pending(database) == 0
    with database.read() as session:
        rows = session.scalars(select(Popularity).order_by(Popularity.address))
        assert [row.address for row in rows] == ["saul@example.org"]
    assert complete("sa") == ["saul", "sam"]


def test_a_large_backlog_is_summed_up_in_parts(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other writers get their turn in between, and one who is told to stop stops there."""
    monkeypatch.setattr(popularity, "_AT_ONCE", 3)
    for number in range(7):
        at = NOW + timedelta(seconds=number)
        record_usage(small, ADA, [UsedAddress("bob@example.org")], at=at)
    popularity.sum_up(small)
    assert pending(small) == 4
    stopping = threading.Event()
    stopping.set()
    popularity.sum_up_if_due(small, NOW + timedelta(hours=1), stopping)
    assert pending(small) == 4
    popularity.sum_up_if_due(small, NOW + timedelta(hours=1))
    assert pending(small) == 0


def test_many_uses_count_as_much_summed_up_at_once_as_one_by_one(database: Database) -> None:
    addresses = ["bob@example.org", "zoe@example.org"]
    for number in range(5):
        at = NOW + timedelta(seconds=number)
        record_usage(database, ADA, [UsedAddress(addresses[0])], at=at)
    popularity.sum_up(database)
    for number in range(5):
        at = NOW + timedelta(seconds=number)
        record_usage(database, ADA, [UsedAddress(addresses[1])], at=at)
        popularity.sum_up(database)
    with database.read() as session:
        together, apart = (
            session.scalars(select(Popularity).where(Popularity.address == each)).one()
            for each in addresses
        )
    assert abs(together.strength - apart.strength) < 1e-9
    assert together.score == apart.score


def test_who_was_removed_meanwhile_is_left_out(database: Database) -> None:
    record_usage(database, ADA, [UsedAddress("bob@example.org")], at=NOW)
    with database.write() as session:
        session.execute(PendingPopularity.__table__.update().values(address="gone@example.org"))
    popularity.sum_up(database)
    assert pending(database) == 0
    with database.read() as session:
        assert session.scalars(select(Popularity)).all() == []


def test_strangers_and_outside_addresses_are_not_even_noted(database: Database) -> None:
    add_accounts(database, ["nia"], domain="example.net")
    record_usage(database, NIA, [UsedAddress("bob@example.org")], at=NOW)
    record_usage(database, ADA, [UsedAddress("kim@elsewhere.example")], at=NOW)
    assert pending(database) == 0
