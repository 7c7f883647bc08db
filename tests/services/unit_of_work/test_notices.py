"""New members are told, once for each addition, and only where their group does so."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.groups import members
from contactsgroups.services.groups.deleted_groups import restore_group
from contactsgroups.services.groups.member_changes import change_members
from contactsgroups.services.groups.requests import approve_request, join_group, list_own_requests
from contactsgroups.services.transfer.records import MemberRole, MembershipRecord
from tests.directories import add_account, add_alias, add_group
from tests.outbox import clear_outbox, told, waiting
from tests.services.conftest import LOCAL_ADMIN
from tests.services.groups.changing import changing, save, undo
from tests.services.transfer.imports import run
from tests.statements import statements_of

BOB = Principal(address=Address.parse("bob@example.org"))
ZOE = Principal(address=Address.parse("zoe@example.org"))


@pytest.fixture
def team(small: Database) -> str:
    """A group with Ada in it, that tells new members; nobody waits to be told."""
    uuid = add_group(
        small, "team@example.org", "ada@example.org", notify_members=True, join_on_request=True
    ).uuid
    clear_outbox(small)
    return uuid


def test_those_whom_a_person_adds_are_told(small: Database, team: str) -> None:
    members.add_members(small, OPERATOR, team, ["bob@example.org", "zed@elsewhere.example"])
    assert waiting(small) == [
        ("added", "bob@example.org"),
        ("added", "zed@elsewhere.example"),
    ]


def test_a_group_that_is_created_tells_its_first_members(small: Database) -> None:
    add_group(small, "new@example.org", "ada@example.org", notify_members=True)
    assert told(small) == ["ada@example.org"]


def test_a_group_that_tells_nobody_writes_nothing(small: Database) -> None:
    add_group(small, "quiet@example.org", "ada@example.org")
    assert waiting(small) == []


def test_who_was_a_member_already_is_not_told(small: Database, team: str) -> None:
    members.add_members(small, OPERATOR, team, ["ada@example.org", "bob@example.org"])
    assert told(small) == ["bob@example.org"]


def test_neither_a_group_nor_the_actor_by_any_address_is_told(small: Database, team: str) -> None:
    add_group(small, "inner@example.org", "bob@example.org")
    add_alias(small, "boss@example.org", "ada@example.org")
    members.add_members(
        small, LOCAL_ADMIN, team, ["inner@example.org", "boss@example.org", "eve@example.org"]
    )
    assert told(small) == ["eve@example.org"]


def test_an_import_tells_nobody(small: Database, team: str) -> None:
    record = MembershipRecord(
        group="team@example.org", address="bob@example.org", role=MemberRole.MEMBER
    )
    run(small, record)
    assert "bob@example.org" in [
        each.address for each in members.list_members(small, OPERATOR, team)
    ]
    assert waiting(small) == []


def test_who_comes_with_a_rule_is_not_told(small: Database) -> None:
    add_group(
        small,
        "bosses@example.org",
        kind="dynamic",
        rule='title = "boss"',
        notify_members=True,
    )
    add_account(small, "bob@example.org", title="Boss")
    assert waiting(small) == []


def test_who_leaves_before_is_not_told(small: Database, team: str) -> None:
    members.add_members(small, OPERATOR, team, ["bob@example.org", "eve@example.org"])
    members.remove_member(small, OPERATOR, team, "bob@example.org")
    assert told(small) == ["eve@example.org"]
    assert waiting(small) == [("added", "eve@example.org")]


def test_who_is_added_removed_and_added_again_is_told_once(small: Database, team: str) -> None:
    members.add_member(small, OPERATOR, team, "bob@example.org")
    members.remove_member(small, OPERATOR, team, "bob@example.org")
    members.add_member(small, OPERATOR, team, "bob@example.org")
    assert told(small) == ["bob@example.org"]
    assert len(waiting(small)) == 1


def test_who_was_told_today_is_not_told_again(small: Database, team: str) -> None:
    for _ in range(3):
        members.add_member(small, OPERATOR, team, "zed@elsewhere.example")
        members.remove_member(small, OPERATOR, team, "zed@elsewhere.example")
    clear_outbox(small)
    members.add_member(small, OPERATOR, team, "zed@elsewhere.example")
    assert waiting(small) == []


def test_one_person_is_told_once_whatever_its_addresses(small: Database, team: str) -> None:
    add_alias(small, "bert@example.org", "bob@example.org")
    members.add_members(small, OPERATOR, team, ["bob@example.org", "bert@example.org"])
    assert len(waiting(small)) == 1


def test_who_asked_and_is_let_in_by_an_import_or_an_undo_gets_the_answer(
    small: Database, team: str
) -> None:
    members.add_member(small, OPERATOR, team, "bob@example.org")
    works = changing(members.remove_member, small, OPERATOR, team, "bob@example.org")
    for person in (ZOE, BOB):
        join_group(small, person, team)
    clear_outbox(small)
    undo(small, works)
    record = MembershipRecord(
        group="team@example.org", address="zoe@example.org", role=MemberRole.MEMBER
    )
    run(small, record)
    assert waiting(small) == [("decided", "bob@example.org"), ("decided", "zoe@example.org")]


def test_an_undone_addition_is_not_told_nor_one_that_an_undo_brings_back(
    small: Database, team: str
) -> None:
    works = changing(members.add_member, small, OPERATOR, team, "bob@example.org")
    undone = changing(undo, small, works)
    assert told(small) == []
    undo(small, undone)
    assert told(small) == []


def test_a_restored_group_tells_nobody(small: Database, team: str) -> None:
    members.add_member(small, OPERATOR, team, "bob@example.org")
    join_group(small, ZOE, team)
    clear_outbox(small)
    groups.remove_group(small, OPERATOR, team)
    restore_group(small, OPERATOR, team)
    assert waiting(small) == []


def test_a_group_that_is_disabled_meanwhile_tells_nobody(small: Database, team: str) -> None:
    members.add_member(small, OPERATOR, team, "bob@example.org")
    save(small, team, disabled=True)
    assert told(small) == []


def test_a_closed_account_is_not_told(small: Database, team: str) -> None:
    members.add_member(small, OPERATOR, team, "bob@example.org")
    add_account(small, "bob@example.org", active=False)
    assert told(small) == []


def test_members_that_come_with_another_kind_are_not_told(small: Database) -> None:
    add_account(small, "bob@example.org", title="Boss")
    uuid = add_group(
        small, "bosses@example.org", kind="dynamic", rule='title = "boss"', notify_members=True
    ).uuid
    save(small, uuid, kind="static", rule="", members=["bob@example.org", "eve@example.org"])
    assert waiting(small) == []


def test_who_asked_to_join_gets_the_answer_and_nothing_else(small: Database, team: str) -> None:
    join_group(small, ZOE, team)
    clear_outbox(small)
    (request,) = list_own_requests(small, ZOE)
    approve_request(small, OPERATOR, request.uuid)
    assert waiting(small) == [("decided", "zoe@example.org")]


@pytest.mark.parametrize("notify", [False, True])
def test_500_additions_take_as_many_statements_as_one(database: Database, notify: bool) -> None:
    uuid = add_group(database, "big@example.org", "ada@example.org", notify_members=notify).uuid

    def count(texts: list[str]) -> int:
        with statements_of(database) as statements:
            change_members(database, OPERATOR, uuid, add=texts, remove=[])
        return len(statements)

    one = count(["m0@elsewhere.example"])
    assert count([f"m{number}@elsewhere.example" for number in range(1, 500)]) <= one
    assert len(waiting(database)) == (501 if notify else 0)
