"""What differs between two directories, in an order in which it can be done."""

import pytest

from contactsgroups.domain.errors import MembershipCycle
from contactsgroups.services.transfer.plan import compare
from contactsgroups.services.transfer.records import (
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DomainRecord,
    MemberRole,
)
from contactsgroups.services.transfer.snapshot import DirectorySnapshot
from tests.directories import group_record
from tests.services.transfer.snapshots import company, directory, member, merge


def test_the_same_directory_needs_nothing() -> None:
    plan = compare(company(), company())
    assert plan == compare(DirectorySnapshot(), DirectorySnapshot())
    assert plan.differences == []


def test_what_is_new_and_what_is_changed_are_told_apart() -> None:
    stored = merge(
        company(), AliasRecord(address="desk@example.org", account="ada@example.org")
    ).snapshot
    wanted = merge(
        stored,
        AccountRecord(address="Kim@example.org", title="Boss"),
        AccountRecord(address="bob@example.org", title="Clerk", active=False),
        AliasRecord(address="desk@example.org", account="bob@example.org"),
        AliasRecord(address="d@example.org", account="ada@example.org"),
    ).snapshot
    plan = compare(stored, wanted)
    assert [each.address for each in plan.new_accounts] == ["kim@example.org"]
    assert [each.address for each in plan.changed_accounts] == ["bob@example.org"]
    assert [each.address for each in plan.new_aliases] == ["d@example.org"]
    assert [each.account for each in plan.changed_aliases] == ["bob@example.org"]
    told = {each.name: each for each in plan.differences}
    assert {name: each.is_new for name, each in told.items()} == {
        "Kim@example.org": True,
        "bob@example.org": False,
        "desk@example.org": False,
        "d@example.org": True,
    }
    changes = {(each.field, each.before, each.after) for each in told["bob@example.org"].values}
    assert changes == {("title", "", "Clerk"), ("active", True, False)}
    assert [each.before for each in told["desk@example.org"].values] == ["ada@example.org"]


def test_members_and_roles_are_told_as_they_are_spelled() -> None:
    stored = merge(company(), member("team", "X@side.example")).snapshot
    wanted = merge(
        stored,
        member("team", "Ada@Example.org"),
        member("team", "Y@side.example"),
        member("team", "Bob@example.org", MemberRole.OWNER),
        replace=True,
    ).snapshot
    (difference,) = compare(stored, wanted).differences
    told = {each.role: (each.joining, each.leaving) for each in difference.roles}
    assert told == {
        "member": (("Y@side.example",), ("bob@example.org", "X@side.example")),
        "owner": (("Bob@example.org",), ()),
    }


def test_a_group_comes_after_those_that_it_contains() -> None:
    names = ["a", "b", "c", "d"]
    new = merge(
        company(),
        *(group_record(f"{name}@example.org", display_name=name) for name in names),
        *(member(outer, inner) for outer, inner in zip("abc", "bcd", strict=True)),
        member("d", "eve"),
        member("team", "a"),
    )
    assert new.faults == []
    order = [address.partition("@")[0] for address, _ in compare(company(), new.snapshot).groups]
    assert order == ["d", "c", "b", "a", "team"]


def test_stored_groups_that_contain_each_other_cannot_be_written() -> None:
    """Only a database that was written to by hand has them."""
    wanted = company()
    for group, inside in (("team", "all"), ("all", "team")):
        copy = wanted.groups[f"{group}@example.org"].copy()
        copy.roles[MemberRole.MEMBER][f"{inside}@example.org"] = f"{inside}@example.org"
        copy.roles[MemberRole.MEMBER]["eve@example.org"] = "eve@example.org"
        wanted.groups[f"{group}@example.org"] = copy
    with pytest.raises(MembershipCycle):
        compare(company(), wanted)


def test_the_domains_to_administer_are_those_that_change() -> None:
    two = directory(
        DomainRecord(name="example.org"),
        DomainRecord(name="example.net"),
        AccountRecord(address="ada@example.org"),
    )
    assert compare(two, two).managed_domains == set()
    for record, domains in (
        (AccountRecord(address="nia@example.net"), {"example.net"}),
        (AccountRecord(address="ada@example.org", title="x"), {"example.org"}),
        (AliasRecord(address="a@example.net", account="ada@example.org"), {"example.net"}),
    ):
        assert compare(two, merge(two, record).snapshot).managed_domains == domains


def test_an_administrator_of_all_domains_is_one_without_a_domain() -> None:
    wanted = merge(
        company(),
        AdministratorRecord(address="ada@example.org"),
        AdministratorRecord(address="bob@example.org", domain="Example.org"),
    ).snapshot
    assert compare(company(), wanted).administrators == [
        ("ada@example.org", None),
        ("bob@example.org", "example.org"),
    ]
