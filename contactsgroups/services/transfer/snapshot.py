"""The whole directory in memory, by normalised address: stored, or as it is to be."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from contactsgroups.domain.address import Address
from contactsgroups.domain.attributes import attribute_field
from contactsgroups.domain.errors import AddressInUse, InvalidAddress
from contactsgroups.domain.group import GroupKind, GroupSettings, SettingValue
from contactsgroups.services.transfer.records import (
    DATED,
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

Values = Mapping[str, SettingValue]
"""By name; of accounts, attributes that there are as well, as ``attribute.cost_center``."""
Members = dict[str, str]
"""Normalised address to the spelling that was given."""

ACCOUNT_FIELDS = ("display_name", "department", "title", "location", "active")
NEW_ACCOUNT: Values = {
    "display_name": "",
    "department": "",
    "title": "",
    "location": "",
    "active": True,
}
NEW_GROUP = GroupSettings()


@dataclass(slots=True)
class GroupSnapshot:
    """A group's settings, members and roles.

    ``last_days`` has those of the members whose membership ends, by their normalised addresses; of
    a group that follows the directory, those of its always-members.
    """

    original: str
    settings: GroupSettings
    roles: dict[MemberRole, Members] = field(
        default_factory=lambda: {role: {} for role in MemberRole}
    )
    last_days: dict[str, date] = field(default_factory=dict)

    @property
    def is_derived(self) -> bool:
        """Whether the members follow from the accounts and are therefore not listed here."""
        return GroupKind(self.settings.kind).is_derived

    def remove_members(self) -> None:
        """Remove the members, whatever their other roles."""
        self.roles[MemberRole.MEMBER] = {}
        self.last_days = {}

    def remove(self, role: MemberRole, address: str) -> None:
        """Remove an address from a role, if it is in it."""
        self.roles[role].pop(address, None)
        if role in DATED:
            self.last_days.pop(address, None)

    def end_after(self, address: str, until: date | None) -> None:
        """Give a member this last day, or none."""
        if until is None:
            self.last_days.pop(address, None)
        else:
            self.last_days[address] = until

    def copy(self) -> "GroupSnapshot":
        """Return a copy whose roles can be changed."""
        roles = {role: dict(members) for role, members in self.roles.items()}
        return GroupSnapshot(self.original, self.settings, roles, dict(self.last_days))


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
    reserved: Mapping[str, AddressInUse] = field(default_factory=dict, compare=False)
    """Why addresses cannot be had that nobody has: deleted groups could be restored with them."""

    def copy(self) -> "DirectorySnapshot":
        """Return a copy that can be changed; groups are replaced in it, never changed."""
        return DirectorySnapshot(
            set(self.domains),
            set(self.departments),
            dict(self.accounts),
            dict(self.aliases),
            set(self.administrators),
            dict(self.groups),
            self.reserved,
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
        snapshot = self.groups.get(group)
        return None if snapshot is None else snapshot.roles[MemberRole.MEMBER]


class AddressReader:
    """Parses addresses, each spelling once: a large file repeats the same addresses."""

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
    """Return the snapshot of exported records, which are valid and complete."""
    snapshot = DirectorySnapshot()
    for record in stored:
        match record:
            case DomainRecord():
                snapshot.domains.add(record.name)
            case DepartmentRecord():
                snapshot.departments.add((record.domain, record.path))
            case AccountRecord():
                values = stated(record)
                snapshot.accounts[str(read(record.address))] = (record.address, values)
            case AliasRecord():
                snapshot.aliases[str(read(record.address))] = (record.address, record.account)
            case AdministratorRecord():
                snapshot.administrators.add((record.address, record.domain))
            case GroupRecord():
                settings = NEW_GROUP.changed(record.settings)
                group = GroupSnapshot(record.address, settings)
                snapshot.groups[str(read(record.address))] = group
            case MembershipRecord():
                group, address = snapshot.groups[record.group], str(read(record.address))
                group.roles[record.role][address] = record.address
                if record.until:
                    group.end_after(address, date.fromisoformat(record.until))
    return snapshot


def stated(record: AccountRecord) -> dict[str, SettingValue]:
    """Return the values that a record states, without those it says nothing of."""
    values = ((name, getattr(record, name)) for name in ACCOUNT_FIELDS)
    said = {name: value for name, value in values if value is not None}
    return said | {attribute_field(name): value for name, value in record.attributes.items()}
