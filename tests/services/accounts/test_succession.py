"""A team always has an owner: who follows when an owner's account goes."""

import pytest

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.accounts import appoint_administrator, remove_account, remove_alias
from contactsgroups.services.accounts.accounts import require_account
from contactsgroups.services.accounts.succession import (
    appoint_successors_in,
    ids_with_owner,
    teams_owned_by,
)
from contactsgroups.services.groups.lookup import require_group_by_address
from contactsgroups.services.groups.members import add_member
from contactsgroups.services.unit_of_work import write
from tests.directories import add_account, add_alias, add_group
from tests.services.unit_of_work.audit_log import read_log
from tests.statements import statements_of

TEAM = "crew@example.org"


def make(database: Database, *members: str, **values: object) -> None:
    everyone = [f"{name}@example.org" for name in members]
    given = {"owners": ("ada@example.org",), "kind": "team", **values}
    add_group(database, TEAM, *everyone, **given)


def owners(database: Database) -> list[str]:
    return list(groups.find_group(database, OPERATOR, TEAM).owners)


def test_a_moderator_comes_first(database: Database) -> None:
    make(database, "eve", "zoe", moderators=("bob@example.org",))
    remove_account(database, OPERATOR, "ada@example.org")
    assert owners(database) == ["bob@example.org"]
    (detail,) = (detail for *what, detail in read_log(database) if what == ["change group", TEAM])
    assert detail["roles"]["owner"] == {
        "added": ["bob@example.org"],
        "removed": ["ada@example.org"],
    }


def test_then_the_member_of_longest_standing(database: Database) -> None:
    make(database, "zoe")
    uuid = groups.find_group(database, OPERATOR, TEAM).uuid
    add_member(database, OPERATOR, uuid, "bob@example.org")
    remove_account(database, OPERATOR, "ada@example.org")
    assert owners(database) == ["zoe@example.org"]


def test_then_an_administrator_of_the_domain(small: Database) -> None:
    add_group(small, "inner@example.org", "bob@example.org")
    make(small, "inner")
    appoint_administrator(small, OPERATOR, "bob@example.org", domain=None)
    appoint_administrator(small, OPERATOR, "eve@example.org", domain="example.org")
    remove_account(small, OPERATOR, "ada@example.org")
    assert owners(small) == ["eve@example.org"]


def test_whoever_is_inactive_does_not_follow(small: Database) -> None:
    add_account(small, "bob@example.org", display_name="Bob", active=False)
    make(small, "eve", moderators=("bob@example.org",))
    remove_account(small, OPERATOR, "ada@example.org")
    assert owners(small) == ["eve@example.org"]


def test_with_another_owner_nothing_happens(small: Database) -> None:
    make(small, "eve", owners=("ada@example.org", "bob@example.org"))
    remove_account(small, OPERATOR, "ada@example.org")
    assert owners(small) == ["bob@example.org"]


def test_a_closed_account_stays_named_beside_its_successor(small: Database) -> None:
    make(small, "eve")
    add_account(small, "ada@example.org", display_name="Ada", active=False)
    assert owners(small) == ["ada@example.org", "eve@example.org"]


def test_an_owner_by_alias_counts_and_is_followed(small: Database) -> None:
    add_alias(small, "a@example.org", "ada@example.org")
    make(small, "eve", owners=("a@example.org",))
    with small.read() as session:
        team = require_group_by_address(session, TEAM)
        assert ids_with_owner(session, [team.id, team.id + 1]) == {team.id}
        assert len(teams_owned_by(session, "a@example.org", "x@example.org")) == 1
    remove_alias(small, OPERATOR, "a@example.org")
    assert owners(small) == ["eve@example.org"]


def test_other_groups_may_be_without(small: Database) -> None:
    make(small, "eve", kind="static")
    remove_account(small, OPERATOR, "ada@example.org")
    assert owners(small) == []


@pytest.mark.parametrize("owner", ["ghost@example.org", "out@side.example"])
def test_a_team_of_nobody_is_refused(small: Database, owner: str) -> None:
    with pytest.raises(InvalidInput, match="owner"):
        make(small, "eve", owners=(owner,))
    make(small, "eve")


def test_an_alias_that_moves_to_a_closed_account_leaves_an_owner(database: Database) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    add_account(database, "bob@example.org", display_name="Bob", active=False)
    make(database, "eve", owners=("a@example.org",))
    add_alias(database, "a@example.org", "bob@example.org")
    assert owners(database) == ["a@example.org", "eve@example.org"]


def test_an_alias_that_moves_to_another_account_moves_the_team(database: Database) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    make(database, "eve", owners=("a@example.org",))
    add_alias(database, "a@example.org", "bob@example.org")
    assert owners(database) == ["a@example.org"]


def test_whoever_is_named_by_an_alias_follows(database: Database) -> None:
    add_alias(database, "b@example.org", "bob@example.org")
    make(database, "eve", moderators=("b@example.org",))
    remove_account(database, OPERATOR, "ada@example.org")
    assert owners(database) == ["bob@example.org"]


def test_a_member_by_an_alias_follows_in_its_turn(database: Database) -> None:
    add_alias(database, "z@example.org", "zoe@example.org")
    make(database, "z")
    add_member(
        database, OPERATOR, groups.find_group(database, OPERATOR, TEAM).uuid, "bob@example.org"
    )
    remove_account(database, OPERATOR, "ada@example.org")
    assert owners(database) == ["zoe@example.org"]


@pytest.mark.parametrize("owners_left", [("bob@example.org",), ()])
def test_many_teams_take_as_many_questions_as_one(
    small: Database, owners_left: tuple[str, ...]
) -> None:
    for number in range(25):
        owners = ("ada@example.org", *owners_left)
        add_group(small, f"t{number}@example.org", "eve@example.org", kind="team", owners=owners)
    with write(small, OPERATOR) as work:
        require_account(work.session, "ada@example.org").active = False
    counts = []
    for size in (1, 25):
        with write(small, OPERATOR) as work:
            teams = teams_owned_by(work.session, "ada@example.org")[:size]
            with statements_of(small) as statements:
                appoint_successors_in(work, teams)
            counts.append(sum(each.startswith("SELECT") for each in statements))
    assert counts[0] == counts[1] > 0
