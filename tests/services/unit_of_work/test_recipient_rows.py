"""Recipients of many groups are looked up and written together, and not mixed up."""

from sqlalchemy import select

from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group
from contactsgroups.services.unit_of_work.recipient_rows import (
    stored_recipients,
    supplied_recipients,
    write_recipients,
)
from tests.directories import add_group
from tests.statements import statements_of


def two_groups(database: Database) -> dict[str, int]:
    """The ids of one group with Ada and Bob, and one with Bob and the first one."""
    add_group(database, "a@example.org", "ada@example.org", "bob@example.org")
    add_group(database, "b@example.org", "bob@example.org", "a@example.org")
    with database.read() as session:
        rows = session.execute(select(Group.address, Group.id).order_by(Group.address))
        return {row.address: row.id for row in rows}


def test_each_group_is_asked_for_its_own_addresses_only(small: Database) -> None:
    a, b = two_groups(small).values()
    with small.read() as session:
        found = stored_recipients(session, {a: {"bob@example.org", "no@example.org"}, b: None})
        assert found == {a: {"bob@example.org"}, b: {"ada@example.org", "bob@example.org"}}


def test_members_and_groups_inside_supply_recipients(small: Database) -> None:
    ids = two_groups(small)
    wanted = {ids["a@example.org"]: None, ids["b@example.org"]: {"ada@example.org"}}
    with small.read() as session:
        found = supplied_recipients(session, wanted, ids, {"example.org"})
    assert found[ids["a@example.org"]] == {"ada@example.org", "bob@example.org"}
    assert found[ids["b@example.org"]] == {"ada@example.org"}


def test_a_thousand_that_go_from_two_groups_take_two_statements(small: Database) -> None:
    a, b = two_groups(small).values()
    many = {f"x{number}@elsewhere.example" for number in range(500)}
    with small.write() as session:
        none: dict[int, set[str]] = {a: set(), b: set()}
        looked_up = {a: many, b: many}
        write_recipients(session, looked_up, none, {a: many, b: many})
        with statements_of(small) as statements:
            wanted = {a: set(), b: {"x1@elsewhere.example"}}
            write_recipients(session, looked_up, {a: many, b: many}, wanted)
        assert len(statements) == 2
        left = stored_recipients(session, {a: many, b: many})
    assert left == {a: set(), b: {"x1@elsewhere.example"}}


def test_groups_that_nobody_is_left_in_take_one_statement(small: Database) -> None:
    a, b = two_groups(small).values()
    many = {f"x{number}@elsewhere.example" for number in range(700)}
    whole = {a: None, b: None}
    with small.write() as session:
        stored = stored_recipients(session, whole)
        write_recipients(session, whole, stored, {a: many, b: many})
        with statements_of(small) as statements:
            write_recipients(session, whole, {a: many, b: many}, {a: set(), b: set()})
        assert len(statements) == 1
        assert stored_recipients(session, whole) == {a: set(), b: set()}


def test_a_group_that_few_are_left_in_is_written_anew(small: Database) -> None:
    a, b = two_groups(small).values()
    many = {f"x{number}@elsewhere.example" for number in range(1200)}
    whole, left = {a: None, b: None}, {a: {"x7@elsewhere.example"}, b: {"new@elsewhere.example"}}
    with small.write() as session:
        stored = stored_recipients(session, whole)
        write_recipients(session, whole, stored, {a: many, b: many})
        with statements_of(small) as statements:
            write_recipients(session, whole, {a: many, b: many}, left)
        assert len(statements) == 2
        assert stored_recipients(session, whole) == left
