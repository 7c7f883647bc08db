"""Usage in one number: recency and frequency, comparable at any later time."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.usage import HALF_LIFE, START, boost, popularity_score, strengthen

NOW = datetime(2026, 6, 1, tzinfo=UTC)

moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
histories = st.lists(moments, min_size=1, max_size=20)


def strength_of(uses: list[datetime]) -> float:
    strength = None
    for each in uses:
        strength = strengthen(strength, each)
    assert strength is not None
    return strength


@given(uses=histories)
def test_the_strength_is_the_sum_of_all_uses_halved_with_every_half_life(
    uses: list[datetime],
) -> None:
    newest = max(uses)
    plain = sum(2 ** ((each - newest) / HALF_LIFE) for each in uses)
    at_the_newest = 2 ** (strength_of(uses) - (newest - START) / HALF_LIFE)
    assert at_the_newest == pytest.approx(plain)


@given(uses=histories, chance=st.randoms())
def test_the_order_in_which_uses_are_recorded_makes_no_difference(uses, chance) -> None:
    shuffled = list(uses)
    chance.shuffle(shuffled)
    assert strength_of(shuffled) == pytest.approx(strength_of(uses))


@given(uses=histories, more=moments)
def test_one_more_use_never_weakens(uses: list[datetime], more: datetime) -> None:
    strength = strength_of(uses)
    assert strengthen(strength, more) >= strength
    assert boost(strengthen(strength, more), NOW) >= boost(strength, NOW)


def test_one_use_now_is_worth_1200_and_nothing_after_about_a_year() -> None:
    strength = strength_of([NOW])
    assert boost(strength, NOW) == 1200
    assert boost(strength, NOW + HALF_LIFE) == 1100
    assert boost(strength, NOW + timedelta(days=360)) == 0
    assert boost(strength, NOW + timedelta(days=10_000)) == 0


def test_twice_as_many_uses_are_worth_100_more() -> None:
    assert boost(strength_of([NOW] * 2), NOW) == 1300
    assert boost(strength_of([NOW] * 16), NOW) == 1600


def test_a_rank_changes_when_twice_as_many_use_it_and_not_with_each_person() -> None:
    now = strengthen(None, NOW)
    ranks = [popularity_score([now] * people) for people in range(3, 67)]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == math.log2(64) + 1
    assert popularity_score([-5.0] * 3) == 0


@given(
    people=st.lists(moments, max_size=8),
    sooner=st.tuples(st.floats(0, 10), st.floats(0, 10)),
    later=st.tuples(st.floats(0, 10_000), st.floats(0, 10_000)),
)
def test_two_people_alone_make_nothing_popular_however_recent_their_mail_is(
    people: list[datetime], sooner: tuple[float, float], later: tuple[float, float]
) -> None:
    others = [strengthen(None, each) for each in people]
    newest = max(others, default=0)
    one, other = ([newest + each for each in both] for both in (sooner, later))
    assert popularity_score(one) == popularity_score(other[:1]) == 0
    assert popularity_score([*others, *one]) == popularity_score([*others, *other])
