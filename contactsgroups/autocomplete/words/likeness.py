"""Likeness: whether something else was meant than what was typed, by how much speaks for it.

What was typed came through a noisy channel: some name is likelier to be meant the more people bear
it, and the likelier the slip is that makes the typed text of it (Kernighan, Church and Gale, "A
spelling correction program based on a noisy channel model", 1990; Brill and Moore, 2000). Against
that stands the chance that the text means nobody and is near a name all the same: the smaller, the
longer the text, and the larger, the more entries there are.

These are probabilities that multiply, so their logarithms add up. All are counted in *letters*: one
more letter that is right leaves about a quarter of the names that are near a text by chance. The
numbers were chosen so that somebody is shown for at most one of fifty texts that mean nobody.
"""

from itertools import pairwise, product
from typing import NamedTuple

USUAL = 2.0
"""What a slip is worth that everybody makes: two letters swapped, one forgotten or doubled."""
HEARD = 2.0
"""What sounds like the right word, less one for each letter that differs: few misspell several."""
LIKELY = 0.25
"""A key beside the right one, or a letter that sounds like it."""
POSSIBLE = -1.5
"""Any other letter for the right one, or too much."""
NEARLY_HEARD = -1.5
"""A slip in the sound of the word, less half for each letter that differs: it may be several."""

_BEGUN = 1.25
"""A beginning is so much weaker evidence than a whole word: many more names have it."""
_A_DOUBLING_OF_ENTRIES = 0.375
_FEWEST_ENTRIES = 10
"""The doublings up to a thousand entries, below which it makes no difference."""
_A_DOUBLING_OF_BEARERS = 0.25
MOST_BEARERS = 64
"""Of the entries with a name, so many count."""
AS_MANY = 16
"""An entry that the account has used, or has among its contacts, counts as so many."""

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# Where German and French keyboards differ, which letters are beside which.
_ELSEWHERE = "yx ys ya zt zu zh zg qs qa az ae wx wq mp ml"
_SOUNDS = "ae ei iy ao ou bp dt gk ck kq cs sz cz vw vf ij jy gj lr"
_SILENT = "h"


class Slip(NamedTuple):
    """How what may have been meant differs from what was typed."""

    worth: float
    """How much speaks for it, in letters."""
    is_at_end: bool = False
    """The last typed letter is wrong or too much."""
    replaced: str = ""
    """The typed and the meant letter, where one is wrong."""


class Guess(NamedTuple):
    """What may have been meant."""

    text: str
    """What the tokens of an entry must begin with."""
    bearers: int
    """How many entries must have it: the fewer letters speak for it, the more."""


class Evidence(NamedTuple):
    """What is needed to take one word for another, in letters."""

    whole: float
    """If that is a whole word."""
    begun: float
    """If that is the beginning of a longer one."""
    counts_bearers: bool = False
    """Whether a name that many have needs less."""


BESIDE_OTHERS = Evidence(whole=2.5, begun=2.5)
"""Where another word is right, there are few entries."""


def evidence_among(entries: int) -> Evidence:
    """Return what is needed for a word that is alone, in indexes with so many entries."""
    doublings = max(_FEWEST_ENTRIES, entries.bit_length())
    whole = _A_DOUBLING_OF_ENTRIES * doublings
    return Evidence(whole, whole + _BEGUN, counts_bearers=True)


def bearers_of_whole(slip: Slip, letters: int, evidence: Evidence) -> int | None:
    """Return how many must have this whole word for ``letters`` typed ones to mean it, or None."""
    return _bearers(evidence.whole - letters - slip.worth, evidence)


def bearers_of_beginning(slip: Slip, letters: int, evidence: Evidence) -> int | None:
    """Return how many must have this beginning for ``letters`` typed ones to mean it, or None.

    The last letter of a beginning is never corrected: what is typed next will tell.
    """
    return None if slip.is_at_end else _bearers(evidence.begun - letters - slip.worth, evidence)


def _bearers(lacking: float, evidence: Evidence) -> int | None:
    """Return how many bearers are worth the letters that are lacking, or None for too many."""
    if lacking <= 0:
        return 1
    if not evidence.counts_bearers:
        return None
    bearers = 1 << int(-(-lacking // _A_DOUBLING_OF_BEARERS))
    return bearers if bearers <= MOST_BEARERS else None


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


SWAPPED = Slip(USUAL)
"""Two letters are swapped."""
OMITTED = Slip(USUAL)
"""A letter is left out."""


def replacing(typed: str, at: int, meant: str) -> Slip:
    """Return the slip of typing the letter at this place of ``typed`` for ``meant``."""
    return _REPLACING[typed[at] + meant][at == len(typed) - 1]


def _replacing_each() -> dict[str, tuple[Slip, Slip]]:
    """Return the slip of typing one letter for another, by both: inside a word, and at its end."""
    found = {}
    for typed, meant in product(_LIKELY, repeat=2):
        worth = LIKELY if typed in _LIKELY[meant] else POSSIBLE
        pair = typed + meant
        found[pair] = (Slip(worth, replaced=pair), Slip(worth, is_at_end=True, replaced=pair))
    return found


_REPLACING = _replacing_each()


def hearing(text: str, typed: str) -> Slip:
    """Return the slip of typing what sounds like ``text``."""
    return Slip(HEARD - _differing(text, typed))


def nearly_hearing(text: str, typed: str) -> Slip:
    """Return the slip of typing what sounds nearly like ``text``."""
    return Slip(NEARLY_HEARD - _differing(text, typed) / 2)


def _differing(word: str, other: str) -> int:
    """Return how many letters must be changed, added or left out to make one word of the other."""
    # What sounds alike is mostly the same but for a few letters in the middle.
    while word and word[0] == other[:1]:
        word, other = word[1:], other[1:]
    while word and word[-1] == other[-1:]:
        word, other = word[:-1], other[:-1]
    # Each row is for one more letter of ``word``.
    row = list(range(len(other) + 1))
    for number, letter in enumerate(word, 1):
        above, row = row, [number]
        for place, beside in enumerate(other):
            changed = above[place] + (letter != beside)
            row.append(min(changed, above[place + 1] + 1, row[place] + 1))
    return row[-1]


def adding(typed: str, at: int) -> Slip:
    """Return the slip of typing one letter too many at this place of ``typed``."""
    letter, beside = typed[at], typed[max(0, at - 1) : at] + typed[at + 1 : at + 2]
    if letter in beside:
        worth = USUAL
    elif letter in _SILENT or any(letter in _LIKELY[other] for other in beside):
        worth = LIKELY
    else:
        worth = POSSIBLE
    return Slip(worth, at == len(typed) - 1)
