"""Clients that are slow on purpose, many at a time, and one that is not."""

import contextlib
import socket
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from contactsgroups.serving.limits import raise_file_limit
from tests.repeating import repeated

Place = tuple[str, int]

HALF_HEADER = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: a"
HALF_BODY = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\na"
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@contextmanager
def connected(place: Place, number: int, first: bytes = b"") -> Iterator[list[socket.socket]]:
    """Open so many connections, and send the same octets on each."""
    raise_file_limit()
    with ExitStack() as opened:
        clients = []
        for _ in range(number):
            client = opened.enter_context(socket.create_connection(place, timeout=60))
            client.sendall(first)
            clients.append(client)
        yield clients


@contextmanager
def dripping(
    clients: Sequence[socket.socket], octets: bytes = b"a", pause: float = 0.5
) -> Iterator[None]:
    """Send these octets on each connection again and again, with a pause between."""

    def drip() -> None:
        for client in clients:
            with contextlib.suppress(OSError):  # The server has hung up.
                client.sendall(octets)

    with repeated(drip, pause):
        yield


def is_closed(client: socket.socket) -> bool:
    """Whether the server has closed a connection on which no answer is to come."""
    client.setblocking(False)
    try:
        return client.recv(65_536) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def receive(client: socket.socket) -> bytes:
    """Everything that comes until the server closes the connection."""
    received = bytearray()
    while piece := client.recv(1_000_000):
        received += piece
    return bytes(received)


def usual_seconds(ask: Callable[[], object], times: int = 11) -> float:
    """How long it usually takes; the median, because the machine may be busy with other things."""
    return statistics.median(_seconds(ask) for _ in range(times))


def _seconds(ask: Callable[[], object]) -> float:
    started = time.monotonic()
    ask()
    return time.monotonic() - started
