"""Many members removed at once: by name, or all that a filter finds."""

import pytest

from contactsgroups.domain.errors import MembersAreDerived, Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.groups import member_removal
from contactsgroups.services.groups.member_filtering import MemberFilter, MemberKind
from contactsgroups.services.groups.member_listing import addresses_found
from contactsgroups.services.groups.member_removal import remove_found, remove_members
from tests.directories import add_group

PLAIN = MemberFilter()


def test_what_a_filter_finds_goes_and_the_rest_stays(database: Database) -> None:
    uuid = add_group(
        database, "all@example.org", "ada@example.org", "x@side.example", "y@side.example"
    ).uuid
    outside = MemberFilter(kinds=frozenset({MemberKind.EXTERNAL}))
    removal = remove_found(database, OPERATOR, uuid, outside)
    assert removal.removed == ("x@side.example", "y@side.example")
    assert addresses_found(database, OPERATOR, uuid, PLAIN) == ["ada@example.org"]


def test_of_all_members_one_stays_and_is_named(database: Database) -> None:
    uuid = add_group(database, "all@example.org", "ada@example.org", "bob@example.org").uuid
    removal = remove_found(database, OPERATOR, uuid, PLAIN)
    assert len(removal.removed) == 1
    ((refused),) = removal.refused
    assert "is the last member of all@example.org" in refused.reason
    assert addresses_found(database, OPERATOR, uuid, PLAIN) == [refused.text]


def test_who_is_no_member_any_more_is_no_fault(small: Database) -> None:
    uuid = add_group(small, "all@example.org", "ada@example.org", "bob@example.org").uuid
    removal = remove_members(small, OPERATOR, uuid, ["bob@example.org", "eve@example.org"])
    assert removal.removed == ("bob@example.org",)
    assert not removal.refused


def test_a_failure_in_the_middle_says_how_far_it_came(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [f"p{number}@side.example" for number in range(5)]
    uuid = add_group(small, "all@example.org", *people).uuid
    monkeypatch.setattr(member_removal, "CHANGES_LIMIT", 2)
    whole, calls = member_removal.change_members, []

    def fail_later(*args: object, **values: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise Unavailable("the database does not answer")
        return whole(*args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(member_removal, "change_members", fail_later)
    removal = remove_members(small, OPERATOR, uuid, people)
    assert (removal.removed, removal.left) == (tuple(people[:2]), 3)
    assert isinstance(removal.stopped, Unavailable)
    assert addresses_found(small, OPERATOR, uuid, PLAIN) == people[2:]


def test_members_that_follow_the_directory_stay(small: Database) -> None:
    uuid = add_group(
        small, "all@example.org", kind="dynamic", rule='address contains "a"', members=None
    ).uuid
    with pytest.raises(MembersAreDerived):
        remove_found(small, OPERATOR, uuid, PLAIN)
