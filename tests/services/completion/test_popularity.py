"""Popularity counts people, from three on, a minute after they mailed, in one ordered write."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.models import PendingPopularity, Popularity
from contactsgroups.services import accounts
from contactsgroups.services.accounts import accounts as accounts_module
from contactsgroups.services.completion import popularity, usage
from contactsgroups.services.completion.usage import (
    UsedAddress,
    record_usage,
    remove_all_usage,
    remove_usage,
    set_usage_recording,
)
from contactsgroups.services.unit_of_work import write
from tests.directories import add_accounts
from tests.services.conftest import ADA, NIA, Complete

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BOB, EVE, ZOE = (
    Principal(address=Address.parse(f"{name}@example.org")) for name in ("bob", "eve", "zoe")
)


def mail(database: Database, *senders: Principal, to: str, days: float = 0) -> None:
    at = NOW + timedelta(days=days)
    for sender in senders:
        record_usage(database, sender, [UsedAddress(to)], at=at)


def scores(database: Database) -> dict[str, int]:
    """What ranking uses, once everything is counted."""
    popularity.sum_up(database)
    with database.read() as session:
        rows = session.scalars(select(Popularity).where(Popularity.score > 0))
        return {row.address: row.score for row in rows}


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


def test_people_are_counted_a_minute_later_though_nobody_mails_again(
    database: Database, complete: Complete
) -> None:
    add_accounts(database, ["sam", "saul"])
    mail(database, BOB, EVE, ZOE, to="saul@example.org")
    popularity.sum_up_if_due(database, NOW + timedelta(seconds=59))
    assert pending(database) == 3
    assert complete("sa") == ["sam", "saul"]
    popularity.sum_up_if_due(database, NOW + timedelta(seconds=60))
    assert pending(database) == 0
    assert list(scores(database)) == ["saul@example.org"]
    assert complete("sa") == ["saul", "sam"]


def test_what_one_or_two_mail_moves_the_ranking_for_nobody_else(
    database: Database, complete: Complete
) -> None:
    add_accounts(database, ["sam", "saul", "sid"])
    for number in range(100):
        mail(database, ADA, to="saul@example.org", days=number / 100)
    assert scores(database) == {}
    assert complete("sa", principal=BOB) == ["sam", "saul"]
    mail(database, EVE, to="saul@example.org")
    assert scores(database) == {}
    mail(database, ZOE, to="saul@example.org")
    assert list(scores(database)) == ["saul@example.org"]
    assert complete("sa", principal=BOB) == ["saul", "sam"]


def test_once_it_is_popular_nobody_makes_it_more_so_alone(small: Database) -> None:
    mail(small, ADA, EVE, ZOE, to="bob@example.org")
    before = scores(small)
    for number in range(50):
        mail(small, ADA, to="bob@example.org", days=300 + number)
    assert scores(small) == before
    mail(small, EVE, ZOE, to="bob@example.org", days=300)
    assert scores(small)["bob@example.org"] > before["bob@example.org"]


@pytest.mark.parametrize("how", ["one", "all", "off", "removed", "crowded out"])
def test_who_forgets_counts_no_more(
    database: Database, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail(database, ADA, EVE, ZOE, to="bob@example.org")
    assert list(scores(database)) == ["bob@example.org"]
    match how:
        case "one":
            remove_usage(database, EVE, "BOB@example.org")
        case "all":
            remove_all_usage(database, EVE)
        case "off":
            set_usage_recording(database, EVE, enabled=False)
        case "removed":
            accounts.remove_account(database, OPERATOR, "eve@example.org")
        case "crowded out":
            monkeypatch.setattr(usage, "USAGE_LIMIT", 1)
            mail(database, EVE, EVE, to="x@side.example", days=1)
    assert scores(database) == {}


def test_recording_that_is_switched_on_again_counts_again(small: Database) -> None:
    mail(small, ADA, EVE, ZOE, to="bob@example.org")
    set_usage_recording(small, EVE, enabled=False)
    assert scores(small) == {}
    set_usage_recording(small, EVE, enabled=True)
    assert list(scores(small)) == ["bob@example.org"]


def test_an_alias_counts_for_its_account_and_each_person_once(database: Database) -> None:
    with write(database, OPERATOR) as work:
        accounts_module.ensure_alias_in(work, "bobby@example.org", "bob@example.org")
    mail(database, ADA, EVE, to="bobby@example.org")
    mail(database, ADA, BOB, to="bob@example.org")
    mail(database, BOB, to="bobby@example.org")
    assert scores(database) == {}
    mail(database, ZOE, to="bobby@example.org")
    assert list(scores(database)) == ["bob@example.org"]
    remove_all_usage(database, EVE)
    assert scores(database) == {}


def test_counting_that_another_process_overtook_changes_nothing(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was counted before somebody forgot must not be stored after it."""
    mail(small, ADA, EVE, ZOE, to="bob@example.org")
    count = popularity._count
    hurried: list[bool] = []

    def count_and_be_overtaken(session: Session, addresses: set[str]) -> dict[str, int]:
        counted = count(session, addresses)
        if not hurried:
            hurried.append(True)
            remove_all_usage(small, EVE)
            popularity.sum_up(small)
        return counted

    monkeypatch.setattr(popularity, "_count", count_and_be_overtaken)
    assert scores(small) == {}
    assert pending(small) == 0


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


def test_who_was_removed_meanwhile_is_left_out(database: Database) -> None:
    mail(database, ADA, EVE, ZOE, to="bob@example.org")
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
