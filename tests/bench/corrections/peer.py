"""The peer: rapidfuzz's edit distance to every word of the directory, the nearest ten."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from contactsgroups.autocomplete import Entry
from contactsgroups.autocomplete.words.folding import fold, split_words
from tests.bench.corrections.cases import Case

LIMIT = 10


class Distances:
    """Words, beginnings and whole names; of equal distance, the more frequent comes first."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Take the names of ``entries``, folded as the engine folds them."""
        self._names = [split_words(fold(entry.name)[0]) for entry in entries]
        self._beginnings: dict[int, list[str]] = {}

    @cached_property
    def words(self) -> list[str]:
        """The distinct words."""
        return _by_frequency([word for name in self._names for word in name])

    @cached_property
    def names(self) -> list[str]:
        """The distinct first and last words together."""
        return _by_frequency([f"{name[0]} {name[-1]}" for name in self._names if len(name) > 1])

    def beginnings(self, length: int) -> list[str]:
        """Return the distinct beginnings of this length."""
        if length not in self._beginnings:
            some = [word[:length] for word in self.words if len(word) >= length]
            self._beginnings[length] = _by_frequency(some)
        return self._beginnings[length]

    def finds(self, case: Case) -> bool:
        """Whether what was meant is among the nearest ten."""
        return " ".join(case.meant) in self.nearest(case)

    def nearest(self, case: Case) -> list[str]:
        """Return the nearest ten."""
        if case.is_prefix:
            choices = self.beginnings(len(case.meant[0]))
        else:
            choices = self.words if len(case.meant) == 1 else self.names
        found = process.extract(case.typed, choices, scorer=OSA.distance, limit=LIMIT)
        return [choice for choice, _, _ in found]


def _by_frequency(things: list[str]) -> list[str]:
    return [thing for thing, _ in Counter(things).most_common()]
