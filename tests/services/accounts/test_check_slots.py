"""Only so many passwords are checked at once."""

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest

from contactsgroups.domain.errors import SignInBusy
from contactsgroups.services.accounts.check_slots import CheckSlots, SameChecks
from tests.servers.program import wait_for


def test_more_than_run_and_wait_are_refused_at_once() -> None:
    slots, go_on, running = (
        CheckSlots(at_once=2, wait=60),
        threading.Event(),
        threading.Semaphore(0),
    )
    most = threading.BoundedSemaphore(2)

    def check(client: int) -> str:
        try:
            with slots.taken(f"client {client}"):
                assert most.acquire(blocking=False)
                running.release()
                go_on.wait(60)
                most.release()
                return "checked"
        except SignInBusy:
            return "refused"

    with ThreadPoolExecutor(10) as threads:
        futures = [threads.submit(check, client) for client in range(10)]
        for _ in range(2):
            assert running.acquire(timeout=60)
        # Two run, two wait, and the other six have their answer while nothing is finished.
        finished = as_completed(futures, timeout=60)
        assert [next(finished).result() for _ in range(6)] == ["refused"] * 6
        go_on.set()
    assert sorted(each.result() for each in futures) == ["checked"] * 4 + ["refused"] * 6


def test_who_waits_too_long_is_refused_and_the_slot_is_free_again() -> None:
    slots = CheckSlots(at_once=1, wait=0.01)
    with slots.taken("a"), pytest.raises(SignInBusy), slots.taken("b"):
        pass
    with slots.taken("a"):
        pass


def test_an_error_in_the_block_frees_the_slot() -> None:
    slots = CheckSlots(at_once=1, wait=0.01)
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), slots.taken("a"):
            _ = 1 / 0


def test_one_client_leaves_room_for_another() -> None:
    slots, there = CheckSlots(at_once=1, wait=60), threading.Event()

    def check(client: str) -> str:
        there.set()
        with slots.taken(client):
            return "checked"

    with ThreadPoolExecutor(2) as threads:
        with slots.taken("a"):
            waiting = [threads.submit(check, "a")]
            assert there.wait(60)
            wait_for(lambda: slots._present["a"] == 2)
            with pytest.raises(SignInBusy), slots.taken("a"):
                pass
            waiting.append(threads.submit(check, "b"))
            wait_for(lambda: slots._present.total() == 3)
        assert [each.result(60) for each in waiting] == ["checked", "checked"]
    assert not slots._present


def test_requests_with_the_same_password_wait_for_one_check() -> None:
    same, go_on, begun = SameChecks(), threading.Event(), threading.Event()

    def request() -> bool | str:
        try:
            with same.joined(b"a") as is_first:
                if is_first:
                    begun.set()
                    assert go_on.wait(60)
                return is_first
        except SignInBusy:
            return "refused"

    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(request)
        assert begun.wait(60)
        others = [threads.submit(request) for _ in range(7)]
        finished = as_completed(others, timeout=60)
        assert [next(finished).result() for _ in range(3)] == ["refused"] * 3
        with same.joined(b"b") as is_first:
            assert is_first
        go_on.set()
        assert first.result(60) is True
    assert [each.result() for each in others].count(False) == 4
    with same.joined(b"a") as is_first:
        assert is_first
