"""A way to a database server that can fall silent, as a network does that swallows packets."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import make_url

_OCTETS = 65_536


class SilentWay:
    """Hands on what comes to a port of 127.0.0.1 to a Unix socket and back, unless it is silent.

    ``url`` is that of the database by this way.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        query = dict(parsed.query)
        if parsed.get_backend_name() == "postgresql":
            self._target = f"{query.pop('host')}/.s.PGSQL.5432"
            query["sslmode"] = "disable"
        else:
            self._target = str(query.pop("unix_socket"))
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        port = self._listener.getsockname()[1]
        self.url = parsed.set(host="127.0.0.1", port=port, query=query).render_as_string(
            hide_password=False
        )
        self._flows = threading.Event()
        self._flows.set()
        self._sockets = [self._listener]
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Hand on nothing while the block lasts; afterwards, what has come meanwhile as well."""
        self._flows.clear()
        try:
            yield
        finally:
            self._flows.set()

    def close(self) -> None:
        """End all connections."""
        self._flows.set()
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for each in self._threads:
            each.join()

    def _start(self, target: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with self._listener, contextlib.suppress(OSError):  # It is closed at the end.
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                self._start(self._attend, client)

    def _attend(self, client: socket.socket) -> None:
        self._flows.wait()
        with client, socket.socket(socket.AF_UNIX) as server:
            self._sockets.append(server)
            server.connect(self._target)
            back = threading.Thread(target=self._hand_on, args=(server, client), daemon=True)
            back.start()
            self._hand_on(client, server)
            back.join()

    def _hand_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):  # One side has gone without a word.
            while octets := source.recv(_OCTETS):
                self._flows.wait()
                target.sendall(octets)
        self._flows.wait()
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@pytest.fixture(params=["mariadb", "postgresql"])
def silent_way(request: pytest.FixtureRequest) -> Iterator[SilentWay]:
    """The way to a fresh, empty database on each server in turn."""
    with closing(SilentWay(request.getfixturevalue(f"{request.param}_url"))) as way:
        yield way
