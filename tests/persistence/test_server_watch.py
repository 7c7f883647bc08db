"""A server that says nothing is not waited for; one that is only slow is."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, suppress

import pytest
from sqlalchemy import text

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import Database, schema, server_watch
from contactsgroups.persistence.driver_sockets import _socket_of as socket_of
from contactsgroups.persistence.models import DomainRow
from contactsgroups.serving.limits import THREADS
from tests.servers.program import wait_for
from tests.servers.silent import SilentWay

SILENCE = 0.5
BOUND = 15
"""Seconds, on a busy machine; what is not bounded would take for ever."""
UNBUSY = 3.0
"""Seconds within which a server answers even on a busy machine; half a second may be too few."""
EVER = 60.0


@pytest.fixture
def database(silent_way: SilentWay) -> Iterator[Database]:
    """A database with the newest schema, whose server is soon found to be silent."""
    database = Database(silent_way.url, silence=SILENCE)
    schema.upgrade(database)
    yield database
    database.dispose()


def scalar(database: Database, statement: str) -> object:
    with database.connect() as connection:
        return connection.scalar(text(statement))


def ask(database: Database) -> object:
    return scalar(database, "SELECT 1")


def fail_to_ask(database: Database) -> float:
    """Ask, to no avail; return how many seconds it took."""
    started = time.monotonic()
    with pytest.raises(Unavailable, match="the database does not answer"):
        ask(database)
    return time.monotonic() - started


def answers(database: Database) -> bool:
    try:
        return ask(database) == 1
    except Unavailable:
        return False


def sleep(database: Database, seconds: float, begun: threading.Event | None = None) -> object:
    """Let the server take its time over one statement, and return what it gives."""
    is_postgresql = database.url.get_backend_name() == "postgresql"
    result = f"COUNT(pg_sleep({seconds}))" if is_postgresql else f"1 + SLEEP({seconds})"
    with database.connect() as connection:
        if begun is not None:
            begun.set()
        return connection.scalar(text(f"SELECT {result}"))


@contextmanager
def sleeping(database: Database) -> Iterator[Future[object]]:
    """Let a thread wait for a statement that does not end by itself."""
    begun = threading.Event()
    with ThreadPoolExecutor(1) as client:
        slow = client.submit(sleep, database, EVER, begun)
        assert begun.wait(BOUND)
        yield slow


def watches() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "server watch"]


def test_all_who_wait_for_a_silent_server_are_soon_told_and_others_at_once(
    database: Database, silent_way: SilentWay, caplog: pytest.LogCaptureFixture
) -> None:
    assert ask(database) == 1
    with ThreadPoolExecutor(THREADS) as clients, silent_way.silence():
        asked = [clients.submit(fail_to_ask, database) for _ in range(THREADS)]
        assert max(each.result() for each in asked) < BOUND
        assert min(fail_to_ask(database) for _ in range(5)) < SILENCE / 2
    wait_for(lambda: answers(database), BOUND)
    told = [each.getMessage() for each in caplog.records if "server_watch" in each.name]
    assert told[-2:] == [
        "the database has not answered for 0.5 s; what waits for it fails until it does",
        "the database answers again",
    ]


def test_a_slow_statement_is_waited_for(silent_way: SilentWay) -> None:
    database = Database(silent_way.url, silence=UNBUSY)
    assert sleep(database, 2 * UNBUSY) == 1
    database.dispose()


def test_a_statement_is_not_waited_for_when_the_server_falls_silent(
    database: Database, silent_way: SilentWay
) -> None:
    with sleeping(database) as slow, silent_way.silence():
        assert isinstance(slow.exception(BOUND), Unavailable)


def test_a_commit_without_an_answer_is_no_success(
    database: Database, silent_way: SilentWay
) -> None:
    with ThreadPoolExecutor(1) as client:
        about_to_commit, silent = threading.Event(), threading.Event()

        def write() -> None:
            with database.write() as session:
                session.add(DomainRow(name="example.org"))
                session.flush()
                about_to_commit.set()
                silent.wait(BOUND)

        writing = client.submit(write)
        assert about_to_commit.wait(BOUND)
        with silent_way.silence():
            silent.set()
            assert isinstance(writing.exception(BOUND), Unavailable)
    wait_for(lambda: answers(database), BOUND)
    with database.write():
        pass  # The lock is free.


def test_the_first_connection_of_all_is_not_waited_for_either(silent_way: SilentWay) -> None:
    database = Database(silent_way.url, silence=SILENCE)
    with silent_way.silence():
        assert fail_to_ask(database) < BOUND
    wait_for(lambda: answers(database), BOUND)
    database.dispose()


@pytest.mark.parametrize("kind", ["mariadb", "postgresql"])
def test_a_server_that_is_halted_is_silent(request: pytest.FixtureRequest, kind: str) -> None:
    server = request.getfixturevalue(f"{kind}_server")
    database = Database(request.getfixturevalue(f"{kind}_url"), silence=SILENCE)
    assert ask(database) == 1
    halted: AbstractContextManager[None] = server.halted()
    with halted:
        assert fail_to_ask(database) < BOUND
        assert min(fail_to_ask(database) for _ in range(5)) < SILENCE / 2
    wait_for(lambda: answers(database), BOUND)
    database.dispose()


def test_one_connection_that_hangs_does_not_stop_all_for_ever(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """Even if it is that of the watch: PostgreSQL has a process for each."""
    server = request.getfixturevalue("postgresql_server")
    database = Database(request.getfixturevalue("postgresql_url"), silence=SILENCE)
    count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    wait_for(lambda: scalar(database, count) == 2, BOUND)  # The second one is that of the watch.
    with server.halted_connections(but=scalar(database, "SELECT pg_backend_pid()")):
        wait_for(lambda: "has not answered" in caplog.text, BOUND)
        wait_for(lambda: answers(database), BOUND)
    database.dispose()


def test_a_host_that_is_gone_does_not_keep_the_watch_waiting_for_its_greeting(
    mariadb_url: str,
) -> None:
    """PyMySQL would learn of it after two hours, and nobody would connect as long."""

    def is_bounded() -> bool:
        probe = database._watch._probe
        if probe is None or probe._is_open or probe._connection is None:
            return False
        with socket_of(probe._connection) as handle:
            return handle.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) > 0

    with closing(SilentWay(mariadb_url)) as way:
        database = Database(way.url, silence=SILENCE)
        with way.silence():
            assert fail_to_ask(database) < BOUND
            wait_for(is_bounded, BOUND)
        wait_for(lambda: answers(database), BOUND)
        database.dispose()


def test_a_connection_is_watched_however_slow_the_server_was_to_greet(
    silent_way: SilentWay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_watch, "_INTERVAL", 0.05)
    database = Database(silent_way.url, silence=EVER)
    with ThreadPoolExecutor(1) as client:
        with silent_way.silence():
            asked = client.submit(ask, database)
            with suppress(TimeoutError):
                asked.result(20 * server_watch._INTERVAL)
        assert asked.result(BOUND) == 1
    thread = database._watch._thread
    assert thread is not None
    assert thread.is_alive()
    database.dispose()


def test_a_server_that_refuses_is_not_silent(database: Database, silent_way: SilentWay) -> None:
    assert ask(database) == 1
    silent_way.close()
    for _ in range(3):
        with pytest.raises(Unavailable) as caught:
            ask(database)
        assert "has not answered" not in caught.value.detail


def test_who_waits_when_the_database_is_disposed_of_waits_no_longer(
    silent_way: SilentWay,
) -> None:
    database = Database(silent_way.url, silence=EVER)
    assert ask(database) == 1
    with sleeping(database) as slow:
        database.dispose()
        assert isinstance(slow.exception(BOUND), Unavailable)


def test_a_thread_watches_only_as_long_as_there_are_connections(silent_way: SilentWay) -> None:
    wait_for(lambda: watches() == [])  # Of another test.
    database = Database(silent_way.url)
    assert watches() == []
    for _ in range(2):
        assert ask(database) == 1
        assert len(watches()) == 1
        database.engine.dispose()
        wait_for(lambda: watches() == [])
    assert ask(database) == 1
    database.dispose()
    assert watches() == []


def test_a_file_needs_no_watch(sqlite_url: str) -> None:
    wait_for(lambda: watches() == [])  # Of another test.
    database = Database(sqlite_url)
    assert ask(database) == 1
    assert watches() == []
    database.dispose()


FORKING = """
import os, sys
from sqlalchemy import text
from contactsgroups.persistence import Database

def ask():
    with database.connect() as connection:
        assert connection.scalar(text("SELECT CONNECTION_ID()" if "mysql" in sys.argv[1]
                                      else "SELECT pg_backend_pid()")) > 0

database = Database(sys.argv[1])
with database.connect() as held:
    held.scalar(text("SELECT 1"))
    for asks in (False, True):
        child = os.fork()
        if not child:
            database.engine.dispose(close=False)  # As SQLAlchemy's manual has it for children.
            if asks:
                ask()
            database.dispose()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert held.scalar(text("SELECT 2")) == 2
database.dispose()
"""


def test_a_child_after_a_fork_leaves_the_connections_of_its_parent_alone(
    silent_way: SilentWay,
) -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORKING, silent_way.url]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
