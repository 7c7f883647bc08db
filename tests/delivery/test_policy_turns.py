"""Users take turns, and a place is never lost."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.delivery.policy_turns import Turns


def run(conversation: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: browsers that other tests drive have a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, conversation).result()


def run_in_order(peers: list[str], places: int = 1) -> list[str]:
    """The order in which the requests of these peers, made at once, are decided."""
    order: list[str] = []

    async def decide(turns: Turns, peer: str) -> None:
        async with turns.take(peer):
            order.append(peer)
            await asyncio.sleep(0)

    async def decide_all() -> None:
        turns = Turns(places)
        await asyncio.gather(*(decide(turns, peer) for peer in peers))

    run(decide_all())
    return order


def test_one_request_does_not_wait_behind_all_those_of_another_user() -> None:
    assert run_in_order(["crowd"] * 50 + ["postfix"]).index("postfix") == 2
    assert run_in_order([*"aaaa", *"bb", "c"]) == [*"aabcaba"]


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(1, 5))
def test_every_request_has_its_turn(peers: list[str], places: int) -> None:
    assert sorted(run_in_order(peers, places)) == sorted(peers)


@given(st.lists(st.booleans(), max_size=20), st.integers(1, 3))
def test_who_leaves_early_takes_no_place_along(leaving: list[bool], places: int) -> None:
    async def leave_and_come_back() -> None:
        turns = Turns(places)

        async def decide() -> None:
            async with turns.take("postfix"):
                await asyncio.sleep(0)

        tasks = [asyncio.create_task(decide()) for _ in leaving]
        for steps, (task, leaves) in enumerate(zip(tasks, leaving, strict=True)):
            if leaves:
                task.cancel()
            for _ in range(steps % 3):
                await asyncio.sleep(0)
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(30):
            await asyncio.gather(*(decide() for _ in range(2 * places)))

    run(leave_and_come_back())
