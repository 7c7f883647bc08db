"""What an import reads and an export writes: plain records, whatever the file format.

A value of None means that the file says nothing of it.  Texts are as they were typed; the import
checks them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from contactsgroups.domain.group import Role, SettingValue

ALL_DOMAINS = "*"
"""Stands for every domain in an :class:`AdministratorRecord`."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a record was read: the file's name and the line, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = Place("", 0)
"""The place of records that were not read from a file."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A line that cannot be imported, and why, in a sentence fit to show."""

    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True, order=True)
class PassedOver:
    """Something that an import has no use for, and what it is; nothing is wrong with it."""

    place: Place
    what: str


class MemberRole(StrEnum):
    """What an address is to a group: a member, or one of the roles of :class:`Role`."""

    MEMBER = "member"
    OWNER = Role.OWNER
    MODERATOR = Role.MODERATOR
    ALLOWED_SENDER = Role.ALLOWED_SENDER
    ALWAYS_MEMBER = Role.ALWAYS_MEMBER
    NEVER_MEMBER = Role.NEVER_MEMBER


DATED = frozenset({MemberRole.MEMBER, MemberRole.ALWAYS_MEMBER})
"""Who may have a last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainRecord:
    """A mail domain."""

    name: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentRecord:
    """A department of a domain; ``path`` is ``Sales/Europe``."""

    domain: str
    path: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecord:
    """A local mailbox.

    ``attributes`` are those that the file says something of; an empty value takes one away.
    ``has_all_attributes`` says that there are no others than those.
    """

    address: str
    display_name: str | None = None
    department: str | None = None
    title: str | None = None
    location: str | None = None
    active: bool | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    has_all_attributes: bool = field(default=False, compare=False)
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasRecord:
    """One more address of an account."""

    address: str
    account: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministratorRecord:
    """An account that administers a domain, or every one (:data:`ALL_DOMAINS`)."""

    address: str
    domain: str = ALL_DOMAINS
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRecord:
    """A mail group without its members, who are records of their own.

    ``settings`` has those of :class:`GroupSettings`, by name, that the file says something of.
    """

    address: str
    settings: Mapping[str, SettingValue] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipRecord:
    """An address and what it is to a group.

    ``until`` is the last day of one of :data:`DATED`, as ``2027-01-31``; an empty text says that
    there is none.
    """

    group: str
    address: str
    role: MemberRole = MemberRole.MEMBER
    until: str | None = None
    place: Place = field(default=NOWHERE, compare=False)


Record = (
    DomainRecord
    | DepartmentRecord
    | AccountRecord
    | AliasRecord
    | AdministratorRecord
    | GroupRecord
    | MembershipRecord
)
Item = Record | Fault | PassedOver
"""What is found in a file."""
