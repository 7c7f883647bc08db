"""Services beside the web server: begun again when they fail, and reported once for each reason."""

import logging
import threading

import pytest

from contactsgroups import serve
from contactsgroups.domain.errors import Unavailable
from tests.servers.program import wait_for


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_RETRY_SECONDS", 0.01)


class Failing:
    """A service that fails each time, for the first reason and then for the second."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = errors
        self.times = 0

    def run(self, _stop: threading.Event) -> None:
        self.times += 1
        raise self.errors[0] if self.times < 5 else self.errors[-1]


def fail(service: Failing) -> None:
    stop = threading.Event()
    running = serve.Service("a service", service.run)
    thread = threading.Thread(target=serve.keep_running, args=(running, stop))
    thread.start()
    wait_for(lambda: service.times > 10)
    stop.set()
    thread.join()


def test_what_fails_again_and_again_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    fail(Failing(Unavailable("the socket is taken", detail="/run/x")))
    assert [each.message for each in caplog.records] == [
        "a service: the socket is taken: /run/x; it is tried again every second"
    ]


def test_another_reason_is_reported_too(caplog: pytest.LogCaptureFixture) -> None:
    fail(Failing(Unavailable("the socket is taken"), Unavailable("the database does not answer")))
    assert len(caplog.records) == 2


def test_a_fault_of_ours_is_reported_with_its_place(caplog: pytest.LogCaptureFixture) -> None:
    fail(Failing(ValueError("a fault")))
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None


def test_what_fails_again_after_it_has_run_for_long_is_reported_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "_SETTLED_SECONDS", -1)
    fail(Failing(Unavailable("")))
    assert len(caplog.records) > 10
