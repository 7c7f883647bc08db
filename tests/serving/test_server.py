"""The server answers many clients beside slow ones, and at its end finishes what was begun."""

import errno
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from waitress import wasyncore

from contactsgroups.serving import limits
from contactsgroups.serving.connection import Connection
from tests.servers.clients import connected, dripping, is_closed, receive
from tests.servers.program import wait_for
from tests.serving.conftest import Serving, Site

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


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients may let this server wait for a second, and it looks more often."""
    monkeypatch.setattr(Connection, "patience", 1.0)
    monkeypatch.setattr("contactsgroups.serving.server._LOOK_SECONDS", 0.1)


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


@pytest.mark.parametrize(
    ("first", "drip"),
    [
        (b"", b""),
        (KEPT[:20], b""),
        (KEPT[:-2] + b"X-Long: ", b"a"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n", b"a"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n", b""),
        (b"\r\n", b"\r\n"),
        (b"\r", b"\n\r"),
    ],
    ids="idle half-header header body chunks continue lines returns".split(),
)
def test_a_client_that_brings_no_request_in_time_is_hung_up_on(
    impatient: None, serving: Serving, application: Application, first: bytes, drip: bytes
) -> None:
    with serving(application) as site, connected(site.place, 3, first) as clients:
        with dripping(clients, drip, pause=0.1):
            wait_for(lambda: not site.server.active_channels)
        assert is_answered(site)


def test_a_client_that_is_slow_but_steady_is_served(
    impatient: None, serving: Serving, application: Application
) -> None:
    """It takes three times as long as one that brings nothing may."""
    with serving(application) as site, connected(site.place, 1) as (client,):
        client.sendall(b"POST / HTTP/1.0\r\nContent-Length: 6000\r\n\r\n")
        for _ in range(30):
            client.sendall(b"a" * 200)
            time.sleep(0.1)
        assert receive(client).endswith(b"a" * 6000)


def test_a_client_that_reads_nothing_holds_no_thread_and_is_hung_up_on(
    impatient: None, serving: Serving, application: Application
) -> None:
    with serving(application, threads=1) as site, ExitStack() as opened:
        for _ in range(3):
            opened.enter_context(small(site.place)).sendall(request("/large"))
        assert is_answered(site)
        wait_for(lambda: not site.server.active_channels)


def test_a_client_that_makes_a_thread_wait_is_hung_up_on(
    impatient: None,
    serving: Serving,
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "BUFFERED", 1_000_000)
    with serving(application, threads=1) as site, small(site.place) as client:
        client.sendall(request("/large"))
        assert is_answered(site)


def test_a_client_that_reads_slowly_gets_everything(
    impatient: None, serving: Serving, application: Application
) -> None:
    with serving(application) as site, small(site.place) as client:
        client.sendall(request("/large").replace(b"1.1", b"1.0"))
        received = 0
        for _ in range(20):
            received += len(client.recv(100_000))
            time.sleep(0.1)
        assert len(receive(client)) + received > LARGE


def test_more_clients_than_connections_leave_others_answered(
    serving: Serving, application: Application
) -> None:
    with serving(application, connections=40) as site, ExitStack() as opened:
        old = opened.enter_context(connected(site.place, 20, KEPT[:20]))
        wait_for(lambda: all(each.was_used for each in channels(site)))
        for _ in range(5):
            new = opened.enter_context(connected(site.place, 30, KEPT[:20]))
            assert is_answered(site)
        wait_for(lambda: all(map(is_closed, old)))
        assert not is_closed(new[-1])


def test_a_client_that_goes_on_sending_is_not_hung_up_on_for_idle_ones(
    serving: Serving, application: Application
) -> None:
    with serving(application, connections=40) as site, ExitStack() as opened:
        (busy,) = opened.enter_context(connected(site.place, 1))
        busy.sendall(b"POST / HTTP/1.0\r\nContent-Length: 10000\r\n\r\n")
        for number in range(1, 10):
            opened.enter_context(connected(site.place, 10, KEPT[:20]))
            busy.sendall(b"a" * 1000)
            wait_for(lambda count=1000 * number: any(e.unfinished > count for e in channels(site)))
        busy.sendall(b"a" * 1000)
        assert receive(busy).endswith(b"a" * 10_000)


def channels(site: Site) -> list[Connection]:
    return list(site.server.active_channels.values())


def test_without_a_file_to_open_the_server_waits_and_makes_room(
    serving: Serving,
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries = []
    accept = wasyncore.dispatcher.accept

    def accept_nothing(listener: Any) -> Any:
        tries.append(listener)
        if time.monotonic() < until:
            raise OSError(errno.EMFILE, "Too many open files")
        return accept(listener)

    with serving(application) as site, connected(site.place, 3, KEPT[:20]) as idle:
        wait_for(lambda: len(site.server.active_channels) == 3)
        until = time.monotonic() + 1
        monkeypatch.setattr(wasyncore.dispatcher, "accept", accept_nothing)
        assert is_answered(site)
        wait_for(lambda: all(map(is_closed, idle)))
    assert len(tries) < 20
    assert caplog.text.count("Too many open files") == 1


def test_urgent_data_is_hung_up_on_and_not_reported_again_and_again(
    serving: Serving, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(application) as site, connected(site.place, 1) as (client,):
        client.send(b"!", socket.MSG_OOB)
        wait_for(lambda: is_closed(client))
        assert is_answered(site)
    assert not caplog.records


def test_unfinished_requests_do_not_fill_the_disk(
    serving: Serving, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BODIES_LIMIT", 1_000_000)
    monkeypatch.setattr("contactsgroups.serving.server._LOOK_SECONDS", 0.1)
    head = b"POST / HTTP/1.0\r\nContent-Length: %d\r\n\r\n"
    with (
        serving(application) as site,
        connected(site.place, 1, head % 50_000 + b"a" * 40_000) as (modest,),
        connected(site.place, 5, head % 500_000 + b"a" * 300_000) as greedy,
    ):
        wait_for(lambda: sum(map(is_closed, greedy)) >= 2)
        modest.sendall(b"a" * 10_000)
        assert receive(modest).endswith(b"a" * 50_000)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ((b"GET / HTTP/1.0\r\nX: " + b"a" * 65_536)[:65_536], b"431"),
        (b"POST / HTTP/1.0\r\nContent-Length: 30000000\r\n\r\n", b"413"),
    ],
)
def test_a_request_that_is_too_large_is_refused(
    serving: Serving, application: Application, sent: bytes, status: bytes
) -> None:
    with serving(application) as site:
        assert site.ask(sent).split()[1] == status


class Ending:
    """A server that is told to end while clients are connected."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def begin(self) -> None:
        self.site.server.stop()
        wait_for(self.has_closed_its_listener)

    def has_closed_its_listener(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(self.site.place) != 0

    def has_ended(self) -> bool:
        return not self.site.server.active_channels


def test_at_the_end_a_large_answer_arrives_whole_and_the_listener_is_closed_first(
    serving: Serving, application: Application
) -> None:
    with serving(application) as site, small(site.place) as client:
        client.sendall(request("/large"))
        received = client.recv(100_000)
        ending = Ending(site)
        ending.begin()
        assert not ending.has_ended()
        head, _, body = (received + receive(client)).partition(b"\r\n\r\n")
        assert len(body) == LARGE
        assert b"200 OK" in head


def test_at_the_end_a_request_that_is_being_answered_or_waits_is_answered(
    serving: Serving, application: Application
) -> None:
    with (
        serving(application, threads=2) as site,
        connected(site.place, 4, request("/wait")) as clients,
    ):
        for _ in range(2):
            assert application.waiting.acquire(timeout=60)
        wait_for(lambda: [bool(each.requests) for each in channels(site)] == [True] * 4)
        Ending(site).begin()
        application.may_go_on.set()
        for client in clients:
            answer = receive(client)
            assert answer.startswith(b"HTTP/1.1 200")
            assert b"\r\nConnection: close\r\n" in answer


def test_at_the_end_a_request_that_has_begun_is_taken_and_answered(
    serving: Serving, application: Application
) -> None:
    with serving(application) as site, connected(site.place, 1, KEPT[:20]) as (client,):
        wait_for(lambda: any(each.was_used for each in channels(site)))
        Ending(site).begin()
        client.sendall(KEPT[20:])
        assert receive(client).startswith(b"HTTP/1.1 200")


def test_at_the_end_a_client_that_has_just_connected_is_answered(
    serving: Serving, application: Application
) -> None:
    with serving(application) as site, connected(site.place, 20) as clients:
        Ending(site).begin()
        for client in clients:
            client.sendall(KEPT)
        for client in clients:
            assert receive(client).startswith(b"HTTP/1.1 200")


def test_at_the_end_idle_connections_are_not_waited_for_and_begun_ones_not_for_ever(
    serving: Serving, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DRAIN_SECONDS", 3.0)
    with ExitStack() as opened:
        site = opened.enter_context(serving(application))
        used = opened.enter_context(connected(site.place, 20, KEPT))
        for client in used:
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
        opened.enter_context(connected(site.place, 20))
        half = opened.enter_context(connected(site.place, 20, KEPT[:20]))
        ending = Ending(site)
        ending.begin()
        wait_for(lambda: all(map(is_closed, used)))
        assert not any(map(is_closed, half))
        wait_for(ending.has_ended)
