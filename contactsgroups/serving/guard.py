"""Which connections to close, so that slow clients, on purpose or not, leave room for others.

A connection whose request is being answered is never among them.
"""

import heapq
from collections.abc import Iterable, Iterator
from operator import attrgetter

from contactsgroups.serving.connection import Connection


def find_overdue(connections: Iterable[Connection], now: float) -> list[Connection]:
    """Return those whose clients let the server wait for too long; ``now`` is time.monotonic()."""
    return [each for each in _waiting(connections) if each.deadline < now]


def find_dispensable(connections: Iterable[Connection], number: int) -> list[Connection]:
    """Return so many connections, where there are, that would be overdue first."""
    if number <= 0:
        return []
    return heapq.nsmallest(number, _waiting(connections), key=attrgetter("deadline"))


def find_heaviest(connections: Iterable[Connection], limit: int) -> list[Connection]:
    """Return the largest unfinished requests, without which the rest has ``limit`` octets."""
    heaviest = sorted(_waiting(connections), key=attrgetter("unfinished"), reverse=True)
    excess = sum(each.unfinished for each in heaviest) - limit
    found = []
    for each in heaviest:
        if excess <= 0:
            break
        found.append(each)
        excess -= each.unfinished
    return found


def _waiting(connections: Iterable[Connection]) -> Iterator[Connection]:
    return (each for each in connections if not each.awaits_us)
