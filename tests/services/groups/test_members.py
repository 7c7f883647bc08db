"""Members: added with a report, removed with care, found again."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import (
    Conflict,
    ContactsGroupsError,
    InvalidAddress,
    InvalidInput,
    MemberNotFound,
    MembersAreDerived,
    MembershipCycle,
)
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.accounts import sharing
from contactsgroups.services.groups import members
from contactsgroups.services.groups.leaving import remove_everywhere
from tests.directories import add_account, add_accounts, add_alias, add_group, group_draft
from tests.services.conftest import LOCAL_ADMIN


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


@pytest.mark.parametrize("text", ["a@b", "root@localhost"])
def test_an_outside_address_whose_domain_has_no_dot_is_refused(small: Database, text: str) -> None:
    group = add_group(small, "sales@example.org", "ada@example.org")
    with pytest.raises(InvalidAddress, match="has no dot"):
        members.add_member(small, OPERATOR, group.uuid, text)


def test_a_domain_without_a_dot_that_is_served_here_has_members(small: Database) -> None:
    add_accounts(small, ["ida"], domain="intranet")
    group = add_group(small, "sales@example.org", "ada@example.org")
    assert members.add_member(small, OPERATOR, group.uuid, "ida@intranet")


def test_the_last_member_stays(database: Database) -> None:
    group = add_group(database, "sales@example.org", "ada@example.org", "bob@example.org")
    members.remove_member(database, OPERATOR, group.uuid, "ADA@example.org")
    with pytest.raises(Conflict, match="is the last member"):
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


def test_an_address_is_found_in_its_groups(database: Database) -> None:
    add_group(database, "a@example.org", "ada@example.org", "bob@example.org")
    add_group(database, "b@example.org", "ada@example.org")
    add_group(database, "c@example.org", "ada@example.org", "zoe@example.org")
    assert members.where_is(database, OPERATOR, "Ada@example.org") == [
        "a@example.org",
        "b@example.org",
        "c@example.org",
    ]


def test_a_hidden_group_of_another_domain_is_as_if_it_were_not_there(database: Database) -> None:
    add_accounts(database, ["nia"], domain="example.net")
    sharing.share_domain(database, OPERATOR, "example.net", "example.org")
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


_HAD = ("nia", "off", "desk", "net", "secret")
"""An account, one that is not active, an alias, a group and a hidden group, all in example.net."""


def add_neighbours(database: Database) -> None:
    add_account(database, "nia@example.net")
    add_account(database, "off@example.net", active=False)
    add_alias(database, "desk@example.net", "nia@example.net")
    add_group(database, "net@example.net", "nia@example.net")
    add_group(database, "secret@example.net", "nia@example.net", show_in_contacts=False)


def test_adding_members_does_not_tell_who_is_in_a_domain_that_is_not_shown(small: Database) -> None:
    add_neighbours(small)
    own = add_group(small, "own@example.org", "ada@example.org")
    # A group that contains the own one: a circle would tell of it, too.
    add_group(small, "around@example.net", "own@example.org")

    def answers(name: str, number: int) -> list[object]:
        found: list[object] = []
        address = f"{name}@example.net"
        report = members.add_members(small, LOCAL_ADMIN, own.uuid, [address, "bob@example.org"])
        found += [report.added or report.already, [each.reason for each in report.refused]]
        for ask in (
            lambda: members.add_member(small, LOCAL_ADMIN, own.uuid, address),
            lambda: members.remove_member(small, LOCAL_ADMIN, own.uuid, address),
            lambda: remove_everywhere(small, LOCAL_ADMIN, address),
            lambda: members.where_is(small, LOCAL_ADMIN, address),
            lambda: groups.create_group(
                small,
                LOCAL_ADMIN,
                group_draft(f"new{number}@example.org", members=["ada@example.org", address]),
            ),
        ):
            try:
                found.append(ask())
            except ContactsGroupsError as error:
                found.append((type(error), str(error)))
        return [str(each).replace(name + "@", "x@") for each in found]

    missing = answers("nobody", 0)
    for number, name in enumerate((*_HAD, "around"), 1):
        assert answers(name, number) == missing, name
    assert "not shown to you" in missing[1]
    sharing.share_domain(small, OPERATOR, "example.net", "example.org")
    shown = members.add_members(
        small, LOCAL_ADMIN, own.uuid, [f"{name}@example.net" for name in _HAD]
    )
    assert [each.text for each in shown.refused] == ["secret@example.net"]


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
