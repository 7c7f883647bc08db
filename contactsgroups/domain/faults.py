"""Everything that is wrong with what was typed, gathered so that it is said at once."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from contactsgroups.domain.errors import (
    AddressInUse,
    ContactsGroupsError,
    DepartmentNotFound,
    DomainNotFound,
    InvalidInput,
    MembersAreDerived,
    MembershipCycle,
    NoMembers,
    SeveralFaults,
)

FAULTS = (
    InvalidInput,
    DomainNotFound,
    DepartmentNotFound,
    AddressInUse,
    MembershipCycle,
    NoMembers,
    MembersAreDerived,
)
"""Errors about a value that was typed; all others end a request whatever else is wrong."""


class Faults:
    """A list of faults, each with the field that it belongs to."""

    def __init__(self) -> None:
        self.errors: list[ContactsGroupsError] = []
        self._noted: set[tuple[str | None, str]] = set()

    @contextmanager
    def at(self, field: str) -> Iterator[None]:
        """Note a fault that is raised within; it belongs to ``field`` unless it names another."""
        try:
            yield
        except FAULTS as error:
            self.note(error, field)

    def note(self, error: ContactsGroupsError, field: str | None = None) -> None:
        """Note a fault, or each of several; what was noted before is not noted again."""
        for each in error.errors if isinstance(error, SeveralFaults) else (error,):
            each.field = each.field or field
            key = each.field, str(each)
            if key not in self._noted:
                self._noted.add(key)
                self.errors.append(each)

    def note_all(self, errors: Iterable[ContactsGroupsError], field: str | None = None) -> None:
        """Note each of several faults."""
        for error in errors:
            self.note(error, field)

    def refuse(self) -> None:
        """Raise what was noted: a single fault as itself, several as one error.

        Raises:
            ContactsGroupsError, SeveralFaults: as long as anything was noted.
        """
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise SeveralFaults(self.errors)
