"""Questions that several use cases ask."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects import mysql

from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Group
from contactsgroups.persistence.queries import (
    IS_ACTIVE,
    IS_INACTIVE,
    account_facts,
    chunked,
    groups_by_address,
    groups_containing,
    holders,
    local_domain_names,
    name_contains,
    rows_where,
    scalars_where,
)
from tests.directories import add_account, add_accounts, add_alias, add_group


@pytest.fixture
def filled(migrated_sqlite_url: str) -> Iterator[Database]:
    database = Database(migrated_sqlite_url)
    add_accounts(database, ["ada", "bob"])
    add_alias(database, "a@example.org", "ada@example.org")
    add_group(database, "team@example.org", "a@example.org", display_name="100% Größe")
    add_group(database, "all@example.org", "team@example.org", "bob@example.org")
    yield database
    database.dispose()


@pytest.mark.parametrize("condition", [IS_ACTIVE, IS_INACTIVE])
def test_mariadb_can_ask_an_index_who_is_active(
    migrated_mariadb_url: str, condition: ColumnElement[bool]
) -> None:
    database = Database(migrated_mariadb_url)
    add_accounts(database, ["ada", "bob"])
    asked = select(Account.address).where(condition).compile(dialect=mysql.dialect())  # type: ignore[no-untyped-call]
    with database.read() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN {asked}").mappings().one()
    assert "active" in (plan["possible_keys"] or "")
    database.dispose()


@given(values=st.lists(st.integers(), max_size=1700))
def test_chunks_are_the_whole_in_parts_that_every_database_takes(values: list[int]) -> None:
    parts = list(chunked(values))
    assert [each for part in parts for each in part] == values
    assert all(0 < len(part) <= 500 for part in parts)


def test_groups_are_found_by_their_direct_members_each_once(filled: Database) -> None:
    with filled.read() as session:
        asked = ["a@example.org", "bob@example.org", "team@example.org"]
        found = [group.address for group in groups_containing(session, asked)]
        assert sorted(found) == ["all@example.org", "team@example.org"]
        assert groups_containing(session, ["ada@example.org"]) == []
        assert groups_containing(session, []) == []


def test_more_addresses_than_fit_into_one_question_are_asked_in_several(filled: Database) -> None:
    asked = [f"x{number}@example.org" for number in range(1200)] + ["bob@example.org"]
    with filled.read() as session:
        assert holders(session, asked) == {"bob@example.org": "account"}
        assert [group.address for group in groups_containing(session, asked)] == ["all@example.org"]


def test_rows_are_found_by_many_values_each_once(filled: Database) -> None:
    asked = {f"x{number}@example.org" for number in range(1200)} | {"ada@example.org"}
    statement = select(Account.address, Account.original)
    with filled.read() as session:
        (row,) = rows_where(session, statement, Account.address, asked)
        assert tuple(row) == ("ada@example.org", "ada@example.org")
        assert [*scalars_where(session, statement, Account.address, asked)] == ["ada@example.org"]
        assert [*rows_where(session, statement, Account.address, [])] == []
        absent = statement.where(Account.active.is_(False))
        assert [*scalars_where(session, absent, Account.address, asked)] == []


def test_groups_are_found_by_their_addresses(filled: Database) -> None:
    asked = ["team@example.org", "ada@example.org", "no@example.org"]
    with filled.read() as session:
        found = groups_by_address(session, asked)
        assert {address: row.display_name for address, row in found.items()} == {
            "team@example.org": "100% Größe"
        }


def test_domains_served_here_are_local(filled: Database) -> None:
    add_accounts(filled, ["nia"], domain="bücher.example")
    with filled.read() as session:
        assert local_domain_names(session) == {"example.org", "xn--bcher-kva.example"}


def test_each_address_has_its_holder(filled: Database) -> None:
    asked = ["ada@example.org", "a@example.org", "team@example.org", "no@example.org"]
    with filled.read() as session:
        assert holders(session, asked) == {
            "ada@example.org": "account",
            "a@example.org": "alias",
            "team@example.org": "group",
        }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", {"team", "all"}),
        ("TEAM", {"team"}),
        ("grösse", {"team"}),
        ("größe 100%", {"team"}),
        ("GROSSE", {"team"}),
        ("%", {"team"}),
        ("_", set()),
        ("bob team", set()),
        ("nothing", set()),
    ],
)
def test_a_group_contains_every_word_in_its_name_or_address(
    filled: Database, text: str, names: set[str]
) -> None:
    with filled.read() as session:
        found = session.scalars(select(Group).where(name_contains(text)))
        assert {group.address.removesuffix("@example.org") for group in found} == names


def test_rules_are_asked_about_these_facts(filled: Database) -> None:
    add_account(
        filled,
        "bob@example.org",
        display_name="Bob",
        department="Sales/Europe",
        title="Boss",
        location="Bonn",
        active=False,
    )
    with filled.read() as session:
        (facts,) = account_facts(session, Account.address == "bob@example.org")
    assert (facts.address, facts.active) == ("bob@example.org", False)
    assert facts.department == "Sales/Europe"
    assert facts.folded_fields == {
        "name": "bob",
        "address": "bob@example.org",
        "department": "sales/europe",
        "title": "boss",
        "location": "bonn",
        "domain": "example.org",
    }
