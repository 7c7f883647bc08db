"""Likeness: which slips are taken for one, by how much of the word is right beside them.

The fewer letters there are, and the more entries, the more names are one slip away from any text. A
long word may have any slip. A shorter one must have a likely one: a letter that is beside the right
key, or sounds like the right one; and the shortest a usual one: two letters swapped, one forgotten
or doubled. A beginning is weaker evidence than a whole word, and its last letter is none at all:
what follows a wrong one would tell. Beside other words that are right, four letters suffice for any
slip.
"""

from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# Where German and French keyboards differ, which letters are beside which.
_ELSEWHERE = "yx ys ya zt zu zh zg qs qa az ae wx wq mp ml"
_SOUNDS = "ae ei iy ao ou bp dt gk ck kq cs sz cz vw vf ij jy gj"
_SILENT = "h"


class Likelihood(IntEnum):
    """How likely a slip is."""

    POSSIBLE = 0
    LIKELY = 1
    USUAL = 2


class Slip(NamedTuple):
    """What may have been meant, and how it differs from what was typed."""

    text: str
    likelihood: Likelihood
    is_at_end: bool
    """The last typed letter is wrong or too much."""


Letters = tuple[int, int, int]
"""How many must have been typed for a slip that is possible, likely, usual."""


class Evidence(NamedTuple):
    """What is needed to take one word for another."""

    whole: Letters
    """If that is a whole word."""
    begun: Letters
    """If that is the beginning of a longer one."""
    sound: int
    """How long the sound must be that both have."""


BESIDE_OTHERS = Evidence(whole=(4, 4, 3), begun=(4, 4, 4), sound=3)
"""Where another word is right."""

# A letter more leaves about a quarter of the names that are near a text by chance.
_AMONG = (
    (5_000, Evidence(whole=(5, 4, 3), begun=(6, 5, 4), sound=4)),
    (20_000, Evidence(whole=(6, 4, 3), begun=(7, 6, 5), sound=4)),
)
_AMONG_MANY = Evidence(whole=(6, 4, 3), begun=(8, 7, 6), sound=4)


def evidence_among(entries: int) -> Evidence:
    """Return what is needed for a word that is alone, in indexes with so many entries."""
    return next((evidence for most, evidence in _AMONG if entries <= most), _AMONG_MANY)


def _likely_letters() -> dict[str, frozenset[str]]:
    pairs = {*_ELSEWHERE.split(), *_SOUNDS.split()}
    for row in _ROWS:
        pairs.update(map("".join, pairwise(row)))
    for upper, lower in pairwise(_ROWS):
        pairs.update(map("".join, zip(upper, lower, strict=False)))
        pairs.update(map("".join, zip(upper[1:], lower, strict=False)))
    letters = "abcdefghijklmnopqrstuvwxyz"
    return {
        one: frozenset(other for other in letters if {one + other, other + one} & pairs)
        for one in letters
    }


_LIKELY = _likely_letters()


def likelihood_of_swapping(at: int) -> Likelihood:
    """Return how likely the letter at this place and the next one are swapped."""
    return Likelihood.USUAL if at else Likelihood.LIKELY


def likelihood_of_omitting(at: int) -> Likelihood:
    """Return how likely a letter is missing before this place."""
    return Likelihood.USUAL if at else Likelihood.LIKELY


def likelihood_of_replacing(typed: str, meant: str) -> Likelihood:
    """Return how likely the letter ``typed`` is one for ``meant``."""
    return Likelihood.LIKELY if typed in _LIKELY[meant] else Likelihood.POSSIBLE


def likelihood_of_adding(word: str, at: int) -> Likelihood:
    """Return how likely the letter at this place of a typed word is one too many."""
    beside = word[max(0, at - 1) : at] + word[at + 1 : at + 2]
    if word[at] in beside:
        return Likelihood.USUAL
    likely = word[at] in _SILENT or any(word[at] in _LIKELY[other] for other in beside)
    return Likelihood.LIKELY if likely else Likelihood.POSSIBLE


def is_whole_word_meant(slip: Slip, letters: int, evidence: Evidence) -> bool:
    """Whether a word of so many letters may mean this whole one."""
    return letters >= evidence.whole[slip.likelihood]


def is_beginning_meant(slip: Slip, letters: int, evidence: Evidence) -> bool:
    """Whether a word of so many letters may mean this beginning of a longer one."""
    return not slip.is_at_end and letters >= evidence.begun[slip.likelihood]
