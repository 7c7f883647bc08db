"""Find what was changed in a chain of audit entries, reading it once from the first to the last."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from contactsgroups.domain.audit_chain import BEGIN, digest_of, hash_carried, is_sealed
from contactsgroups.domain.sentence import Sentence


class Damage(StrEnum):
    """What is wrong with entries."""

    CHANGED = "changed"
    """Something else is written there than when the next entry was."""
    MISSING = "missing"
    ADDED = "added"
    """They were not written as the chain goes."""
    NOT_SEALED = "not sealed"
    """They follow each other, but nothing says that this installation wrote them."""
    END = "end"
    """The newest entry is not the one that was noted apart from the log."""


_SENTENCES = {
    Damage.CHANGED: (
        "entry {first:,} was changed",
        "entries {first:,} to {last:,} were changed",
    ),
    Damage.MISSING: (
        "entry {first:,} is missing",
        "entries {first:,} to {last:,} are missing",
    ),
    Damage.ADDED: (
        "entry {first:,} was added",
        "entries {first:,} to {last:,} were added",
    ),
    Damage.NOT_SEALED: (
        "entry {first:,} has no seal of this installation",
        "entries {first:,} to {last:,} have no seal of this installation",
    ),
    Damage.END: (
        "the note that the log ends with entry {first:,} was changed",
        "the note that the log ends with entries {first:,} to {last:,} was changed",
    ),
}
FAULTS = tuple(text for pair in _SENTENCES.values() for text in pair)
"""Every message that a fault can have."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Entries with the numbers from ``first`` to ``last``, and what is wrong with them."""

    damage: Damage
    first: int
    last: int

    @property
    def sentence(self) -> Sentence:
        """What is wrong, as a sentence that faces translate."""
        one, many = _SENTENCES[self.damage]
        return Sentence(one if self.first == self.last else many, first=self.first, last=self.last)

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The newest entry, as it was noted apart from the log: number 0 if there is none."""

    last: int
    digest: str
    seal: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry whose follower is not known yet."""

    number: int
    digest: str
    seal: str
    is_sealed: bool


class Inspection:
    """Takes entries in the order of their numbers, and yields faults as they are found.

    Neighbouring faults of one kind are yielded as one; memory does not grow with the log.
    """

    def __init__(self, end: ChainEnd, keys: Sequence[str], *, first: int = 1) -> None:
        """Begin before an entry.

        Args:
            end: how far the chain goes.
            keys: those of seals that count; without any, seals are not looked at.
            first: number of the first entry that will be given; earlier ones stay unread.
        """
        self._end = end
        self._keys = keys
        self._expected = first
        self._before: _Entry | None = None
        self._carried: str | None = BEGIN if first == 1 else None
        self._waiting: Fault | None = None
        self._unsealed: int | None = None

    def take(self, entry: Mapping[str, Any]) -> Iterator[Fault]:
        """Read one entry, with its columns as they are stored."""
        number = entry["id"]
        if number < 1 or number > self._end.last:
            yield from self._note(Damage.ADDED, number)
            return
        if number > self._expected:
            yield from self._leave_gap(number - 1)
        digest = digest_of(entry)
        sealed = is_sealed(digest, entry["seal"], self._keys)
        if self._carried is not None and entry["previous"] != self._carried:
            yield from self._break(number)
        else:
            self._accept()
        self._before = _Entry(number, digest, entry["seal"], sealed)
        self._carried = hash_carried(digest, str(entry["seal"]))
        self._expected = number + 1

    def take_unreadable(self, number: int) -> Iterator[Fault]:
        """Read an entry that has values which no entry can have."""
        yield from self._lose_link()
        yield from self._note(Damage.CHANGED, number)
        self._expected = number + 1

    def finish(self) -> Iterator[Fault]:
        """Compare with the end of the chain."""
        before = self._before
        if self._expected <= self._end.last:
            yield from self._leave_gap(self._end.last)
        elif before is not None:
            fits = (before.digest, before.seal) == (self._end.digest, self._end.seal)
            if fits or before.is_sealed:
                self._accept()
            else:
                yield from self._change(before.number)
            yield from self._end_run(before.number)
            if before.is_sealed and not fits:
                yield from self._note(Damage.END, before.number)
        yield from self._release()

    def _accept(self) -> None:
        """The entry before is what it was; a seal that fits speaks for all up to it."""
        if self._before is None:
            return
        if self._before.is_sealed:
            self._unsealed = None
        elif self._unsealed is None:
            self._unsealed = self._before.number

    def _break(self, number: int) -> Iterator[Fault]:
        """Name whichever of two neighbours changed: a seal that fits clears the first of them."""
        if self._before is None or self._before.is_sealed:
            self._accept()
            yield from self._note(Damage.CHANGED, number)
        else:
            yield from self._change(self._before.number)

    def _change(self, number: int) -> Iterator[Fault]:
        """Name a changed entry: what follows it cannot speak for those before it."""
        yield from self._end_run(number - 1)
        yield from self._note(Damage.CHANGED, number)

    def _end_run(self, last: int) -> Iterator[Fault]:
        """Name the entries up to one for which no seal has spoken."""
        if self._unsealed is not None and self._keys and self._unsealed <= last:
            yield from self._note(Damage.NOT_SEALED, self._unsealed, last)
        self._unsealed = None

    def _leave_gap(self, last: int) -> Iterator[Fault]:
        yield from self._lose_link()
        yield from self._note(Damage.MISSING, self._expected, last)

    def _lose_link(self) -> Iterator[Fault]:
        self._accept()
        if self._before is not None:
            yield from self._end_run(self._before.number)
        self._before, self._carried = None, None

    def _note(self, damage: Damage, first: int, last: int | None = None) -> Iterator[Fault]:
        last = first if last is None else last
        waiting = self._waiting
        if waiting and waiting.damage is damage and first <= waiting.last + 1:
            self._waiting = Fault(damage, waiting.first, max(last, waiting.last))
            return
        yield from self._release()
        self._waiting = Fault(damage, first, last)

    def _release(self) -> Iterator[Fault]:
        if self._waiting is not None:
            yield self._waiting
        self._waiting = None
