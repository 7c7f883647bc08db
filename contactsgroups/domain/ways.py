"""The shortest ways through groups that contain each other."""

from collections import deque
from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

T = TypeVar("T")


def shortest_ways(
    starts: Iterable[T], next_to: Callable[[T], Collection[T]]
) -> dict[T, tuple[T, ...]]:
    """Return the shortest way from any of the starts to each that can be reached, itself left out.

    The starts are there with an empty way.  Of ways that are equally long, the one stays that is
    found first: in the order of the starts, and of what ``next_to`` gives.  A circle ends the walk,
    because nothing is visited twice.
    """
    ways: dict[T, tuple[T, ...]] = dict.fromkeys(starts, ())
    waiting = deque(ways)
    while waiting:
        current = waiting.popleft()
        for each in next_to(current):
            if each not in ways:
                ways[each] = (*ways[current], current)
                waiting.append(each)
    return ways
