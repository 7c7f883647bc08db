"""Members: added with a report, removed with care, found again."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import (
    InvalidAddress,
    InvalidInput,
    MemberNotFound,
    MembersAreDerived,
    MembershipCycle,
    NoMembers,
)
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.groups import members
from tests.directories import add_account, add_accounts, add_group


def recipients(database: Database, uuid: str) -> list[str]:
    mailboxes = members.list_recipients(database, OPERATOR, uuid)
    return [each.removesuffix("@example.org") for each in mailboxes]


def test_a_pasted_list_is_added_as_far_as_possible_and_reported(database: Database) -> None:
    group = add_group(database, "sales@example.org", "ada@example.org")
    report = members.add_members(
        database,
        OPERATOR,
        group.uuid,
        ["Bob@Example.org", "ADA@example.org", "typo", "nobody@example.org", "x@elsewhere.example"],
    )
    assert report.added == ("bob@example.org", "x@elsewhere.example")
    assert report.already == ("ada@example.org",)
    assert [(each.text, each.reason.split(": ")[1]) for each in report.refused] == [
        ("typo", "there is no @ in it"),
        ("nobody@example.org", "there is no such account, alias or group in example.org"),
    ]
    assert recipients(database, group.uuid) == ["ada", "bob", "x@elsewhere.example"]
    assert groups.show_group(database, OPERATOR, group.uuid).external_count == 1


def test_adding_one_member_twice_is_harmless_and_a_faulty_one_raises(database: Database) -> None:
    group = add_group(database, "sales@example.org", "ada@example.org")
    assert members.add_member(database, OPERATOR, group.uuid, "bob@example.org") is True
    assert members.add_member(database, OPERATOR, group.uuid, "bob@example.org") is False
    with pytest.raises(InvalidAddress):
        members.add_member(database, OPERATOR, group.uuid, "nobody@example.org")


def test_a_paste_of_absurd_size_is_refused_as_a_whole(database: Database) -> None:
    group = add_group(database, "sales@example.org", "ada@example.org")
    with pytest.raises(InvalidInput):
        members.add_members(database, OPERATOR, group.uuid, ["x@example.org"] * 50_001)


def test_the_last_member_stays(database: Database) -> None:
    group = add_group(database, "sales@example.org", "ada@example.org", "bob@example.org")
    members.remove_member(database, OPERATOR, group.uuid, "ADA@example.org")
    with pytest.raises(NoMembers):
        members.remove_member(database, OPERATOR, group.uuid, "bob@example.org")
    with pytest.raises(MemberNotFound):
        members.remove_member(database, OPERATOR, group.uuid, "ada@example.org")
    assert recipients(database, group.uuid) == ["bob"]


def test_a_cycle_is_refused_and_named(database: Database) -> None:
    a = add_group(database, "a@example.org", "ada@example.org")
    add_group(database, "b@example.org", "a@example.org")
    add_group(database, "c@example.org", "b@example.org")
    with pytest.raises(
        MembershipCycle, match=r"a@example\.org → c@example\.org → b@example\.org → a"
    ):
        members.add_member(database, OPERATOR, a.uuid, "c@example.org")
    report = members.add_members(database, OPERATOR, a.uuid, ["c@example.org", "bob@example.org"])
    assert report.added == ("bob@example.org",)
    assert "→" in report.refused[0].reason


def test_a_cycle_through_a_disabled_group_is_a_cycle(database: Database) -> None:
    a = add_group(database, "a@example.org", "ada@example.org")
    add_group(database, "b@example.org", "a@example.org", disabled=True)
    with pytest.raises(MembershipCycle):
        members.add_member(database, OPERATOR, a.uuid, "b@example.org")


def test_members_that_follow_the_directory_are_not_edited(database: Database) -> None:
    add_account(database, "ada@example.org", department="Sales")
    group = add_group(
        database, "sales@example.org", members=None, kind="department", department="Sales"
    )
    with pytest.raises(MembersAreDerived):
        members.add_member(database, OPERATOR, group.uuid, "bob@example.org")
    with pytest.raises(MembersAreDerived):
        members.remove_member(database, OPERATOR, group.uuid, "ada@example.org")
    assert members.remove_everywhere(database, OPERATOR, "ada@example.org") == ["sales@example.org"]


def test_where_is_and_remove_everywhere(database: Database) -> None:
    a = add_group(database, "a@example.org", "ada@example.org", "bob@example.org")
    add_group(database, "b@example.org", "ada@example.org")
    add_group(database, "c@example.org", "ada@example.org", "zoe@example.org")
    assert members.where_is(database, OPERATOR, "Ada@example.org") == [
        "a@example.org",
        "b@example.org",
        "c@example.org",
    ]
    assert members.remove_everywhere(database, OPERATOR, "ada@example.org") == ["b@example.org"]
    assert members.where_is(database, OPERATOR, "ada@example.org") == ["b@example.org"]
    assert recipients(database, a.uuid) == ["bob"]


def test_a_hidden_group_of_another_domain_is_as_if_it_were_not_there(database: Database) -> None:
    add_accounts(database, ["nia"], domain="example.net")
    add_group(
        database,
        "secret@example.net",
        "nia@example.net",
        show_in_contacts=False,
        show_members=False,
    )
    own = add_group(database, "own@example.org", "ada@example.org")
    actor = Principal(
        address=Address.parse("ada@example.org"), managed_domains=frozenset({"example.org"})
    )
    report = members.add_members(database, actor, own.uuid, ["secret@example.net"])
    assert report.added == ()
    assert "there is no such account, alias or group" in report.refused[0].reason


def test_a_closed_group_inside_stands_for_itself(database: Database) -> None:
    add_accounts(database, ["nia"], domain="example.net")
    add_group(database, "closed@example.net", "nia@example.net", show_members=False)
    own = add_group(database, "own@example.org", "ada@example.org", "closed@example.net")
    actor = Principal(
        address=Address.parse("ada@example.org"), managed_domains=frozenset({"example.org"})
    )
    assert members.list_recipients(database, actor, own.uuid) == [
        "ada@example.org",
        "closed@example.net",
    ]
    assert members.list_recipients(database, OPERATOR, own.uuid) == [
        "ada@example.org",
        "nia@example.net",
    ]
    shown = members.list_members(database, actor, own.uuid)
    assert [(each.address, each.name) for each in shown] == [
        ("ada@example.org", "Ada"),
        ("closed@example.net", ""),
    ]
