"""Reading throws away what it changes; writing is whole, and one at a time."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from contactsgroups.domain.errors import Unavailable, with_detail
from contactsgroups.persistence import Database, schema
from contactsgroups.persistence.commit_signal import CommitSignal
from contactsgroups.persistence.models import DomainRow
from contactsgroups.serving.limits import THREADS
from tests.servers import away


def names(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(DomainRow.name).order_by(DomainRow.name)))


def add(database: Database, name: str) -> None:
    with database.write() as session:
        session.add(DomainRow(name=name))


def test_what_a_reader_changes_is_thrown_away(database: Database) -> None:
    with database.read() as session:
        session.add(DomainRow(name="example.org"))
        session.flush()
    assert names(database) == []


def test_as_many_readers_as_the_web_server_has_threads_do_not_wait_for_each_other(
    database: Database,
) -> None:
    with ExitStack() as opened:
        for _ in range(THREADS + 8):
            assert opened.enter_context(database.read()).scalar(select(1)) == 1


def test_a_writer_that_fails_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as session:
            session.add(DomainRow(name="example.org"))
            session.flush()
            raise RuntimeError("on the way")

    with pytest.raises(RuntimeError):
        fail()
    assert names(database) == []


def test_a_writer_waits_for_the_one_before_it_and_sees_what_that_wrote(database: Database) -> None:
    began, seen = threading.Event(), []

    def write_second() -> None:
        began.set()
        with database.write() as session:
            seen.extend(session.scalars(select(DomainRow.name)))

    with database.write() as session:
        second = threading.Thread(target=write_second)
        second.start()
        assert began.wait(10)
        session.add(DomainRow(name="example.org"))
        assert seen == []
    second.join(30)
    assert seen == ["example.org"]


def test_a_snapshot_stays_the_same_however_many_questions(database: Database) -> None:
    add(database, "one.example")
    with database.read_snapshot() as session:
        before = list(session.scalars(select(DomainRow.name)))
        add(database, "two.example")
        assert list(session.scalars(select(DomainRow.name))) == before == ["one.example"]
    assert names(database) == ["one.example", "two.example"]


def test_a_commit_is_signalled_and_a_failure_is_not(sqlite_url: str, tmp_path: Path) -> None:
    signal = CommitSignal(tmp_path / "signal")
    database = Database(sqlite_url, signal)
    schema.upgrade(database)
    before = signal.read()
    add(database, "example.org")
    after = signal.read()
    assert after != before
    with pytest.raises(IntegrityError):
        add(database, "example.org")
    assert signal.read() == after
    database.dispose()


def test_a_database_that_does_not_answer_is_an_error_that_every_face_knows(
    tmp_path: Path,
) -> None:
    (tmp_path / "folder.sqlite").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'folder.sqlite'}")
    for way in (database.read, database.connect, database.write):
        with pytest.raises(Unavailable), way() as session:
            session.execute(text("SELECT 1"))
    database.dispose()


@pytest.mark.parametrize("url", away.URLS)
def test_where_the_database_is_stands_in_the_detail_only(url: str) -> None:
    database = Database(url)
    with pytest.raises(Unavailable) as caught, database.read() as session:
        session.execute(text("SELECT 1"))
    away.assert_nothing_is_told(str(caught.value))
    assert away.DETAIL in caught.value.detail
    assert with_detail(caught.value) == f"{caught.value}: {caught.value.detail}"
    database.dispose()


@pytest.mark.parametrize(("directory", "file"), [(0o755, 0o600), (0o770, 0o600), (0o2770, 0o660)])
@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_the_file_is_its_owner_s_alone_unless_its_directory_hands_on_its_group(
    tmp_path: Path, directory: int, file: int, umask: int
) -> None:
    place = tmp_path / "deep"
    place.mkdir()
    place.chmod(directory)
    former = os.umask(umask)
    try:
        database = Database(f"sqlite:///{place / 'test.sqlite'}")
        schema.upgrade(database)
    finally:
        os.umask(former)
    modes = {path.name: path.stat().st_mode & 0o777 for path in place.iterdir()}
    assert modes == dict.fromkeys(["test.sqlite", "test.sqlite-wal", "test.sqlite-shm"], file)
    database.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "mysql+pymysql://127.0.0.1:1/x?bogus=1",
        "mysql+pymysql://127.0.0.1:1/x?ssl_ca=/nowhere",
        "mysql+pymysql://127.0.0.1:1/x?charset=unknown",
        "postgresql+psycopg://127.0.0.1:1/x?connect_timeout=long",
        "postgresql+psycopg://127.0.0.1:1/x?sslmode=unknown",
    ],
)
def test_what_the_driver_does_not_take_is_unavailable_and_the_log_has_why(url: str) -> None:
    database = Database(url)
    with pytest.raises(Unavailable, match="does not answer") as caught, database.connect():
        pass
    assert caught.value.detail
    database.dispose()


@pytest.fixture
def impatient(database: Database) -> Iterator[Database]:
    """The same database as another process has it, where writers wait for a second."""
    other = Database(database.url, write_wait=1)
    yield other
    other.dispose()


def test_reading_waits_for_no_writer(database: Database, impatient: Database) -> None:
    """Not for one that has changed what is read, and not for those that wait."""
    add(database, "one.example")
    with ThreadPoolExecutor(2) as pool, database.write() as session:
        session.execute(update(DomainRow).values(name="two.example"))
        waiting = [pool.submit(add, impatient, "three.example") for _ in range(2)]
        for reading in (database, impatient):
            assert names(reading) == ["one.example"]
            with reading.read_snapshot() as snapshot:
                assert snapshot.scalar(select(DomainRow.name)) == "one.example"
            with reading.connect() as connection:
                assert connection.scalar(select(DomainRow.name)) == "one.example"
        for each in waiting:
            assert isinstance(each.exception(30), Unavailable)
    assert names(database) == ["two.example"]


def test_a_writer_in_another_process_waits_for_a_bounded_time(
    database: Database, impatient: Database
) -> None:
    with database.write(), pytest.raises(Unavailable):
        add(impatient, "one.example")
    add(impatient, "one.example")
    assert names(database) == ["one.example"]
