"""The brake: which changes of a group's derived members wait until they are confirmed.

A rule that is mistyped, or a directory that comes without half of its people, moves many members at
once, and mail goes astray.  So a large move, or one that leaves nobody, is confirmed first.
"""

from dataclasses import dataclass


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

    def __str__(self) -> str:
        if self.after == 0:
            members = "its only member" if self.before == 1 else f"all {self.before} members"
            return f"{self.address} would lose {members}"
        gained = f"get {self.added} {'other' if self.removed else 'more'}"
        lost = f"lose {self.removed} of {self.before} members"
        parts = [lost] * bool(self.removed) + [gained] * bool(self.added)
        return f"{self.address} would {' and '.join(parts)}"
