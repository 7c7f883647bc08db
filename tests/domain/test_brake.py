"""Large moves of members wait for confirmation, and so does what empties a group."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.brake import Brake

SIZES = st.integers(1, 500)
BRAKES = st.builds(Brake, st.floats(0, 1), st.integers(0, 50))


@st.composite
def moves(draw: st.DrawFn) -> tuple[int, int, int]:
    """Members before, who enter, who leave."""
    before = draw(SIZES)
    return before, draw(st.integers(0, 500)), draw(st.integers(0, before))


@pytest.mark.parametrize(
    ("before", "added", "removed", "is_held"),
    [
        (200, 140, 140, True),
        (200, 0, 41, True),
        (200, 0, 40, False),
        (200, 41, 0, True),
        (26, 3, 1, False),
        (10, 0, 5, False),
        (10, 0, 6, True),
        (1, 0, 1, True),
        (1, 1, 1, False),
        (0, 500, 0, False),
    ],
)
def test_a_fifth_of_the_members_moves_freely_and_five_in_any_case(
    before: int, added: int, removed: int, is_held: bool
) -> None:
    assert Brake().holds(before, added=added, removed=removed) is is_held


@given(BRAKES, st.integers(0, 500))
def test_filling_an_empty_group_never_waits(brake: Brake, added: int) -> None:
    assert not brake.holds(0, added=added, removed=0)


@given(BRAKES, SIZES)
def test_emptying_a_group_always_waits(brake: Brake, before: int) -> None:
    assert brake.holds(before, added=0, removed=before)


@given(BRAKES, moves())
def test_what_stays_within_the_share_or_the_floor_is_free(
    brake: Brake, move: tuple[int, int, int]
) -> None:
    before, added, removed = move
    moved = max(added, removed)
    is_emptied = removed == before and not added
    is_small = moved <= brake.floor or moved <= brake.share * before
    assert brake.holds(before, added=added, removed=removed) is (is_emptied or not is_small)


@given(BRAKES, moves(), st.integers(0, 50))
def test_who_moves_more_is_not_held_less(
    brake: Brake, move: tuple[int, int, int], more: int
) -> None:
    before, added, removed = move
    if brake.holds(before, added=added, removed=removed) and added:
        assert brake.holds(before, added=added + more, removed=removed)


@given(st.floats(0, 1), st.floats(0, 1), moves())
def test_a_larger_share_lets_more_through(
    one: float, other: float, move: tuple[int, int, int]
) -> None:
    before, added, removed = move
    small, large = sorted([one, other])
    if Brake(large).holds(before, added=added, removed=removed):
        assert Brake(small).holds(before, added=added, removed=removed)
