"""Readers that follow the journal miss nothing, however many write at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete

from contactsgroups.domain.change import Change, Subject
from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.models import JournalCounter

WRITERS = 4
TRANSACTIONS = 25


def write_entries(database: Database, writer: int) -> list[int]:
    """Append in many transactions, some of which fail; return what was committed."""
    committed = []
    for number in range(TRANSACTIONS):
        subject_id = writer * 1000 + number
        try:
            with database.write() as session:
                changes = [Change(Subject.GROUP, writer, str(subject_id))] * (1 + number % 3)
                journal.append(session, changes)
                if number % 5 == 4:
                    raise ArithmeticError
        except ArithmeticError:
            continue
        committed += [subject_id] * (1 + number % 3)
    return committed


def follow(database: Database, done: threading.Event) -> list[int]:
    """Read as a follower does: only what is behind the last sequence seen."""
    seen: list[int] = []
    position = 0
    while True:
        finished = done.is_set()
        with database.read() as session:
            news = journal.read_since(session, position, limit=7)
        if news:
            position = news[-1].sequence
            seen += [int(entry.change.address) for entry in news]
        elif finished:
            return seen


def test_followers_of_concurrent_writers_miss_nothing(database: Database) -> None:
    done = threading.Event()
    with ThreadPoolExecutor(WRITERS + 2) as pool:
        followers = [pool.submit(follow, database, done) for _ in range(2)]
        writers = [pool.submit(write_entries, database, number) for number in range(WRITERS)]
        committed = sorted(each for writer in writers for each in writer.result(timeout=60))
        done.set()
        for follower in followers:
            assert sorted(follower.result(timeout=60)) == committed


def test_the_sequence_has_no_gaps_and_no_repeats(database: Database) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda number: write_entries(database, number), range(WRITERS)))
    with database.read() as session:
        sequences = [entry.sequence for entry in journal.read_since(session, 0)]
        _, last = journal.read_position(session)
    assert sequences == list(range(1, last + 1))


def test_a_writer_sees_what_the_one_before_it_wrote(database: Database) -> None:
    """What is checked under the lock must not be an older state."""

    def append_one(_: int) -> None:
        with database.write() as session:
            seen = len(journal.read_since(session, 0))
            assert journal.append(session, [Change(Subject.GROUP, 1, str(seen))]) == seen + 1

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(append_one, range(20)))


def test_an_unreachable_database_is_unavailable() -> None:
    for driver in ("mysql+pymysql", "postgresql+psycopg"):
        database = Database(f"{driver}://nobody@127.0.0.1:1/none")
        with pytest.raises(Unavailable), database.read() as session:
            journal.read_position(session)
        database.dispose()


def test_without_its_counter_nobody_writes_unlocked(database: Database) -> None:
    with database.write_private() as session:
        session.execute(delete(JournalCounter))
    with pytest.raises(LookupError, match="counter is missing"), database.write():
        raise AssertionError("it was opened")
