"""A database that was put back to an earlier state is found out, and nothing else is."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from contactsgroups.domain.change import Change, JournalPosition, Subject
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.high_water import HighWater, Mark
from contactsgroups.persistence.models import Account, JournalCounter, JournalRow, WebSession
from contactsgroups.persistence.models.base import utc_now
from tests.directories import add_accounts

ends = st.tuples(
    st.builds(JournalPosition, st.sampled_from(["a", "b", "c"]), st.integers(0, 5)),
    st.integers(0, 5),
)


@given(st.lists(ends, min_size=1))
def test_a_mark_is_never_behind_what_it_has_seen(seen: list[tuple[JournalPosition, int]]) -> None:
    mark = Mark(*seen[0][0], seen[0][1])
    for position, commits in seen[1:]:
        went_back = mark.is_ahead_of(position, commits)
        raised = mark.raised(position, commits)
        assert not raised.is_ahead_of(JournalPosition(raised.epoch, raised.last), raised.commits)
        if position.epoch == mark.epoch:
            assert went_back == (raised.last > position.last or raised.commits > commits)
        else:
            assert went_back == (position.epoch in mark.former)
            assert mark.epoch in raised.former
        mark = raised


def test_the_mark_is_shared_and_never_lowered(tmp_path: Path) -> None:
    one, other = HighWater(tmp_path / "mark"), HighWater(tmp_path / "mark")
    assert one.read() is None
    one.raise_to(JournalPosition("a", 5), 7)
    other.raise_to(JournalPosition("a", 3), 4)
    assert other.read() == one.read() == Mark("a", 5, 7)
    other.raise_to(JournalPosition("b", 1), 1)
    assert one.read() == Mark("b", 1, 1, ("a",))
    assert (tmp_path / "mark").stat().st_mode & 0o777 == 0o600


def test_many_threads_leave_a_whole_mark(tmp_path: Path) -> None:
    marks = [HighWater(tmp_path / "mark") for _ in range(8)]

    def work(number: int) -> None:
        for last in range(number, 400, 8):
            marks[number].raise_to(JournalPosition("a", last), last)
            assert marks[number].read() is not None

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert marks[0].read() == Mark("a", 399, 399)


@pytest.mark.parametrize("content", ["{", "[]", '{"epoch": "a"}', "\0" * 80])
def test_a_mark_that_a_power_failure_has_cut_off_is_written_anew(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "mark").write_text(content)
    mark = HighWater(tmp_path / "mark")
    assert mark.read() is None
    assert "the mark cannot be read" in caplog.text
    mark.raise_to(JournalPosition("a", 1), 2)
    assert mark.read() == Mark("a", 1, 2)


class Journal:
    """A database with a mark, and what was in its counter and journal at an earlier time."""

    def __init__(self, url: str, mark: Path) -> None:
        self._url, self._mark = url, mark
        self.database = self.open()

    def open(self) -> Database:
        return Database(self._url, None, HighWater(self._mark))

    def append(self, count: int = 1) -> None:
        with self.database.write() as session:
            changes = [Change(Subject.GROUP, 1, "a@example.org")] * count
            journal.append(session, changes)

    def end(self) -> tuple[JournalPosition, int]:
        return self.database.read_end()

    def put_back(self, end: tuple[JournalPosition, int]) -> None:
        """Do what a dump that is loaded does, by statements of its own."""
        (epoch, last), commits = end
        with self.database.engine.begin() as connection:
            connection.execute(
                update(JournalCounter).values(epoch=epoch, last=last, commits=commits)
            )
            connection.execute(delete(JournalRow).where(JournalRow.sequence > last))


@pytest.fixture
def kept(migrated_url: str, tmp_path: Path) -> Iterator[Journal]:
    kept = Journal(migrated_url, tmp_path / "mark")
    kept.append(3)
    yield kept
    kept.database.dispose()


def test_what_goes_on_keeps_its_epoch(kept: Journal) -> None:
    epoch = kept.end()[0].epoch
    kept.append()
    elsewhere = Database(kept.database.url)  # Another host has no mark, or its own.
    with elsewhere.write() as session:
        journal.append(session, [Change(Subject.GROUP, 1, "a@example.org")])
    elsewhere.dispose()
    assert kept.end()[0] == (epoch, 5)


@pytest.mark.parametrize("later", [1, 7])
def test_a_journal_that_went_back_begins_a_new_epoch_once(
    kept: Journal, caplog: pytest.LogCaptureFixture, later: int
) -> None:
    earlier = kept.end()
    kept.append(later)
    kept.put_back(earlier)
    with caplog.at_level(logging.WARNING):
        (epoch, last), _ = kept.end()
    assert epoch != earlier[0].epoch
    assert last == 3
    assert "put back to an earlier state: its journal ends at 3 and had ended at" in caplog.text
    again = kept.open()
    assert again.read_end()[0].epoch == kept.end()[0].epoch == epoch
    again.dispose()


def test_a_writer_finds_it_out_before_it_writes(kept: Journal) -> None:
    """Otherwise it could write past the mark, and nobody would see any more."""
    earlier = kept.end()
    kept.append()
    kept.put_back(earlier)
    kept.append(5)
    assert kept.end()[0].epoch != earlier[0].epoch


def test_commits_that_the_journal_does_not_concern_count_too(kept: Journal) -> None:
    earlier = kept.end()
    for _ in range(2):
        with kept.database.write():
            pass
    kept.put_back(earlier)
    assert kept.end()[0].epoch != earlier[0].epoch


def test_the_state_before_a_new_epoch_is_an_earlier_one_too(kept: Journal) -> None:
    first = kept.end()
    kept.append()
    kept.put_back(first)
    second = kept.end()
    kept.put_back(first)
    third = kept.end()
    assert len({each[0].epoch for each in (first, second, third)}) == 3


def test_two_hosts_agree_on_a_new_epoch(kept: Journal, tmp_path: Path) -> None:
    """Each has a mark of its own, and takes the other's epoch for what it is: new."""
    other = Database(kept.database.url, None, HighWater(tmp_path / "of another host"))
    earlier = kept.end()
    kept.append(4)
    assert other.read_end() == kept.end()
    kept.put_back(earlier)
    epochs = {each.read_end()[0].epoch for _ in range(3) for each in (kept.database, other)}
    assert len(epochs) == 1
    other.dispose()


