"""Any commit is noticed: at once where it is signalled, after the interval where it is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contactsgroups.persistence import Database
from contactsgroups.persistence.commit_signal import CommitSignal
from contactsgroups.services.completion import change_watch
from contactsgroups.services.completion.change_watch import ChangeWatch
from contactsgroups.services.completion.usage import set_usage_recording
from tests.directories import add_account, add_accounts
from tests.services.conftest import ADA


@pytest.fixture
def signalled(migrated_sqlite_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database whose commits are signalled to other processes of the host."""
    database = Database(migrated_sqlite_url, CommitSignal(tmp_path / "signal"))
    add_accounts(database, ["ada"])
    yield database
    database.dispose()


class Clock:
    """Time that stands still until it is moved on."""

    seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(change_watch, "time", clock)
    return clock


def test_without_a_change_it_is_the_same_observation(small: Database) -> None:
    watch = ChangeWatch(small, interval=0)
    first = watch.now()
    assert watch.now() is first
    add_account(small, "kim@example.org")
    second = watch.now()
    assert (second.number, second.position.last) == (first.number + 1, first.position.last + 1)
    assert second.position.epoch == first.position.epoch
    assert watch.now() is second


def test_what_is_personal_is_another_look_and_no_other_observation(signalled: Database) -> None:
    watch = ChangeWatch(signalled, interval=3600)
    first = watch.now()
    looks = watch.looks
    set_usage_recording(signalled, ADA, enabled=False)
    assert watch.now() is first
    assert watch.looks == looks + 1
    assert watch.now() is first
    assert watch.looks == looks + 1


def test_a_signalled_commit_is_noticed_before_the_interval_is_over(
    signalled: Database, clock: Clock
) -> None:
    watch = ChangeWatch(signalled, interval=3600)
    first = watch.now()
    add_account(signalled, "kim@example.org")
    assert watch.now().position.last == first.position.last + 1


def commit_on_another_host(signalled: Database) -> None:
    """Change the database in a way that no signal tells of."""
    elsewhere = Database(signalled.url)
    add_account(elsewhere, "kim@example.org")
    elsewhere.dispose()


def test_a_caller_that_wants_to_know_sooner_does_not_wait_for_the_interval(
    signalled: Database, clock: Clock
) -> None:
    watch = ChangeWatch(signalled, interval=5)
    first = watch.now()
    commit_on_another_host(signalled)
    clock.seconds += 1.5
    assert watch.now(within=2) is first
    assert watch.now(within=1) is not first


def test_a_commit_of_another_host_is_noticed_after_the_interval(
    signalled: Database, clock: Clock
) -> None:
    watch = ChangeWatch(signalled, interval=5)
    first = watch.now()
    commit_on_another_host(signalled)
    clock.seconds += 4.9
    assert watch.now() is first
    clock.seconds += 0.2
    assert watch.now().position.last == first.position.last + 1


def test_a_signal_for_nothing_changes_nothing(signalled: Database, clock: Clock) -> None:
    watch = ChangeWatch(signalled, interval=3600)
    first = watch.now()
    assert signalled.commit_signal is not None
    signalled.commit_signal.notify()
    assert watch.now() is first


def test_between_two_looks_the_database_is_not_asked(
    signalled: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = ChangeWatch(signalled, interval=5)
    first = watch.now()

    def connect() -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(signalled, "connect", connect)
    assert watch.now() is first
