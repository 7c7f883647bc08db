"""What a caller changed: the units of work that were committed on its behalf.

A use case returns what it was asked for, not which entries of the audit log it made.  A face that
offers to undo what was just done collects the receipts while it calls use cases.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Receipt:
    """A unit of work that was committed, and what the audit log says of it ("change group")."""

    work_id: str
    actions: frozenset[str]


_COLLECTED: ContextVar[list[Receipt] | None] = ContextVar("contactsgroups_receipts", default=None)


@contextmanager
def collecting() -> Iterator[list[Receipt]]:
    """Collect the receipts of all that is committed within, in this thread or task."""
    before = _COLLECTED.get()
    try:
        yield begin()
    finally:
        _COLLECTED.set(before)


def begin() -> list[Receipt]:
    """Collect receipts in the list that is returned, until :func:`end`."""
    receipts: list[Receipt] = []
    _COLLECTED.set(receipts)
    return receipts


def end() -> None:
    """Collect no more."""
    _COLLECTED.set(None)


def note(work_id: str, actions: Collection[str]) -> None:
    """Note that a unit of work was committed; one that changed nothing leaves no receipt."""
    receipts = _COLLECTED.get()
    if receipts is not None and actions:
        receipts.append(Receipt(work_id, frozenset(actions)))
