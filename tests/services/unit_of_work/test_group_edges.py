"""The pairs of groups say what the members say, whatever is changed and in whatever order."""

import random

import pytest
from sqlalchemy import select, true

from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, GroupEdge
from contactsgroups.services.checks import check_database
from contactsgroups.services.groups.members import add_member, remove_member
from contactsgroups.services.unit_of_work import group_edges
from tests.directories import add_group, delete_for_good


def stored(database: Database) -> set[tuple[str, str]]:
    """Child and parent of each pair, by address."""
    with database.read() as session:
        names = {group.id: group.address for group in session.scalars(select(Group))}
        rows = session.scalars(select(GroupEdge))
        return {(names[row.child_id], names[row.parent_id]) for row in rows}


def test_a_group_in_a_group_is_a_pair_until_it_leaves(database: Database) -> None:
    inner = add_group(database, "inner@example.org", "ada@example.org")
    outer = add_group(database, "outer@example.org", "bob@example.org", "inner@example.org")
    assert stored(database) == {("inner@example.org", "outer@example.org")}
    add_member(database, OPERATOR, inner.uuid, "out@elsewhere.example")
    remove_member(database, OPERATOR, outer.uuid, "inner@example.org")
    assert stored(database) == set()


def test_walking_up_ends_in_every_group_around_and_in_a_circle(database: Database) -> None:
    add_group(database, "a@example.org", "ada@example.org")
    add_group(database, "b@example.org", "a@example.org")
    add_group(database, "c@example.org", "a@example.org", "b@example.org")
    with database.write() as session:
        ids = {group.address[0]: group.id for group in session.scalars(select(Group))}
        session.add(GroupEdge(child_id=ids["c"], parent_id=ids["a"]))
        session.flush()
        assert group_edges.with_ancestors(session, [ids["b"]]) == set(ids.values())


def test_what_the_members_do_not_say_is_found_by_the_checks(database: Database) -> None:
    add_group(database, "inner@example.org", "ada@example.org")
    add_group(database, "outer@example.org", "inner@example.org")
    with database.write() as session:
        session.delete(session.scalars(select(GroupEdge)).one())
    texts = [finding.text for finding in check_database(database)]
    assert texts == ["inner@example.org is not recorded as a member of outer@example.org"]


@pytest.mark.parametrize("seed", range(3))
def test_after_any_history_the_pairs_and_recipients_are_those_computed_anew(
    database: Database, seed: int
) -> None:
    chance = random.Random(seed)
    names = [f"g{number}@example.org" for number in range(6)]
    uuids = {name: add_group(database, name, "ada@example.org").uuid for name in names}
    for _ in range(25):
        group, other = chance.sample(names, 2)
        change_at_random(database, chance, uuids, group, other)
        with database.read() as session:
            rows = session.scalars(select(GroupEdge))
            pairs = {(row.child_id, row.parent_id) for row in rows}
            assert pairs == group_edges.members_that_are_groups(session, true())
    assert [finding for finding in check_database(database) if finding.severity == "error"] == []


def change_at_random(
    database: Database, chance: random.Random, uuids: dict[str, str], group: str, other: str
) -> None:
    """Nest, take out, remove or make a group; what is refused changes nothing."""
    try:
        match chance.choice(["nest", "nest", "take out", "remove", "make"]):
            case "nest":
                add_member(database, OPERATOR, uuids[group], other)
            case "take out":
                remove_member(database, OPERATOR, uuids[group], other)
            case "remove":
                delete_for_good(database, uuids[group])
            case "make":
                uuids[group] = add_group(database, group, "ada@example.org", other).uuid
    except ContactsGroupsError:
        pass
