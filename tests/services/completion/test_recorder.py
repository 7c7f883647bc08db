"""One thread runs what is due, and goes on whatever a task does."""

import logging
import threading
from collections.abc import Iterator

import pytest

from contactsgroups.domain.errors import Unavailable
from contactsgroups.services.completion.recorder import Recorder
from tests.servers.program import wait_for

HOUR = 3600.0


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    yield recorder
    recorder.close()


def test_a_task_runs_at_the_start_when_woken_and_at_its_interval(recorder: Recorder) -> None:
    runs: dict[str, int] = {"rare": 0, "often": 0}

    def count(name: str) -> None:
        runs[name] += 1

    recorder.add("rare", lambda _: count("rare"), every=HOUR)
    recorder.add("often", lambda _: count("often"), every=0.01)
    assert runs == {"rare": 0, "often": 0}
    recorder.start()
    wait_for(lambda: runs["often"] > 3)
    assert runs["rare"] == 1
    recorder.wake("rare")
    wait_for(lambda: runs["rare"] == 2)


def test_a_task_that_is_woken_while_it_runs_runs_once_more(recorder: Recorder) -> None:
    """Or what was noted meanwhile would wait for the interval."""
    began, go_on = threading.Semaphore(0), threading.Semaphore(0)

    def wait(_: threading.Event) -> None:
        began.release()
        assert go_on.acquire(timeout=60)

    recorder.add("slow", wait, every=HOUR)
    recorder.start()
    assert began.acquire(timeout=60)
    recorder.wake("slow")
    go_on.release()
    assert began.acquire(timeout=60)
    go_on.release()


def test_an_outage_is_logged_once_and_keeps_no_other_task(
    recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    tries, others = [], []

    def fail(_: threading.Event) -> None:
        tries.append(1)
        raise Unavailable("the database does not answer") if len(tries) < 5 else LookupError

    recorder.add("failing", fail, every=0.01)
    recorder.add("other", lambda _: others.append(1), every=0.01)
    with caplog.at_level(logging.WARNING):
        recorder.start()
        wait_for(lambda: len(tries) > 6 and len(others) > 6)
    assert [each.getMessage() for each in caplog.records] == [
        "failing: recorded later, because the database does not answer"
    ]


def test_a_fault_is_logged_with_its_traceback(
    recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: threading.Event) -> None:
        raise LookupError("nobody has thought of this")

    recorder.add("failing", fail, every=HOUR)
    recorder.start()
    wait_for(lambda: caplog.records)
    assert "nobody has thought of this" in caplog.text


def test_closing_tells_the_running_task_and_starts_no_other(recorder: Recorder) -> None:
    began, runs = threading.Event(), []

    def wait(stopping: threading.Event) -> None:
        began.set()
        runs.append(stopping.wait(60))

    recorder.add("waiting", wait, every=0.01)
    recorder.start()
    assert began.wait(60)
    recorder.close()
    assert runs == [True]
    recorder.wake("waiting")
    recorder.wake("unknown")
    assert recorder._thread is not None
    assert not recorder._thread.is_alive()
