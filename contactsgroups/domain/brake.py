"""The brake: which changes of a group's derived members wait until they are confirmed.

A rule that is mistyped, or a directory that comes without half of its people, moves many members at
once, and mail goes astray.  So a large move, or one that leaves nobody, is confirmed first.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from hashlib import sha256
from typing import Any

from contactsgroups.domain.sentence import Sentence

_SEAL = 16  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class Brake:
    """Which moves are held.

    Attributes:
        share: of the members before; as many may move without being asked about.
        floor: so many may move in any case, for in a small group a few are a large share.
    """

    share: float = 0.2
    floor: int = 5

    def holds(self, before: int, *, added: int, removed: int) -> bool:
        """Whether a move waits until it is confirmed.

        Filling a group that has no members never waits; emptying one always does.  Whoever is
        replaced by another counts once.

        Args:
            before: how many members there were.
            added: how many enter.
            removed: how many of those before leave.
        """
        if before == 0:
            return False
        if removed == before and added == 0:
            return True
        moved = max(added, removed)
        return moved > self.floor and moved > self.share * before


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMove:
    """A move that waits: the group, how many members it had, and who enters and leaves.

    ``entering`` and ``leaving`` are the first of them, by the names that pages show.
    """

    uuid: str
    address: str
    name: str
    before: int
    added: int
    removed: int
    entering: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()

    @property
    def after(self) -> int:
        """How many members there would be."""
        return self.before + self.added - self.removed

    @property
    def sentence(self) -> Sentence:
        """What would become of the group's members."""
        values: dict[str, Any] = {"address": self.address, "before": self.before}
        if self.after == 0:
            if self.before == 1:
                return Sentence("{address} would lose its only member", address=self.address)
            return Sentence("{address} would lose all {before} members", **values)
        if not self.removed:
            return Sentence(
                "{address} would get {added} more", address=self.address, added=self.added
            )
        values["removed"] = self.removed
        if not self.added:
            return Sentence("{address} would lose {removed} of {before} members", **values)
        return Sentence(
            "{address} would lose {removed} of {before} members and get {added} other",
            added=self.added,
            **values,
        )

    def __str__(self) -> str:
        return str(self.sentence)


def seal_of(moves: Iterable[HeldMove]) -> str:
    """Return a short text that stands for what is told of these moves.

    Whoever confirms them sends it back, so that nobody agrees to numbers that have not been shown.
    """
    told = sorted(map(repr, map(astuple, moves)))
    return sha256("\n".join(told).encode()).hexdigest()[:_SEAL]
