"""How much an account uses an address: recency and frequency in one number that needs no ageing.

Each use counts half as much after every half-life.  Instead of ageing all numbers all the time,
newer uses are made to count more (forward decay: Cormode et al., ICDE 2009): a use at time t adds
2^(t / half-life), and the strength is the logarithm of the sum.  Two strengths compare the same at
any later time, so a stored one never has to be touched.
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

HALF_LIFE = timedelta(days=30)
START = datetime(2020, 1, 1, tzinfo=UTC)

_BOOST_PER_HALF_LIFE = 100
_REMEMBERED_HALF_LIVES = 12

FEWEST_PEOPLE = 3
"""So many people must write to an address before it is popular."""


def strengthen(strength: float | None, at: datetime) -> float:
    """Return the strength after one more use at this time; None stands for no use before."""
    age = (at - START) / HALF_LIFE
    return age if strength is None else combine([strength, age])


def combine(strengths: Iterable[float]) -> float:
    """Return the strength of all uses together that at least one strength stands for."""
    first, *others = sorted(strengths, reverse=True)
    return first + math.log2(1 + sum(2 ** (other - first) for other in others))


def boost(strength: float, now: datetime) -> int:
    """Return what own use adds to a score: never negative, 0 about a year after the last use.

    One use now is worth 1,200; each doubling of uses 100 more, each half-life since 100 less.
    """
    age = (now - START) / HALF_LIFE
    worth = (strength - age + _REMEMBERED_HALF_LIVES) * _BOOST_PER_HALF_LIFE
    return max(0, round(worth))


def popularity_score(last_uses: Iterable[float]) -> int:
    """Return the score of an address from each person's last use of it, as a strength.

    The two who used it last do not count, so neither one person's mail nor that of two moves the
    score, however much it is; Coarse, so
    that an address ranks anew when twice as many use it or a half-life has passed, and not with
    each message.
    """
    counted = sorted(last_uses, reverse=True)[FEWEST_PEOPLE - 1 :]
    return max(0, round(combine(counted))) if counted else 0
