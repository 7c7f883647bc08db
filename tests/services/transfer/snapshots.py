"""Directories in memory, for the parts of an import that need no database."""

from contactsgroups.services.transfer.memberships import merge_memberships
from contactsgroups.services.transfer.merge import Merge
from contactsgroups.services.transfer.records import (
    AccountRecord,
    DomainRecord,
    MemberRole,
    MembershipRecord,
    Place,
    Record,
)
from contactsgroups.services.transfer.snapshot import AddressReader, DirectorySnapshot
from tests.directories import group_record


def at(line: int) -> Place:
    return Place("f.csv", line)


def merge(
    stored: DirectorySnapshot, *records: Record, replace: bool = False, add_domains: bool = False
) -> Merge:
    """Both halves of a merge, as an import runs them."""
    result = Merge(stored, AddressReader(), add_domains=add_domains)
    result.take(records)
    merge_memberships(result, stored, replace=replace)
    return result


def directory(*records: Record) -> DirectorySnapshot:
    """A directory of records that fit."""
    result = merge(DirectorySnapshot(), *records)
    assert result.faults == []
    return result.snapshot


def company() -> DirectorySnapshot:
    """Ada, Bob and Eve in example.org; team@ with Ada and Bob, all@ with team@."""
    names = ("ada", "bob", "eve")
    return directory(
        DomainRecord(name="example.org"),
        *(AccountRecord(address=f"{name}@example.org", display_name=name) for name in names),
        *(group_record(f"{name}@example.org", display_name=name) for name in ("team", "all")),
        member("team", "ada"),
        member("team", "bob"),
        member("all", "team"),
    )


def member(
    group: str,
    name: str,
    role: MemberRole = MemberRole.MEMBER,
    line: int = 0,
    until: str | None = None,
) -> MembershipRecord:
    """A line that names somebody of example.org, or elsewhere, for a group of example.org."""
    address = name if "@" in name else f"{name}@example.org"
    place = at(line)
    return MembershipRecord(
        group=f"{group}@example.org", address=address, role=role, until=until, place=place
    )


def members_of(snapshot: DirectorySnapshot, group: str) -> list[str]:
    """The members of a group of example.org, those of example.org by their names."""
    found = snapshot.members_of(f"{group}@example.org") or ()
    return sorted(address.removesuffix("@example.org") for address in found)


def faults_of(result: Merge) -> list[str]:
    return [str(fault) for fault in result.faults]
