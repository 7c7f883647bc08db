"""The whole directory in memory, by normalised address: what is stored, and what is to be."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.group import GroupKind, GroupSwitches, PostingPolicy
from contactsgroups.services.transfer.records import (
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DepartmentRecord,
    DomainRecord,
    GroupRecord,
    MemberRole,
    MembershipRecord,
    Record,
)

Value = str | bool
Values = Mapping[str, Value]
Members = dict[str, str]
"""Normalised address to the spelling that was given."""

SWITCHES = tuple(GroupSwitches.__dataclass_fields__)
ACCOUNT_FIELDS = ("display_name", "department", "title", "location", "active")
_GROUP_TEXTS = (
    "display_name",
    "description",
    "kind",
    "posting_policy",
    "department",
    "rule",
)
GROUP_FIELDS = (*_GROUP_TEXTS, *SWITCHES)

NEW_ACCOUNT: Values = {
    "display_name": "",
    "department": "",
    "title": "",
    "location": "",
    "active": True,
}
_NEW_SWITCHES = GroupSwitches()
NEW_GROUP: Values = {
    "display_name": "",
    "description": "",
    "kind": GroupKind.STATIC.value,
    "posting_policy": PostingPolicy.SAME_DOMAIN.value,
    "department": "",
    "rule": "",
    **{name: getattr(_NEW_SWITCHES, name) for name in SWITCHES},
}


@dataclass(slots=True)
class GroupSnapshot:
    """A group's values, and who is what in it."""

    original: str
    values: Values
    roles: dict[MemberRole, Members] = field(
        default_factory=lambda: {role: {} for role in MemberRole}
    )

    @property
    def is_derived(self) -> bool:
        """Whether the members follow from the accounts and are therefore not listed here."""
        return GroupKind(str(self.values["kind"])).is_derived

    def forget_members(self) -> None:
        """Take out the members, whatever else their roles are."""
        self.roles[MemberRole.MEMBER] = {}

    def copy(self) -> "GroupSnapshot":
        """Return a copy whose roles can be changed."""
        roles = {role: dict(members) for role, members in self.roles.items()}
        return GroupSnapshot(self.original, self.values, roles)


@dataclass(slots=True)
class DirectorySnapshot:
    """Domains, departments, accounts, aliases, administrators and groups.

    Accounts and aliases keep their original spelling beside their values.
    """

    domains: set[str] = field(default_factory=set)
    departments: set[tuple[str, str]] = field(default_factory=set)
    accounts: dict[str, tuple[str, Values]] = field(default_factory=dict)
    aliases: dict[str, tuple[str, str]] = field(default_factory=dict)
    administrators: set[tuple[str, str]] = field(default_factory=set)
    groups: dict[str, GroupSnapshot] = field(default_factory=dict)

    def copy(self) -> "DirectorySnapshot":
        """Return a copy that can be changed; groups are replaced in it, never changed."""
        return DirectorySnapshot(
            set(self.domains),
            set(self.departments),
            dict(self.accounts),
            dict(self.aliases),
            set(self.administrators),
            dict(self.groups),
        )

    def holder_of(self, address: str) -> str | None:
        """Return what holds a normalised address: account, alias, group, or None."""
        if address in self.accounts:
            return "account"
        if address in self.aliases:
            return "alias"
        return "group" if address in self.groups else None

    def members_of(self, group: str) -> Collection[str] | None:
        """Return a group's direct members, for the rules of ``domain.expansion``."""
        image = self.groups.get(group)
        return None if image is None else image.roles[MemberRole.MEMBER]


class AddressReader:
    """Parses addresses, each spelling once: a large file names the same people again and again."""

    def __init__(self) -> None:
        self._known: dict[str, Address | InvalidAddress] = {}

    def __call__(self, text: str) -> Address:
        """Return the address.

        Raises:
            InvalidAddress: as ``Address.parse`` does.
        """
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = _parse(text)
        if isinstance(found, InvalidAddress):
            raise found
        return found


def _parse(text: str) -> Address | InvalidAddress:
    try:
        return Address.parse(text)
    except InvalidAddress as error:
        return error


def snapshot_of(stored: Iterable[Record], read: Callable[[str], Address]) -> DirectorySnapshot:
    """Return the image of records that were exported, which are right and complete."""
    image = DirectorySnapshot()
    for record in stored:
        match record:
            case DomainRecord():
                image.domains.add(record.name)
            case DepartmentRecord():
                image.departments.add((record.domain, record.path))
            case AccountRecord():
                values = given(record)
                image.accounts[str(read(record.address))] = (record.address, values)
            case AliasRecord():
                image.aliases[str(read(record.address))] = (record.address, record.account)
            case AdministratorRecord():
                image.administrators.add((record.address, record.domain))
            case GroupRecord():
                group = GroupSnapshot(record.address, given(record))
                image.groups[str(read(record.address))] = group
            case MembershipRecord():
                roles = image.groups[record.group].roles
                roles[record.role][str(read(record.address))] = record.address
    return image


def given(record: AccountRecord | GroupRecord) -> dict[str, Value]:
    """Return the values that a record states, without those it says nothing of."""
    names = _GROUP_TEXTS if isinstance(record, GroupRecord) else ACCOUNT_FIELDS
    values = ((name, getattr(record, name)) for name in names)
    stated = {name: value for name, value in values if value is not None}
    if isinstance(record, GroupRecord):
        stated |= record.switches
    return stated
