"""Who changes something waits until every publisher that runs has reached it."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from contactsgroups.domain.change import JournalPosition
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Follower
from contactsgroups.services.delivery.in_force import (
    Publisher,
    report_position,
    wait_until_in_force,
    withdraw,
)
from contactsgroups.services.delivery.published_maps import read_position
from tests.directories import add_accounts
from tests.servers import away

ONE, OTHER = (
    Publisher("mx1.example.org", "publisher-1"),
    Publisher("mx2.example.org", "publisher-1"),
)


def is_in_force(database: Database) -> bool:
    return wait_until_in_force(database, seconds=0)


def change(database: Database) -> JournalPosition:
    """Change something, and return where the journal ends now."""
    add_accounts(database, [f"user{read_position(database).last}"])
    return read_position(database)


def test_where_nobody_publishes_nobody_is_waited_for(database: Database) -> None:
    assert is_in_force(database)


def test_all_publishers_are_waited_for(database: Database) -> None:
    before, now = read_position(database), change(database)
    for one, other, expected in [(before, before, False), (now, before, False), (now, now, True)]:
        report_position(database, ONE, one)
        report_position(database, OTHER, other)
        assert is_in_force(database) is expected
    change(database)
    assert not is_in_force(database)
    withdraw(database, ONE)
    withdraw(database, OTHER)
    assert is_in_force(database)


def test_what_was_reached_in_another_epoch_says_nothing(database: Database) -> None:
    report_position(database, ONE, JournalPosition("another", 1_000_000))
    assert not is_in_force(database)


def test_who_was_silent_for_long_is_waited_for_no_more(database: Database) -> None:
    report_position(database, ONE, read_position(database))
    change(database)
    with database.write_private() as session:
        heartbeat = session.get_one(Follower, (ONE.host, ONE.name)).heartbeat
        session.execute(update(Follower).values(heartbeat=heartbeat - timedelta(seconds=20)))
    assert is_in_force(database)


def test_the_wait_ends_as_soon_as_it_can(database: Database) -> None:
    report_position(database, ONE, read_position(database))
    now = change(database)
    reporting = threading.Timer(0.2, report_position, (database, ONE, now))
    reporting.start()
    try:
        assert wait_until_in_force(database, seconds=60)
    finally:
        reporting.join()


@pytest.mark.parametrize("url", away.URLS)
def test_without_an_answer_of_the_database_nothing_is_promised(
    small: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with away.taken_away(small, url, monkeypatch):
        assert not is_in_force(small)
