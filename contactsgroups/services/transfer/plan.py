"""What an import would change: the difference of two snapshots of the directory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from contactsgroups.domain.errors import MembershipCycle
from contactsgroups.domain.group import SettingValue
from contactsgroups.services.transfer.records import ALL_DOMAINS, MemberRole
from contactsgroups.services.transfer.snapshot import (
    NEW_ACCOUNT,
    NEW_GROUP,
    DirectorySnapshot,
    GroupSnapshot,
    Values,
)


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value of an account or a group, before and after."""

    field: str
    before: SettingValue
    after: SettingValue


@dataclass(frozen=True, slots=True)
class RoleChange:
    """Addresses that join and leave a group in one role, in their original spelling."""

    role: MemberRole
    joining: tuple[str, ...]
    leaving: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something new or changed; ``kind`` is domain, department, account and so on."""

    kind: str
    name: str
    is_new: bool
    values: tuple[ValueChange, ...] = ()
    roles: tuple[RoleChange, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountTarget:
    """The wanted values of an account."""

    address: str
    original: str
    values: Values


@dataclass(frozen=True, slots=True)
class AliasTarget:
    """The wanted values of an alias, and the normalised address of its account."""

    address: str
    original: str
    account: str


@dataclass(slots=True)
class ImportPlan:
    """All changes, in an order in which they can be applied."""

    differences: list[Difference] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    departments: list[tuple[str, str]] = field(default_factory=list)
    new_accounts: list[AccountTarget] = field(default_factory=list)
    changed_accounts: list[AccountTarget] = field(default_factory=list)
    new_aliases: list[AliasTarget] = field(default_factory=list)
    changed_aliases: list[AliasTarget] = field(default_factory=list)
    administrators: list[tuple[str, str | None]] = field(default_factory=list)
    groups: list[tuple[str, GroupSnapshot]] = field(default_factory=list)

    @property
    def managed_domains(self) -> set[str]:
        """The domains that a principal must administer to carry this out."""
        accounts = (*self.new_accounts, *self.changed_accounts)
        addresses = [
            *(account.address for account in accounts),
            *(alias.address for alias in (*self.new_aliases, *self.changed_aliases)),
            *(address for address, _ in self.groups),
        ]
        return {address.rpartition("@")[2] for address in addresses}


def compare(stored: DirectorySnapshot, wanted: DirectorySnapshot) -> ImportPlan:
    """Return the changes that turn ``stored`` into ``wanted``."""
    plan = ImportPlan()
    _compare_domains(plan, stored, wanted)
    _compare_accounts(plan, stored, wanted)
    _compare_aliases(plan, stored, wanted)
    _compare_administrators(plan, stored, wanted)
    _compare_groups(plan, stored, wanted)
    return plan


def _compare_domains(
    plan: ImportPlan, stored: DirectorySnapshot, wanted: DirectorySnapshot
) -> None:
    plan.domains = sorted(wanted.domains - stored.domains)
    plan.departments = sorted(wanted.departments - stored.departments)
    plan.differences += [Difference("domain", name, is_new=True) for name in plan.domains]
    plan.differences += [
        Difference("department", f"{path} ({domain})", is_new=True)
        for domain, path in plan.departments
    ]


def _compare_accounts(
    plan: ImportPlan, stored: DirectorySnapshot, wanted: DirectorySnapshot
) -> None:
    for address, (original, values) in sorted(wanted.accounts.items()):
        known = stored.accounts.get(address)
        if known is not None and known[1] == values:
            continue
        before = NEW_ACCOUNT if known is None else known[1]
        changes = tuple(_value_changes(before, values))
        plan.differences.append(Difference("account", original, known is None, changes))
        target = AccountTarget(address, original, values)
        (plan.new_accounts if known is None else plan.changed_accounts).append(target)


def _compare_aliases(
    plan: ImportPlan, stored: DirectorySnapshot, wanted: DirectorySnapshot
) -> None:
    for address, (original, account) in sorted(wanted.aliases.items()):
        known = stored.aliases.get(address)
        if known is not None and known[1] == account:
            continue
        before = "" if known is None else known[1]
        change = ValueChange("account", before, account)
        plan.differences.append(Difference("alias", original, known is None, (change,)))
        target = AliasTarget(address, original, account)
        (plan.new_aliases if known is None else plan.changed_aliases).append(target)


def _compare_administrators(
    plan: ImportPlan, stored: DirectorySnapshot, wanted: DirectorySnapshot
) -> None:
    for address, domain in sorted(wanted.administrators - stored.administrators):
        change = ValueChange("domain", "", domain)
        plan.differences.append(Difference("administrator", address, True, (change,)))
        plan.administrators.append((address, None if domain == ALL_DOMAINS else domain))


def _compare_groups(plan: ImportPlan, stored: DirectorySnapshot, wanted: DirectorySnapshot) -> None:
    changed: dict[str, GroupSnapshot] = {}
    for address, group in sorted(wanted.groups.items()):
        known = stored.groups.get(address)
        if known is group:
            continue
        difference = _group_difference(group, known)
        if difference.is_new or difference.values or difference.roles:
            plan.differences.append(difference)
            changed[address] = group
    plan.groups = list(_innermost_first(changed))


def _group_difference(group: GroupSnapshot, known: GroupSnapshot | None) -> Difference:
    before = known.settings if known else NEW_GROUP
    values = _value_changes(before.values(), group.settings.values())
    days = _day_changes(group, known)
    roles = _role_changes(group, known)
    return Difference("group", group.original, known is None, (*values, *days), tuple(roles))


def _day_changes(group: GroupSnapshot, known: GroupSnapshot | None) -> Iterator[ValueChange]:
    before, after = known.last_days if known else {}, group.last_days
    role = MemberRole.ALWAYS_MEMBER if group.is_derived else MemberRole.MEMBER
    members = group.roles[role]
    for key in sorted(before.keys() | after.keys()):
        if key in members and before.get(key) != after.get(key):
            days = (each[key].isoformat() if key in each else "" for each in (before, after))
            yield ValueChange(f"until of {members[key]}", *days)


def _innermost_first(groups: dict[str, GroupSnapshot]) -> Iterator[tuple[str, GroupSnapshot]]:
    """Order groups so that each comes after those inside it: it can only contain what exists."""
    inside = {
        address: sorted(group.roles[MemberRole.MEMBER].keys() & groups.keys())
        for address, group in groups.items()
    }
    try:
        for address in TopologicalSorter(inside).static_order():
            yield address, groups[address]
    except CycleError as error:  # Only where the stored groups contain each other already.
        raise MembershipCycle(error.args[1]) from error


def _value_changes(before: Values, after: Values) -> Iterator[ValueChange]:
    """Yield what differs; an attribute that an account does not have is empty."""
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield ValueChange(name, old, new)


def _role_changes(group: GroupSnapshot, known: GroupSnapshot | None) -> Iterator[RoleChange]:
    for role in MemberRole:
        if group.is_derived and role is MemberRole.MEMBER:
            continue
        after, before = group.roles[role], known.roles[role] if known else {}
        joining = tuple(after[key] for key in sorted(after.keys() - before.keys()))
        leaving = tuple(before[key] for key in sorted(before.keys() - after.keys()))
        if joining or leaving:
            yield RoleChange(role, joining, leaving)
