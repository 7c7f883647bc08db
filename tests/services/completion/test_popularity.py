"""Uses are noted at once and counted a minute later, in one ordered write."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.models import PendingPopularity, Popularity
from contactsgroups.services.completion import popularity
from contactsgroups.services.completion.usage import UsedAddress, record_usage
from contactsgroups.services.unit_of_work import write
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


def test_the_first_message_after_a_minute_sums_up(database: Database, complete: Complete) -> None:
    add_accounts(database, ["sam", "saul"])
    record_usage(database, ADA, [UsedAddress("saul@example.org")], at=NOW)
    record_usage(database, ADA, [UsedAddress("saul@example.org")], at=NOW + timedelta(seconds=59))
    assert pending(database) == 2
    record_usage(database, ADA, [UsedAddress("bob@example.org")], at=NOW + timedelta(seconds=60))
    assert pending(database) == 0
    with database.read() as session:
        rows = session.scalars(select(Popularity).order_by(Popularity.address))
        assert [row.address for row in rows] == ["bob@example.org", "saul@example.org"]


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
        together, apart = (session.get_one(Popularity, each) for each in addresses)
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


def test_a_message_does_not_wait_to_be_summed_up(database: Database) -> None:
    """While another writer is at work, popularity stays as it is until the next message."""
    record_usage(database, ADA, [UsedAddress("bob@example.org")], at=NOW)
    later = NOW + timedelta(minutes=2)
    with write(database, OPERATOR), ThreadPoolExecutor(1) as pool:
        pool.submit(popularity.sum_up_if_due, database, later).result(timeout=10)
        assert pending(database) == 1
    popularity.sum_up_if_due(database, later)
    assert pending(database) == 0
