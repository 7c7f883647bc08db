"""A layer of a shard: one generation and its tombstones, and what the shortest texts find in it.

Whoever looks for anybody begins with one of the same few letters, so the answers to these are kept.
A layer never changes: a change of the directory makes a new one, which remembers nothing.
"""

from collections.abc import Callable, Sequence

from contactsgroups.autocomplete.entry import Match
from contactsgroups.autocomplete.generation import Generation
from contactsgroups.autocomplete.question import Question
from contactsgroups.autocomplete.selection import Tombstones

Found = Sequence[tuple[Match, Sequence[int]]]
"""Documents by kind of match, best first."""

_REMEMBERED = 1_024


class Layer:
    """One generation and its tombstones; safe for any number of threads."""

    __slots__ = ("_remembered", "generation", "tombstones")

    def __init__(self, generation: Generation, tombstones: Tombstones | None) -> None:
        """Take ``generation`` without the documents that ``tombstones`` mark as removed."""
        self.generation = generation
        self.tombstones = tombstones
        self._remembered: dict[object, Found] = {}

    def recall(self, question: Question, find: Callable[[], Found]) -> Found:
        """Return what ``find`` has found for a question, or would find now."""
        if not question.is_short:
            return find()
        remembered = self._remembered
        found = remembered.get(question.key)
        if found is None:
            found = find()
            while len(remembered) >= _REMEMBERED:
                # Listed in one step, for other threads add and drop meanwhile.
                oldest, *_ = tuple(remembered)
                remembered.pop(oldest, None)
            remembered[question.key] = found
        return found
