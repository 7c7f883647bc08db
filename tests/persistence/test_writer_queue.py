"""A process's writers come one after the other, and few of them wait for long."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import writer_queue
from contactsgroups.persistence.writer_queue import WriterQueue
from tests.servers.program import wait_for


def waiting(queue: WriterQueue) -> int:
    return len(queue._tickets)


def write(queue: WriterQueue, seconds: float, done: list[int], number: int) -> None:
    with queue.turn(seconds):
        done.append(number)


def test_whoever_comes_first_is_first() -> None:
    queue, done = WriterQueue(slots=1, patient=9), []  # type: WriterQueue, list[int]
    with ThreadPoolExecutor(9) as pool:
        with queue.turn(60):
            running: list[Future[None]] = []
            for number in range(9):
                running.append(pool.submit(write, queue, 60, done, number))
                wait_for(lambda: waiting(queue) == len(running))
            assert done == []
        for each in running:
            each.result(60)
    assert done == list(range(9))


def test_few_wait_for_long_and_the_others_give_up_soon() -> None:
    queue, done = WriterQueue(slots=1, patient=2), []  # type: WriterQueue, list[int]
    with ThreadPoolExecutor(8) as pool:
        with queue.turn(60):
            running = [pool.submit(write, queue, 60, done, number) for number in range(8)]
            wait_for(lambda: sum(each.done() for each in running) == 6)
            assert waiting(queue) == 2
        refused = [each for each in running if each.exception(60) is not None]
    assert all(isinstance(each.exception(), Unavailable) for each in refused)
    assert len(refused) == 6
    assert len(done) == 2


def test_who_waits_too_long_gives_up_and_keeps_nobody_else() -> None:
    queue = WriterQueue(slots=1, patient=2)
    with queue.turn(60), pytest.raises(Unavailable), queue.turn(0.01):
        raise AssertionError("two at a time")
    with queue.turn(0) as left:
        assert left == 0


def test_who_fails_in_its_turn_passes_it_on() -> None:
    queue = WriterQueue(slots=1, patient=2)
    with pytest.raises(RuntimeError), queue.turn(60):
        raise RuntimeError
    with queue.turn(0):
        pass


def test_as_many_write_at_a_time_as_there_are_slots() -> None:
    queue = WriterQueue(slots=2, patient=0)
    with queue.turn(60) as left, queue.turn(60):
        assert 0 < left <= 60
        with pytest.raises(Unavailable), queue.turn(60):
            raise AssertionError("three at a time")
    barrier = threading.Barrier(2, timeout=60)

    def meet() -> None:
        with queue.turn(60):
            barrier.wait()

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(meet), pool.submit(meet)]:
            each.result(60)


def test_in_a_crowd_the_next_one_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_queue, "CROWD", 2)
    queue, done = WriterQueue(slots=1, patient=2), []  # type: WriterQueue, list[int]
    with ThreadPoolExecutor(2) as pool:
        with queue.turn(60):
            running = [pool.submit(write, queue, 60, done, number) for number in range(2)]
            wait_for(lambda: waiting(queue) == 2)
            with pytest.raises(Unavailable, match="too many writers"), queue.turn(60):
                raise AssertionError("it waited")
        for each in running:
            each.result(60)
    assert sorted(done) == [0, 1]