def test_sessions_that_may_have_been_ended_since_are_ended(kept: Journal) -> None:
    add_accounts(kept.database, ["ada"])
    earlier = kept.end()
    kept.append()
    with kept.database.write() as session:
        account = session.scalars(select(Account)).one()
        in_an_hour = utc_now() + timedelta(hours=1)
        session.add(WebSession(digest="d", account_id=account.id, expires_at=in_an_hour))
    kept.put_back(earlier)
    kept.end()
    with kept.database.read() as session:
        assert session.scalars(select(WebSession)).all() == []


def test_followers_who_find_it_out_at_once_all_get_an_answer(kept: Journal) -> None:
    """One of them begins the new epoch, and the others wait for it instead of failing."""
    earlier = kept.end()
    kept.append()
    kept.put_back(earlier)
    with ThreadPoolExecutor(8) as threads:
        found = {each[0] for each in threads.map(lambda _: kept.end(), range(8))}
    assert len(found) == 1
    assert found.pop().epoch != earlier[0].epoch


@pytest.fixture
def replaced(migrated_sqlite_url: str, tmp_path: Path) -> Iterator[Callable[[], Journal]]:
    """A running database; its function puts an earlier copy in the place of its file."""
    running = Journal(migrated_sqlite_url, tmp_path / "mark")
    running.append()
    files = (tmp_path / "test.sqlite", tmp_path / "copy.sqlite")
    source, copy = map(sqlite3.connect, files)
    with closing(source), closing(copy):
        source.backup(copy)
    running.append(3)
    assert running.end()[0].last == 4

    def replace() -> Journal:
        (tmp_path / "test.sqlite-wal").unlink()
        (tmp_path / "test.sqlite-shm").unlink()
        (tmp_path / "copy.sqlite").replace(tmp_path / "test.sqlite")
        return running

    yield replace
    running.database.dispose()


def test_another_file_in_the_place_of_a_running_database_is_opened(
    replaced: Callable[[], Journal],
) -> None:
    assert replaced().end()[0].last == 1


def test_a_connection_that_is_in_use_while_its_file_is_replaced_is_closed_afterwards(
    replaced: Callable[[], Journal],
) -> None:
    """Also one that goes back to the pool later; it is neither used again nor left open."""
    running = replaced()
    with running.database.connect() as late:
        former = late.connection.dbapi_connection
        assert running.end()[0].last == 1
    for _ in range(3):
        assert running.end()[0].last == 1
        with running.database.connect() as next_one:
            assert next_one.connection.dbapi_connection is not former
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        former.execute("SELECT 1")
