"""Words of an entry's own for each typed word: ``mari ma`` means two words, not one begun twice.

A typed word that other typed words extend must begin as many words of the entry. An index of
prefixes cannot count, so an entry gets a token for what several of its words have in common: the
words mari and martin give ``&mar``, which is found by ``&ma``. Spellings of one word count once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

SEVERAL_MARK = "&"
"""Stands once before what two words begin with, twice before what three do."""
MOST = 3
"""More words than this with one beginning count as so many."""
_LETTERS = 32
"""Of a longer beginning only so many count, so that no name takes long, whatever is in it."""


def distinct(
    name: Iterable[frozenset[str]], local_part: Iterable[frozenset[str]]
) -> list[frozenset[str]]:
    """Return the words of a name and a local part, without those that repeat a word of the name."""
    words = list(dict.fromkeys(name))
    known = frozenset().union(*words)
    return [*words, *[word for word in dict.fromkeys(local_part) if not word & known]]


def begun_several_times(words: Sequence[frozenset[str]], mark: str = "") -> set[str]:
    """Return the tokens for what two or three of these distinct words have in common.

    Args:
        mark: what stands before the common prefix.
    """
    letters = Counter([spelling[0] for word in words for spelling in word])
    if len(letters) == letters.total():
        return set()  # As in most names: no two words begin alike.
    alike = [word for word in words if any(letters[spelling[0]] > 1 for spelling in word)]
    counts = Counter(prefix for word in alike for prefix in _prefixes(word))
    return {
        SEVERAL_MARK * (number - 1) + mark + prefix
        for number in range(2, MOST + 1)
        for prefix in _longest([prefix for prefix, times in counts.items() if times >= number])
    }


def _prefixes(word: frozenset[str]) -> set[str]:
    beginnings = [spelling[:_LETTERS] for spelling in word]
    return {spelling[:end] for spelling in beginnings for end in range(1, len(spelling) + 1)}


def _longest(prefixes: Iterable[str]) -> list[str]:
    """Return the prefixes that no other one extends."""
    pairs = pairwise([*sorted(prefixes), ""])
    return [prefix for prefix, following in pairs if not following.startswith(prefix)]


def own_spelling(spelling: str, words: int) -> str:
    """Return the prefix of the token that an entry has if so many of its words begin like this."""
    return SEVERAL_MARK * (min(words, MOST) - 1) + spelling[:_LETTERS]


def plain_spelling(spelling: str) -> str:
    """Return a spelling without its mark."""
    return spelling.lstrip(SEVERAL_MARK)
