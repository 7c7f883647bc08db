"""What waits on a connection can be ended, and the kernel gives up a host that is gone."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import Dialect, make_url

from contactsgroups.persistence import driver_sockets
from tests.servers.program import wait_for
from tests.servers.silent import SilentWay

BOUND = 15  # seconds


class Refused(Exception):
    pass


def dialect_of(url: str) -> Dialect:
    dialect = make_url(url).get_dialect()
    return dialect(dbapi=dialect.import_dbapi())


def connect(url: str, note: Any = lambda connection: None, **parameters: Any) -> Any:
    dialect = dialect_of(url)
    arguments, known = dialect.create_connect_args(make_url(url))
    return driver_sockets.connect(dialect, arguments, known | parameters, 3, note)


@contextmanager
def connected(url: str) -> Iterator[Any]:
    connection = connect(url)
    try:
        yield connection
    finally:
        with suppress(dialect_of(url).loaded_dbapi.Error):  # The test has closed it.
            connection.close()


@pytest.fixture(params=["mariadb", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """SQLAlchemy URL of a database that is reached by a Unix socket."""
    return str(request.getfixturevalue(f"{request.param}_url"))


def execute(connection: Any, statement: str) -> Any:
    cursor = connection.cursor()
    cursor.execute(statement)
    return cursor.fetchone()[0]


def wait_for_long(connection: Any) -> None:
    is_psycopg = type(connection).__module__.startswith("psycopg")
    execute(connection, "SELECT pg_sleep(60)" if is_psycopg else "SELECT SLEEP(60)")


def test_what_waits_for_an_answer_fails_when_the_socket_is_shut_down(url: str) -> None:
    driver: Any = dialect_of(url).loaded_dbapi
    with connected(url) as connection, ThreadPoolExecutor(1) as client:
        waiting = client.submit(wait_for_long, connection)
        driver_sockets.shut_down(connection)
        assert isinstance(waiting.exception(BOUND), driver.OperationalError)


def test_a_closed_connection_is_left_alone(url: str) -> None:
    with connected(url) as connection, connected(url) as another:
        connection.close()
        driver_sockets.shut_down(connection)
        assert execute(another, "SELECT 1") == 1


def test_a_socket_that_got_the_number_of_a_closed_one_is_left_alone() -> None:
    """Connections are closed while the watch shuts them down, and clients come meanwhile."""

    class Closing:
        def __init__(self, number: int) -> None:
            self._numbers = [number]

        def fileno(self) -> int:
            return self._numbers.pop() if self._numbers else -1

    client, server = socket.socketpair()
    with client, server:
        driver_sockets.shut_down(Closing(client.fileno()))
        client.sendall(b"still open")
        assert server.recv(20) == b"still open"


def test_the_kernel_gives_up_a_host_that_acknowledges_nothing(silent_way: SilentWay) -> None:
    with (
        connected(silent_way.url) as connection,
        driver_sockets._socket_of(connection) as handle,
    ):
        assert handle.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert handle.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 9000


def test_a_connection_is_known_before_the_server_greets(silent_way: SilentWay) -> None:
    """With PyMySQL, which would wait for ever; psycopg has a time-out of its own for that."""
    found: list[Any] = []
    stop = threading.Event()

    def shut_down() -> None:
        while not stop.wait(0.05):
            for each in found:
                driver_sockets.shut_down(each)

    with ThreadPoolExecutor(1) as other, silent_way.silence():
        other.submit(shut_down)
        driver: Any = dialect_of(silent_way.url).loaded_dbapi
        with pytest.raises(driver.OperationalError):
            connect(silent_way.url, found.append)
        stop.set()


def test_a_connection_that_is_not_wanted_is_closed(url: str) -> None:
    found: list[Any] = []

    def refuse(connection: Any) -> None:
        found.append(connection)
        raise Refused

    with pytest.raises(Refused):
        connect(url, refuse)
    wait_for(lambda: getattr(found[0], "closed", True))


def test_what_the_url_says_about_connecting_stands(silent_way: SilentWay) -> None:
    connection = connect(silent_way.url, connect_timeout=7)
    if silent_way.url.startswith("mysql"):
        assert connection.connect_timeout == 7
    else:
        assert connection.info.get_parameters()["connect_timeout"] == "7"
    connection.close()
