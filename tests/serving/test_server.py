"""The server answers many clients beside slow ones, and at its end finishes what was begun."""

import errno
import socket
import time
from contextlib import ExitStack
from typing import Any

import pytest
from waitress import wasyncore

from contactsgroups.serving import limits
from tests.servers.clients import connected, is_closed, receive
from tests.servers.program import wait_for
from tests.serving.conftest import Serving, Site
from tests.serving.sample import KEPT, LARGE, Application, channels, is_answered, request, small


@pytest.fixture
def application() -> Application:
    return Application()


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
