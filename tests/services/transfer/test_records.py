"""Records say what a file says, whatever line it says it on."""

from contactsgroups.domain.group import Role
from contactsgroups.services.transfer.records import (
    NOWHERE,
    AccountRecord,
    Fault,
    MemberRole,
    Place,
)


def test_records_are_the_same_wherever_they_were_read() -> None:
    here = AccountRecord(address="ada@example.org", place=Place("a.csv", 2))
    there = AccountRecord(address="ada@example.org", place=Place("b.csv", 7))
    assert here == there
    assert here != AccountRecord(address="ada@example.org", title="")


def test_faults_are_told_in_the_order_of_the_files_and_by_the_number_of_the_line() -> None:
    faults = [
        Fault(Place("b.csv", 1), "one"),
        Fault(Place("a.csv", 10), "two"),
        Fault(Place("a.csv", 9), "three"),
        Fault(NOWHERE, "four"),
    ]
    assert [str(fault) for fault in sorted(faults)] == [
        ":0: four",
        "a.csv:9: three",
        "a.csv:10: two",
        "b.csv:1: one",
    ]


def test_every_role_can_be_named_in_a_file() -> None:
    assert {*MemberRole} == {"member", *Role}
