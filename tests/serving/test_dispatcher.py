"""Limited requests wait for their places without a thread."""

from typing import Any

import pytest

from contactsgroups.serving.gate import Gate
from tests.servers.clients import connected, receive
from tests.servers.program import wait_for
from tests.serving.conftest import Serving
from tests.serving.sample import Application, channels, is_answered, request


@pytest.fixture
def application() -> Application:
    return Application()


def test_a_burst_of_limited_requests_is_answered_and_holds_no_other_thread(
    serving: Serving, application: Application
) -> None:
    """They wait for their places without a thread."""
    options: dict[str, Any] = {"threads": 3, "is_limited": lambda path: path == "/wait"}
    with (
        serving(application, places=2, **options) as site,
        connected(site.place, 30, request("/wait")) as clients,
    ):
        for _ in range(2):
            assert application.waiting.acquire(timeout=60)
        wait_for(lambda: sum(bool(each.requests) for each in channels(site)) == 30)
        assert is_answered(site)
        assert not application.waiting.acquire(blocking=False)
        application.may_go_on.set()
        for client in clients:
            assert client.recv(1000).startswith(b"HTTP/1.1 200")


def test_limited_requests_that_wait_for_long_or_are_many_are_given_to_the_application(
    serving: Serving, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contactsgroups.serving.dispatcher._WAIT_SECONDS", 0.5)
    monkeypatch.setattr("contactsgroups.serving.dispatcher._WAITING", 3)
    monkeypatch.setattr("contactsgroups.serving.server._LOOK_SECONDS", 0.1)
    gate = Gate(application, 1)
    with (
        serving(gate, threads=3, places=1, is_limited=lambda path: True) as site,
        connected(site.place, 1, request("/wait")) as (first,),
    ):
        assert application.waiting.acquire(timeout=60)
        with connected(site.place, 6, request("/")) as clients:
            for client in clients:
                assert client.recv(1000).startswith(b"HTTP/1.1 503")
        application.may_go_on.set()
        assert first.recv(1000).startswith(b"HTTP/1.1 200")
        assert is_answered(site)


def test_requests_on_one_connection_hand_their_place_on(
    serving: Serving, application: Application
) -> None:
    with (
        serving(application, places=1, is_limited=lambda path: True) as site,
        connected(
            site.place, 3, request("/") * 9 + request("/").replace(b"1.1", b"1.0")
        ) as clients,
    ):
        for client in clients:
            assert receive(client).count(b" 200 OK") == 10
