"""Merge members and roles into a copy of the directory: the second half of a merge."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import (
    ContactsGroupsError,
    GroupNotFound,
    InvalidAddress,
    InvalidInput,
    MembersAreDerived,
    MembershipCycle,
    NoMembers,
)
from contactsgroups.domain.expansion import find_cycle
from contactsgroups.domain.group import PINS
from contactsgroups.domain.last_day import read_last_day
from contactsgroups.services.groups.last_days import require_open_now
from contactsgroups.services.groups.members import ADDRESSES_LIMIT, unknown_local_address
from contactsgroups.services.transfer.merge import Merge
from contactsgroups.services.transfer.records import (
    DATED,
    Fault,
    MemberRole,
    MembershipRecord,
    Place,
)
from contactsgroups.services.transfer.snapshot import DirectorySnapshot, GroupSnapshot


def merge_memberships(merge: Merge, stored: DirectorySnapshot, *, replace: bool) -> None:
    """Give the groups of the merge the members that the files name.

    Args:
        stored: the state to which a group that ends up without members is reset.
        replace: remove the addresses that the files do not name, in each group and role that
            they name an address for without a fault.
    """
    _MembershipMerge(merge, stored).run(replace=replace)


@dataclass(slots=True)
class _Named:
    """The addresses that the files name for a role in a group; ``faulty`` if a line conflicts."""

    lines: dict[str, "_Line"] = field(default_factory=dict)
    faulty: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """What a line says of an address; ``until`` as in the record."""

    address: Address
    until: str | None
    place: Place


class _MembershipMerge:
    def __init__(self, merge: Merge, stored: DirectorySnapshot) -> None:
        self._merge = merge
        self._snapshot = merge.snapshot
        self._stored = stored
        self._named: dict[tuple[str, MemberRole], _Named] = defaultdict(_Named)
        self._copied: set[str] = set()

    def run(self, *, replace: bool) -> None:
        for record in self._merge.memberships:
            with self._merge.fault_at(record.place):
                self._accept(record)
        if replace:
            self._take_out_unnamed()
        for (group, role), named in self._named.items():
            for line in named.lines.values():
                with self._merge.fault_at(line.place):
                    self._put(group, role, line)
        self._drop_empty_groups()

    def _accept(self, record: MembershipRecord) -> None:
        """Check and collect a line on its own, without the other members."""
        group = str(self._merge.read(record.group))
        snapshot = self._snapshot.groups.get(group)
        if snapshot is None:
            raise GroupNotFound(f"there is no group {group}")
        self._merge.places.setdefault(group, record.place)
        named = self._named[group, record.role]
        with _marking_faulty(named):
            address = self._merge.read(record.address)
            if record.role is MemberRole.MEMBER:
                self._require_possible_member(snapshot, group, address)
            elif str(record.role) in PINS:
                self._require_possible_pin(snapshot, group, address)
            _require_possible_day(record)
            line = _Line(address, record.until, record.place)
            earlier = named.lines.setdefault(str(address), line)
            if earlier.until is None:
                named.lines[str(address)] = replace(earlier, until=line.until)
            elif line.until not in {None, earlier.until}:
                raise InvalidInput(f"{address} is described differently at {earlier.place}")

    def _require_possible_member(
        self, snapshot: GroupSnapshot, group: str, address: Address
    ) -> None:
        if snapshot.is_derived:
            raise MembersAreDerived(f"members of {group} follow the directory")
        if address.domain in self._snapshot.domains and not self._snapshot.holder_of(str(address)):
            raise unknown_local_address(address)

    def _require_possible_pin(self, snapshot: GroupSnapshot, group: str, address: Address) -> None:
        if not snapshot.is_derived:
            raise InvalidInput(f"{group} has no pinned members: its members are named one by one")
        if (
            group.rpartition("@")[2] != address.domain
            or str(address) not in self._snapshot.accounts
        ):
            raise InvalidAddress(f"{address} is no account of the domain of {group}")

    def _take_out_unnamed(self) -> None:
        for (group, role), named in self._named.items():
            if named.faulty or not named.lines:
                continue
            snapshot = self._editable(group)
            for key in snapshot.roles[role].keys() - named.lines.keys():
                snapshot.remove(role, key)

    def _put(self, group: str, role: MemberRole, line: _Line) -> None:
        snapshot, key = self._editable(group), str(line.address)
        if key not in snapshot.roles[role]:
            self._add(snapshot, group, role, line.address)
        if line.until is not None:
            snapshot.end_after(key, read_last_day(line.until))

    def _add(self, snapshot: GroupSnapshot, group: str, role: MemberRole, address: Address) -> None:
        members, key = snapshot.roles[role], str(address)
        if len(members) >= ADDRESSES_LIMIT:
            raise InvalidInput(f"{group} would have more than {ADDRESSES_LIMIT} members")
        if role is MemberRole.MEMBER and key in self._snapshot.groups:
            path = find_cycle(group, key, self._snapshot.members_of)
            if path is not None:
                raise MembershipCycle(path)
        members[key] = address.original

    def _editable(self, group: str) -> GroupSnapshot:
        """Return a group of the merge that does not share its members with the stored one."""
        if group not in self._copied:
            self._copied.add(group)
            self._snapshot.groups[group] = self._snapshot.groups[group].copy()
        return self._snapshot.groups[group]

    def _drop_empty_groups(self) -> None:
        """Reset groups without members; groups that contain them may be next."""
        waiting = sorted(self._merge.places)
        while empty := [group for group in waiting if self._is_empty(group)]:
            for group in empty:
                self._undo(group)
            gone = {group for group in empty if group not in self._snapshot.groups}
            self._remove_members(gone)

    def _is_empty(self, group: str) -> bool:
        snapshot = self._snapshot.groups.get(group)
        if snapshot is None or snapshot is self._stored.groups.get(group):
            return False
        return not snapshot.is_derived and not snapshot.roles[MemberRole.MEMBER]

    def _undo(self, group: str) -> None:
        error = NoMembers(f"{group}: a group needs at least one member")
        self._merge.faults.append(Fault(self._merge.places[group], str(error)))
        if group in self._stored.groups:
            self._snapshot.groups[group] = self._stored.groups[group]
        else:
            del self._snapshot.groups[group]

    def _remove_members(self, gone: set[str]) -> None:
        for (group, role), named in self._named.items():
            if role is not MemberRole.MEMBER or group not in self._snapshot.groups:
                continue
            for key in gone & named.lines.keys():
                line = named.lines.pop(key)
                self._editable(group).remove(role, key)
                fault = Fault(line.place, str(unknown_local_address(line.address)))
                self._merge.faults.append(fault)


def _require_possible_day(record: MembershipRecord) -> None:
    if not record.until:
        return
    if record.role not in DATED:
        raise InvalidInput("only members have a last day", field="until")
    require_open_now(read_last_day(record.until))


@contextmanager
def _marking_faulty(named: _Named) -> Iterator[None]:
    try:
        yield
    except ContactsGroupsError:
        named.faulty = True
        raise
