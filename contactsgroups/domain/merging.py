"""Two people changed the same thing: what becomes of it, value by value (a three-way merge).

A value that only one of them changed is that one's; lists are joined as sets.  Only where both
changed a value, each to another one, must a person choose.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Value = str | bool | tuple[str, ...] | frozenset[str]
"""A set is a list whose order says nothing; a tuple is one value of several parts."""


@dataclass(frozen=True, slots=True)
class MergedValue:
    """What a value was, what both made of it, and what it is then.

    ``base`` is None where nobody knows what it was.  ``result`` is None where both changed it, each
    to another value, so that a person must choose.
    """

    base: Value | None
    theirs: Value
    mine: Value
    result: Value | None

    @property
    def is_conflict(self) -> bool:
        """Whether a person must choose."""
        return self.result is None

    @property
    def is_theirs(self) -> bool:
        """Whether they changed it."""
        return self.theirs != self.base

    @property
    def is_mine(self) -> bool:
        """Whether I changed it."""
        return self.mine != self.base


def merge(
    base: Mapping[str, Value] | None, theirs: Mapping[str, Value], mine: Mapping[str, Value]
) -> dict[str, MergedValue]:
    """Merge two states, by the names of their values, that were made of the same ``base``.

    Args:
        base: None if it is not known; then whatever differs is a conflict, and of sets the union
            is taken, so that nothing is lost.
        theirs: what is stored now.
        mine: what was typed.
    """
    known = base or {}
    return {
        name: merge_value(known.get(name), theirs[name], mine[name])
        for name in mine
        if name in theirs
    }


def merge_value(base: Value | None, theirs: Value, mine: Value) -> MergedValue:
    """Merge one value.

    >>> merge_value("a", "a", "b").result, merge_value("a", "c", "b").result
    ('b', None)
    """
    if isinstance(theirs, frozenset) and isinstance(mine, frozenset):
        return MergedValue(base, theirs, mine, _merge_sets(base, theirs, mine))
    result = theirs if mine in (base, theirs) else mine if theirs == base else None
    return MergedValue(base, theirs, mine, result)


def _merge_sets(base: Value | None, theirs: frozenset[str], mine: frozenset[str]) -> frozenset[str]:
    """Add to theirs what I added, and take from it what I took away."""
    known = base if isinstance(base, frozenset) else theirs & mine
    return (theirs | (mine - known)) - (known - mine)
