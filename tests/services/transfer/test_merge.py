"""What files say of everything but members is checked line by line and laid over a copy."""

from dataclasses import replace
from itertools import permutations

import pytest

from contactsgroups.services.transfer.plan import compare
from contactsgroups.services.transfer.records import (
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DepartmentRecord,
    DomainRecord,
    Record,
)
from contactsgroups.services.transfer.snapshot import DirectorySnapshot
from tests.directories import group_record
from tests.services.transfer.snapshots import at, company, faults_of, member, members_of, merge


def test_the_order_of_lines_makes_no_difference() -> None:
    """What is named by a line may come after it."""
    records: list[Record] = [
        group_record("g@new.example", display_name="G", kind="department", department="Sales"),
        AliasRecord(address="k@new.example", account="kim@new.example"),
        AdministratorRecord(address="kim@new.example", domain="new.example"),
        AccountRecord(address="kim@new.example", department="Sales/Europe"),
        DomainRecord(name="New.Example"),
    ]
    results = [merge(company(), *order) for order in permutations(records)]
    assert all(result.faults == [] for result in results)
    first = results[0].snapshot
    assert first.departments == {("new.example", "Sales"), ("new.example", "Sales/Europe")}
    assert all(result.snapshot == first for result in results)


def test_the_stored_directory_is_left_as_it_is() -> None:
    stored = company()
    merge(
        stored,
        DomainRecord(name="new.example"),
        AccountRecord(address="ada@example.org", title="Boss"),
        group_record("team@example.org", display_name="Other"),
        member("team", "eve"),
        replace=True,
    )
    assert stored == company()


def test_what_a_line_does_not_say_stays() -> None:
    stored = merge(company(), AccountRecord(address="ada@example.org", title="Boss")).snapshot
    snapshot = merge(stored, AccountRecord(address="ADA@example.org", location="Bonn")).snapshot
    original, values = snapshot.accounts["ada@example.org"]
    assert (original, values["title"], values["location"]) == ("ada@example.org", "Boss", "Bonn")
    assert values["display_name"] == "ada"


def test_a_line_that_does_not_fit_changes_nothing_and_the_next_one_counts() -> None:
    stored = company()
    result = merge(
        stored,
        AccountRecord(address="ada@example.org", title="Boss\0", location="Bonn", place=at(2)),
        AccountRecord(address="team@example.org", place=at(3)),
        AliasRecord(address="e@example.org", account="nobody@example.org", place=at(4)),
        AccountRecord(address="bob@example.org", title="Clerk", place=at(5)),
    )
    assert [fault.place.line for fault in result.faults] == [2, 3, 4]
    (difference,) = compare(stored, result.snapshot).differences
    assert difference.name == "bob@example.org"


def test_a_line_that_needs_what_a_faulty_one_would_have_made_is_left_out_too() -> None:
    result = merge(
        company(),
        AccountRecord(address="new@example.org", display_name="a\0", place=at(2)),
        AliasRecord(address="n@example.org", account="new@example.org", place=at(3)),
        AdministratorRecord(address="new@example.org", place=at(4)),
    )
    assert faults_of(result)[1:] == [
        "f.csv:3: there is no account new@example.org",
        "f.csv:4: there is no account new@example.org",
    ]


@pytest.mark.parametrize(
    "record",
    [
        AccountRecord(address="x@new.example"),
        DepartmentRecord(domain="new.example", path="Sales"),
        group_record("g@new.example", display_name="G", kind="dynamic", rule='title = "x"'),
        AdministratorRecord(address="ada@example.org", domain="new.example"),
    ],
)
def test_a_domain_that_is_not_served_is_a_fault_unless_domains_are_added(record: Record) -> None:
    refused = merge(company(), record)
    assert faults_of(refused) == [":0: the domain new.example is not served here"]
    accepted = merge(company(), record, add_domains=True)
    assert accepted.faults == []
    assert "new.example" in accepted.snapshot.domains


def test_saying_the_same_twice_is_harmless_and_saying_two_things_is_not() -> None:
    result = merge(
        company(),
        AccountRecord(address="ada@example.org", title="Boss", place=at(2)),
        AccountRecord(address="Ada@example.org", title="Boss", place=at(3)),
        AccountRecord(address="ada@example.org", title="Clerk", place=at(4)),
        AliasRecord(address="a@example.org", account="ada@example.org", place=at(5)),
        AliasRecord(address="a@example.org", account="bob@example.org", place=at(6)),
        group_record("team@example.org", place=at(7), description="One"),
        group_record("team@example.org", place=at(8), description="Two"),
    )
    assert faults_of(result) == [
        "f.csv:4: ada@example.org is described differently at f.csv:2",
        "f.csv:6: a@example.org is described differently at f.csv:5",
        "f.csv:8: team@example.org is described differently at f.csv:7",
    ]
    assert result.snapshot.accounts["ada@example.org"][1]["title"] == "Boss"
    assert result.snapshot.aliases["a@example.org"] == ("a@example.org", "ada@example.org")


def test_a_group_that_follows_the_directory_from_now_on_has_no_members_of_its_own() -> None:
    stored = company()
    changed = group_record(
        "team@example.org", kind="dynamic", rule='title   =   "boss"', display_name="Team"
    )
    result = merge(stored, changed)
    assert result.faults == []
    assert members_of(result.snapshot, "team") == []
    difference = compare(stored, result.snapshot).differences[0]
    assert {each.field: each.after for each in difference.values}["rule"] == 'title = "boss"'


def test_nothing_said_is_nothing_changed() -> None:
    assert merge(DirectorySnapshot()).snapshot == DirectorySnapshot()
    stored = company()
    assert compare(stored, merge(stored).snapshot).differences == []


def test_attributes_of_accounts_are_merged_by_name() -> None:
    def attributes(stored: DirectorySnapshot) -> dict[str, object]:
        _, values = stored.accounts["ada@example.org"]
        return {name: value for name, value in values.items() if name.startswith("attribute.")}

    first = AccountRecord(address="ada@example.org", attributes={"B": " x  y ", "a": "1"})
    stored = merge(company(), first).snapshot
    assert attributes(stored) == {"attribute.a": "1", "attribute.b": "x y"}
    more = AccountRecord(address="ada@example.org", attributes={"a": "", "c": "3"})
    assert attributes(merge(stored, more).snapshot) == {"attribute.b": "x y", "attribute.c": "3"}
    whole = replace(more, has_all_attributes=True)
    assert attributes(merge(stored, whole).snapshot) == {"attribute.c": "3"}


def test_a_line_with_a_faulty_attribute_is_left_out() -> None:
    lines = [
        AccountRecord(address=f"p{number}@example.org", attributes=attributes, place=at(number))
        for number, attributes in enumerate(
            [{"größe": "1"}, {"a": "1\n2"}, {f"a{each}": "1" for each in range(51)}, {"a": "1"}]
        )
    ]
    result = merge(company(), *lines)
    assert [fault.place.line for fault in result.faults] == [0, 1, 2]
    assert "p3@example.org" in result.snapshot.accounts
