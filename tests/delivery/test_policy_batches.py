"""Requests that wait are answered together, each by a batch that began after it came."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from contactsgroups.delivery.policy_batches import Batches
from contactsgroups.delivery.policy_request import PolicyRequest

Answer = TypeVar("Answer")


def _run(conversation: Coroutine[Any, Any, Answer]) -> Answer:
    """Run it in a thread of its own: a browser's test may have left a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, conversation).result(60)


def about(recipient: str) -> PolicyRequest:
    return PolicyRequest("RCPT", recipient, "", "", "192.0.2.1", "40001")


class Slow:
    """Answers when it is let go; notes what was asked together."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, requests: Sequence[PolicyRequest]) -> list[str | None]:
        self.batches.append([each.recipient for each in requests])
        self.begun.set()
        assert self.go.wait(10)
        return [each.recipient if each.recipient != "unknown" else None for each in requests]


def test_what_comes_during_a_batch_is_answered_by_the_next_together() -> None:
    async def run(slow: Slow) -> list[str | None]:
        batches = Batches(slow)
        first = asyncio.create_task(batches.ask(about("first")))
        await asyncio.to_thread(slow.begun.wait, 10)
        others = [
            asyncio.create_task(batches.ask(about(each))) for each in ("second", "unknown", "third")
        ]
        await asyncio.sleep(0)
        slow.go.set()
        replies = [await each for each in (first, *others)]
        batches.close()
        return replies

    slow = Slow()
    assert _run(run(slow)) == ["first", "second", None, "third"]
    assert slow.batches == [["first"], ["second", "unknown", "third"]]


def test_who_leaves_does_not_keep_the_others_from_their_answers() -> None:
    async def run(slow: Slow) -> str | None:
        batches = Batches(slow)
        leaving = asyncio.create_task(batches.ask(about("leaving")))
        await asyncio.to_thread(slow.begun.wait, 10)
        staying = asyncio.create_task(batches.ask(about("staying")))
        await asyncio.sleep(0)
        leaving.cancel()
        slow.go.set()
        reply = await staying
        batches.close()
        return reply

    assert _run(run(Slow())) == "staying"


def test_a_fault_is_met_by_all_who_asked_and_by_nobody_later() -> None:
    faults = [ValueError("a fault of ours")]

    def answer(requests: Sequence[PolicyRequest]) -> list[str | None]:
        if faults:
            raise faults.pop()
        return ["fine" for _ in requests]

    async def run() -> str | None:
        batches = Batches(answer)
        with pytest.raises(ValueError, match="a fault of ours"):
            await batches.ask(about("first"))
        reply = await batches.ask(about("second"))
        batches.close()
        return reply

    assert _run(run()) == "fine"
