"""A server of its own for a test's application, in a thread."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from contactsgroups.serving.connection import Connection
from contactsgroups.serving.listener import open_listener
from contactsgroups.serving.server import WebServer
from tests.servers.product import Product, running
from tests.servers.program import state_directory

Serving = Callable[..., AbstractContextManager["Site"]]


class Site:
    """A server that runs, and where."""

    def __init__(self, server: WebServer, listener: socket.socket) -> None:
        self.server = server
        self.place = listener.getsockname()[:2]

    def ask(self, request: bytes = b"GET / HTTP/1.0\r\n\r\n") -> bytes:
        """The whole answer to a request, after which the server closes the connection."""
        with socket.create_connection(self.place, timeout=60) as client:
            client.sendall(request)
            return b"".join(iter(lambda: client.recv(65_536), b""))


@contextmanager
def serve(application: Any, **options: Any) -> Iterator[Site]:
    """Answer on a free port until the block ends."""
    listener = open_listener("127.0.0.1", 0)
    site = Site(WebServer(application, listener, **options), listener)
    thread = threading.Thread(target=site.server.run)
    thread.start()
    try:
        yield site
    finally:
        site.server.stop()
        thread.join()
        site.server.close()


@pytest.fixture
def serving() -> Serving:
    """How a test serves an application."""
    return serve


@pytest.fixture
def state() -> Iterator[Path]:
    """A state directory with a path short enough for a Unix socket in it."""
    with state_directory("serving") as root:
        yield root / "state"


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """One product for all tests of a module."""
    with state_directory("serving") as root, running(root / "state") as product:
        yield product


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients may let this server wait for a second, and it looks more often."""
    monkeypatch.setattr(Connection, "patience", 1.0)
    monkeypatch.setattr("contactsgroups.serving.server._LOOK_SECONDS", 0.1)
