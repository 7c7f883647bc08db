"""Errors as people make them: of the hand on a keyboard, and of the ear.

Written for measuring only. The engine has rules of its own, made from other sources; nothing here
may be taken from it, or it would be measured with its own ruler.
"""

import math
import random
import re
from collections.abc import Callable

_KEYBOARDS = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    ("azertyuiop", "qsdfghjklm", "wxcvbn"),
)

# What is written for a sound and what else people write for it, in names of many languages. Pairs
# are tried in both directions; "^" and "$" are where a name begins and ends.
_SOUNDS = (
    "ei ie", "ei ai", "ai ay", "ei ey", "eu oi", "ou oo", "oo u", "ou u", "ee i", "ee ea", "ae e",
    "oe o", "ue u", "ah a", "eh e", "oh o", "y i", "ll l", "nn n", "mm m", "ss s", "tt t", "rr r",
    "pp p", "ff f", "zz z", "ck k", "ck kk", "th t", "dt t", "dt d", "tz z", "tz ts", "ph f",
    "sch sh", "sch s", "sh s", "ch sch", "ch k", "ch c", "c k", "c s", "qu kw", "x ks", "v w",
    "v f", "w f", "z s", "j y", "g j", "gh g", "kh k", "rh r", "ya ja", "cz ch", "sz sh", "b p",
    "d t", "g k", "ff$ v$", "er$ or$", "en$ an$", "on$ en$", "man$ mann$", "sen$ son$", "ski$ sky$",
    "^h ^", "^j ^y", "^c ^k", "^ph ^f", "^v ^w", "^s ^z", "^x ^z", "^kn ^n", "^wr ^r", "^y ^i",
)  # fmt: skip
_PAIRS = [tuple(pair.split(" ")) for pair in _SOUNDS]

_BESIDE = 1.3
"""Widths of a key from middle to middle."""

Slip = Callable[[str, random.Random], str]


def slip_of_the_hand(word: str, chance: random.Random, *, last: bool = True) -> str:
    """Return ``word`` with one slip behind the first letter; at the end only if ``last``."""
    while True:
        at = chance.randrange(1, len(word) if last else len(word) - 1)
        slipped = word[0] + chance.choice(_HAND)(word[1:], at - 1, chance)
        if slipped != word and not (not last and word.startswith(slipped)):
            return slipped


def slip_at_the_first(word: str, chance: random.Random) -> str:
    """Return ``word`` with one slip of the hand at the first letter."""
    while True:
        slipped = chance.choice(_HAND)(word, 0, chance)
        if slipped != word and slipped[0] != word[0]:
            return slipped


def slip_of_the_ear(word: str, chance: random.Random, *, first: bool = False) -> str | None:
    """Return ``word`` spelt as it may sound, changed at the first letter or behind it; or None."""
    heard = {other for pair in _PAIRS for other in _exchanged(word, *pair)}
    fitting = sorted(other for other in heard if other and (other[0] != word[0]) is first)
    return chance.choice(fitting) if fitting else None


def _exchanged(word: str, one: str, other: str) -> set[str]:
    framed = f"^{word}$"
    found = set()
    for written, instead in ((one, other), (other, one)):
        for place in re.finditer(re.escape(written), framed):
            changed = framed[: place.start()] + instead + framed[place.end() :]
            found.add(changed.strip("^$"))
    return found - {word}


def _omit(word: str, at: int, _: random.Random) -> str:
    return word[:at] + word[at + 1 :]


def _double(word: str, at: int, _: random.Random) -> str:
    return word[:at] + word[at : at + 1] + word[at:]


def _swap(word: str, at: int, _: random.Random) -> str:
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


def _miss_the_key(word: str, at: int, chance: random.Random) -> str:
    return word[:at] + _near(word[at], chance) + word[at + 1 :]


def _hit_two_keys(word: str, at: int, chance: random.Random) -> str:
    near = _near(word[at], chance)
    return word[:at] + chance.choice((near + word[at], word[at] + near)) + word[at + 1 :]


_HAND = (_omit, _double, _swap, _miss_the_key, _hit_two_keys)


def _near(letter: str, chance: random.Random) -> str:
    """Return what is beside a letter on one of the keyboards, whose rows are set off."""
    rows = chance.choice(_KEYBOARDS)
    places = {
        key: (x + offset, y)
        for y, (row, offset) in enumerate(zip(rows, (0, 0.25, 0.75), strict=True))
        for x, key in enumerate(row)
    }
    own = places[letter]
    return chance.choice([key for key in places if 0 < math.dist(own, places[key]) < _BESIDE])
