"""The difference a unit of work makes: each row as it was before and as it is after."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from contactsgroups.services.unit_of_work.audited_tables import (
    UNKNOWN,
    AuditedTable,
    Key,
    Row,
)


@dataclass(slots=True)
class Difference:
    """The change of one row; None means that there is no row.

    A group whose members or roles changed, and nothing else, has neither ``before`` nor ``after``;
    nor has an account of which only attributes did.
    """

    audited: AuditedTable
    key: Key
    before: Row | None = None
    after: Row | None = None
    parts: "dict[tuple[AuditedTable, Key], Difference]" = field(default_factory=dict)

    def insert(self, row: Row) -> None:
        """Note that the row is there now."""
        self.after = row

    def update(self, before: Row, after: Row) -> None:
        """Note new values; those that did not change are :data:`UNKNOWN` in both rows."""
        self.before = before if self.after is None else _fill(self.before, before)
        self.after = after if self.after is None else _overlay(self.after, after)

    def remove(self, row: Row) -> None:
        """Note that the row is gone; ``row`` is what it was last."""
        if self.after is not None:
            self.before = _fill(self.before, row)
        elif self.before is None:
            self.before = row
        self.after = None


class Differences:
    """The differences of a unit of work, each from the first state of a row to the last."""

    def __init__(self) -> None:
        self._open: dict[tuple[AuditedTable, Key], Difference] = {}
        self._closed: list[Difference] = []

    def __iter__(self) -> Iterator[Difference]:
        yield from self._closed
        yield from self._open.values()

    def insert(self, audited: AuditedTable, row: Row) -> None:
        """Note that a row was inserted."""
        key = audited.key_of(row)
        if audited.identity == ("id",) and (audited, key) in self._open:
            # SQLite gives the number of a deleted row to the next one.
            self._closed.append(self._open.pop((audited, key)))
        self._of(audited, key).insert(row)

    def update(self, audited: AuditedTable, before: Row, after: Row) -> None:
        """Note that a row was updated; values that did not change may be :data:`UNKNOWN`."""
        key = audited.key_of(after)
        if audited.key_of(before) == key:
            self._of(audited, key).update(before, after)
        else:
            self.remove(audited, before)
            self.insert(audited, after)

    def remove(self, audited: AuditedTable, row: Row) -> None:
        """Note that a row was deleted; one inserted in the same unit of work leaves no trace."""
        difference = self._of(audited, audited.key_of(row))
        difference.remove(row)
        if difference.before is None:
            del self._home(audited, difference.key)[audited, difference.key]

    def _of(self, audited: AuditedTable, key: Key) -> Difference:
        home = self._home(audited, key)
        found = home.get((audited, key))
        if found is None:
            found = home[audited, key] = Difference(audited, key)
        return found

    def _home(self, audited: AuditedTable, key: Key) -> dict[tuple[AuditedTable, Key], Difference]:
        """Return where a difference is kept: members and roles with their group's, and so on."""
        return self._of(audited.whole, key[:1]).parts if audited.whole else self._open


def _fill(row: Row | None, known: Row) -> Row | None:
    """Put known values where a row has unknown ones."""
    return row and tuple(
        old if value is UNKNOWN else value for value, old in zip(row, known, strict=True)
    )


def _overlay(row: Row, newer: Row) -> Row:
    """Put newer values over those of a row."""
    return tuple(value if new is UNKNOWN else new for value, new in zip(row, newer, strict=True))
