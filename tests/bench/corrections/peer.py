"""The peer: rapidfuzz's edit distance to every word of the directory, the nearest ten.

It does the same job: it is given the text alone, as it was typed, and answers with the words that
are nearest, of equally near ones the most frequent first, or else with beginnings of words. An edit
distance has no limit of its own, and many a text is two edits away from some name. So the peer
answers twice: with everything up to two edits, and as *quiet* as the engine must be, with as many
edits as the length of the text permits.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from contactsgroups.autocomplete import Entry
from contactsgroups.autocomplete.words.folding import fold, split_words
from tests.bench.corrections.cases import Case

LIMIT = 10
_SHORTEST_BEGINNING = 3


class Edits(NamedTuple):
    """How many letters a text must have for so many edits."""

    one: int
    two: int
    one_in_beginning: int

    def of_whole(self, text: str) -> int:
        """Return how many edits a whole word may be away."""
        return (len(text) >= self.one) + (len(text) >= self.two)

    def of_beginning(self, text: str) -> int:
        """Return how many edits a beginning may be away."""
        return int(len(text) >= self.one_in_beginning)


UP_TO_TWO = Edits(one=0, two=0, one_in_beginning=0)
QUIET = Edits(one=3, two=9, one_in_beginning=8)
"""What finds most of the cases for tuning, of all that show somebody for at most one of fifty texts
that mean nobody."""


class Distances:
    """Words, beginnings and whole names; of equal distance, the more frequent comes first."""

    def __init__(self, entries: Sequence[Entry], edits: Edits) -> None:
        """Take the names of ``entries``, folded as the engine folds them."""
        self._names = [split_words(fold(entry.name)[0]) for entry in entries]
        self._edits = edits

    @cached_property
    def words(self) -> list[str]:
        """The distinct words."""
        return _by_frequency([word for name in self._names for word in name])

    @cached_property
    def names(self) -> list[str]:
        """The distinct first and last words together."""
        return _by_frequency([f"{name[0]} {name[-1]}" for name in self._names if len(name) > 1])

    @cached_property
    def beginnings(self) -> list[str]:
        """The distinct beginnings of words."""
        return _by_frequency(
            [
                word[:length]
                for name in self._names
                for word in name
                for length in range(_SHORTEST_BEGINNING, len(word))
            ]
        )

    def finds(self, case: Case) -> bool:
        """Whether what was meant is among the nearest ten."""
        meant, found = " ".join(case.meant), self.nearest(case.typed)
        if case.is_prefix:
            return any(word.startswith(meant) for word in found)
        return meant in found

    def nearest(self, text: str) -> list[str]:
        """Return the nearest ten; beginnings, if no word is near."""
        if " " in text:
            return _extract(text, self.names, 2)
        found = _extract(text, self.words, self._edits.of_whole(text))
        return found or _extract(text, self.beginnings, self._edits.of_beginning(text))


def _extract(text: str, choices: list[str], edits: int) -> list[str]:
    found = process.extract(text, choices, scorer=OSA.distance, score_cutoff=edits, limit=LIMIT)
    return [choice for choice, _, _ in found]


def _by_frequency(things: list[str]) -> list[str]:
    return [thing for thing, _ in Counter(things).most_common()]
