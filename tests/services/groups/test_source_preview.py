"""Whom a department or a rule would select is told before it is saved."""

import pytest

from contactsgroups.domain.errors import (
    DepartmentNotFound,
    InvalidInput,
    InvalidRule,
    NotPermitted,
)
from contactsgroups.domain.group import GroupSettings
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.groups import members
from contactsgroups.services.groups.source_preview import NAMED, preview_source
from tests.directories import add_account, add_accounts, add_group
from tests.statements import statements_of


def by_rule(rule: str) -> GroupSettings:
    return GroupSettings(kind="dynamic", rule=rule)


@pytest.fixture
def database(small: Database) -> Database:
    database = small
    add_account(database, "ada@example.org", display_name="Ada", title="Engineer")
    add_account(database, "bob@example.org", display_name="Bob", title="Engineer")
    add_account(database, "eve@example.org", title="Clerk", department="Sales/Europe")
    add_account(database, "out@example.org", title="Clerk", active=False)
    return database


def test_it_counts_who_would_be_in_and_names_who_enters_and_leaves(database: Database) -> None:
    group = add_group(
        database, "all@example.org", members=None, kind="dynamic", rule='title = "Engineer"'
    )
    found = preview_source(
        database, OPERATOR, by_rule('title = "clerk" or name = "ada"'), uuid=group.uuid
    )
    assert (found.count, found.before, found.added, found.removed) == (2, 2, 1, 1)
    assert [each.shown_name for each in found.entering] == ["Eve"]
    assert [each.shown_name for each in found.leaving] == ["Bob"]
    assert found.accounts == 4
    views = members.list_members(database, OPERATOR, group.uuid)
    assert [each.name for each in views] == ["Ada", "Bob"]  # Nothing was changed.


def test_of_a_new_group_the_address_says_among_whom(database: Database) -> None:
    add_accounts(database, ["nia"], domain="example.net")
    everybody = by_rule('not name = "nobody"')
    found = preview_source(database, OPERATOR, everybody, address="@example.net")
    assert [each.address for each in found.entering] == ["nia@example.net"]
    with pytest.raises(InvalidInput, match="type the address first"):
        preview_source(database, OPERATOR, everybody, address="new")


def test_a_department_is_counted_likewise(database: Database) -> None:
    settings = GroupSettings(kind="department", department="sales", rule="left over")
    found = preview_source(database, OPERATOR, settings, address="new@example.org")
    assert [each.address for each in found.entering] == ["eve@example.org"]
    missing = GroupSettings(kind="department", department="Legal")
    with pytest.raises(DepartmentNotFound):
        preview_source(database, OPERATOR, missing, address="new@example.org")


def test_what_is_previewed_is_what_is_saved(database: Database) -> None:
    rule = 'title contains "e" and not department under "Sales"'
    found = preview_source(database, OPERATOR, by_rule(rule), address="new@example.org")
    group = add_group(database, "new@example.org", members=None, kind="dynamic", rule=rule)
    stored = {each.address for each in members.list_members(database, OPERATOR, group.uuid)}
    assert {each.address for each in found.entering} == stored
    assert found.count == len(stored)


def test_a_fault_in_the_rule_says_where_it_is(database: Database) -> None:
    with pytest.raises(InvalidRule, match="line 2, column 5") as caught:
        preview_source(
            database, OPERATOR, by_rule('title = "x"\r\nand salary = "1"'), address="n@example.org"
        )
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_only_some_are_named_and_it_takes_as_many_statements_for_many(database: Database) -> None:
    with statements_of(database) as few:
        preview_source(database, OPERATOR, by_rule("name is set"), address="n@example.org")
    add_accounts(database, [f"person{number}" for number in range(60)])
    with statements_of(database) as many:
        found = preview_source(database, OPERATOR, by_rule("name is set"), address="n@example.org")
    assert found.added == 64
    assert len(found.entering) == NAMED
    assert len(many) == len(few)


def test_only_who_may_say_where_members_come_from_is_told(database: Database) -> None:
    group = add_group(
        database,
        "all@example.org",
        members=None,
        kind="dynamic",
        rule='title = "Engineer"',
        owners=["ada@example.org"],
    )
    owner = find_principal(database, "ada@example.org")
    for where in ({"uuid": group.uuid}, {"address": "new@example.org"}):
        with pytest.raises(NotPermitted):
            preview_source(database, owner, by_rule("name is set"), **where)


def test_a_kind_whose_members_are_named_has_none(database: Database) -> None:
    with pytest.raises(InvalidInput, match="named one by one"):
        preview_source(database, OPERATOR, GroupSettings(), address="new@example.org")


def test_an_attribute_that_nobody_has_is_named_with_its_place(database: Database) -> None:
    add_accounts(database, ["nia"], domain="example.net")
    add_account(database, "nia@example.net", attributes={"badge": "7"})
    add_account(database, "ada@example.org", attributes={"floor": "3"})
    rule = 'attribute.floor = "3"\n  or attribute.badge is set or ATTRIBUTE.badge = "1"'
    found = preview_source(database, OPERATOR, by_rule(rule), address="@example.org")
    assert [each.address for each in found.entering] == ["ada@example.org"]
    assert [str(each) for each in found.remarks] == [
        "no account here has the attribute badge (line 2, column 6)"
    ]
    sales = GroupSettings(kind="department", department="Sales", rule="attribute.x")
    assert preview_source(database, OPERATOR, sales, address="@example.org").remarks == ()
