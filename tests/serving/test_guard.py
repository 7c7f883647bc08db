"""Which connections have to go."""

from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.serving.guard import find_dispensable, find_heaviest, find_overdue


@dataclass(frozen=True)
class Watched:
    """What the guard looks at of a connection."""

    deadline: float
    awaits_us: bool = False
    unfinished: int = 0


def watched() -> st.SearchStrategy[list[Any]]:
    one = st.builds(
        Watched, st.floats(0, 100), awaits_us=st.booleans(), unfinished=st.integers(0, 1000)
    )
    return st.lists(one, max_size=40)


@given(watched(), st.floats(0, 100), st.integers(-3, 50), st.integers(0, 20_000))
def test_what_is_being_answered_is_never_closed(
    connections: list[Any], now: float, number: int, limit: int
) -> None:
    for found in (
        find_overdue(connections, now),
        find_dispensable(connections, number),
        find_heaviest(connections, limit),
    ):
        assert not any(each.awaits_us for each in found)


@given(watched(), st.floats(0, 100))
def test_whoever_is_overdue_is_closed(connections: list[Any], now: float) -> None:
    found = find_overdue(connections, now)
    assert all(each.deadline < now for each in found)
    left = [each for each in connections if each not in found]
    assert all(each.deadline >= now or each.awaits_us for each in left)


@given(watched(), st.integers(-3, 50))
def test_those_that_would_be_overdue_first_make_room(connections: list[Any], number: int) -> None:
    found = find_dispensable(connections, number)
    closable = sorted(each.deadline for each in connections if not each.awaits_us)
    assert [each.deadline for each in found] == closable[: max(0, number)]


@given(watched(), st.integers(0, 20_000))
def test_the_largest_unfinished_requests_make_room_and_no_more(
    connections: list[Any], limit: int
) -> None:
    found = find_heaviest(connections, limit)
    closable = sorted((e.unfinished for e in connections if not e.awaits_us), reverse=True)
    assert [each.unfinished for each in found] == closable[: len(found)]
    assert sum(closable[len(found) :]) <= limit
    assert not found or sum(closable[len(found) - 1 :]) > limit
