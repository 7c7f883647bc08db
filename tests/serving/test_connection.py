"""A client that lets the server wait is hung up on, and whatever it sends is no fault of ours."""

import contextlib
import socket
import time
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.serving import limits
from tests.servers.clients import connected, dripping, is_closed, receive
from tests.servers.program import wait_for
from tests.serving.conftest import Serving
from tests.serving.sample import KEPT, LARGE, Application, is_answered, request, small


@pytest.fixture
def application() -> Application:
    return Application()


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


def test_urgent_data_is_hung_up_on_and_not_reported_again_and_again(
    serving: Serving, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(application) as site, connected(site.place, 1) as (client,):
        client.send(b"!", socket.MSG_OOB)
        wait_for(lambda: is_closed(client))
        assert is_answered(site)
    assert not caplog.records


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x00\xa5 what TLS begins with\r\n\r\n", b"400"),
        (b"GET\r\n\r\n", b"400"),
        (b"GET http://[ HTTP/1.0\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: odd\r\n\r\n", b"501"),
        ((b"GET / HTTP/1.0\r\nX: " + b"a" * 65_536)[:65_536], b"431"),
        (b"POST / HTTP/1.0\r\nContent-Length: 30000000\r\n\r\n", b"413"),
    ],
)
def test_a_request_that_is_too_large_or_no_http_is_refused(
    serving: Serving, application: Application, sent: bytes, status: bytes
) -> None:
    with serving(application) as site:
        assert site.ask(sent).split()[1] == status


PIECES = (
    *(b"GET ", b"POST ", b"/", b"//", b"http://", b"[", b"]", b":", b"%zz", b"?#", b"*", b"a"),
    *(
        b" HTTP/1.1",
        b" HTTP/9.9",
        b"\r\n",
        b"\n",
        b"\r",
        b" ",
        b"\t",
        b"\x00",
        b"\xff",
        b"-1",
        b"3",
    ),
    *(b"Content-Length: ", b"9" * 20, b"Transfer-Encoding: chunked", b"3\r\nabc\r\n", b"0\r\n\r\n"),
    *(b"Expect: 100-continue", b"X-Y_z: ", b"Connection: close", b"\r\n\r\n", b"zz\r\n", b';a="'),
)


def test_whatever_is_sent_is_no_fault_of_the_server(
    serving: Serving, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(application) as site:

        @given(st.lists(st.sampled_from(PIECES), max_size=15).map(b"".join))
        def send(octets: bytes) -> None:
            with connected(site.place, 1, octets + b"\r\n\r\n") as (client,):
                client.shutdown(socket.SHUT_WR)
                with contextlib.suppress(ConnectionError):
                    client.recv(100)

        send()
        assert is_answered(site)
    assert not caplog.records
