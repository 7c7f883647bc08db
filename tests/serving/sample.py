"""An application whose answers take long or are large, and what is asked of it."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

from contactsgroups.serving.connection import Connection
from tests.serving.conftest import Site

LARGE = 30_000_000
KEPT = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Application:
    """Answers at once; or in pieces; or when ``may_go_on`` is set."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.waiting = threading.Semaphore(0)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        if path == "/wait":
            self.waiting.release()
            self.may_go_on.wait(60)
        size = LARGE if path == "/large" else len(environ["wsgi.input"].read()) or 1
        start_response("200 OK", [("Content-Length", str(size))])
        return pieces(size)


def pieces(size: int) -> Iterator[bytes]:
    while size > 0:
        yield b"a" * min(size, 1_000_000)
        size -= 1_000_000


def is_answered(site: Site) -> bool:
    return site.ask().startswith(b"HTTP/1.0 200")


def small(place: tuple[str, int]) -> socket.socket:
    """A client whose kernel takes little before the client reads it."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    client.settimeout(60)
    client.connect(place)
    return client


def request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def channels(site: Site) -> list[Connection]:
    return list(site.server.active_channels.values())
