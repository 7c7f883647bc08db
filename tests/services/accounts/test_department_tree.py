"""Departments are shown as a tree, get other names and places, and go when nobody needs them."""

import pytest
from sqlalchemy import select

from contactsgroups.domain.errors import (
    DepartmentInUse,
    DepartmentNotFound,
    InvalidText,
    NotPermitted,
)
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Department
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts.department_tree import (
    add_department,
    move_department,
    read_tree,
    remove_department,
)
from contactsgroups.services.groups import members
from tests.directories import add_account, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN

HOME = "example.org"


@pytest.fixture
def company(database: Database) -> Database:
    """Two people in Sales/Europe, one below, one in Sales, one in Legal, one who has left."""
    for name, department in (
        ("ada", "Sales/Europe"),
        ("bob", "Sales/Europe"),
        ("eve", "Sales/Europe/Bonn"),
        ("kim", "Sales"),
        ("zoe", "Legal"),
    ):
        add_account(database, f"{name}@{HOME}", department=department)
    add_account(database, f"old@{HOME}", department="Legal", active=False)
    return database


def members_of(database: Database, name: str) -> list[str]:
    uuid = groups.find_group(database, OPERATOR, f"{name}@{HOME}").uuid
    return [
        each.removesuffix(f"@{HOME}") for each in members.list_recipients(database, OPERATOR, uuid)
    ]


def test_the_tree_counts_people_with_and_without_those_below(company: Database) -> None:
    add_group(company, f"europe@{HOME}", kind="department", department="Sales/Europe", members=None)
    seen = {each.path: each for each in read_tree(company, OPERATOR, HOME)}
    assert list(seen) == ["Legal", "Sales", "Sales/Europe", "Sales/Europe/Bonn"]
    counted = {path: (each.accounts, each.accounts_below) for path, each in seen.items()}
    assert {path for path, each in seen.items() if each.closed} == {"Legal"}
    assert counted == {
        "Legal": (1, 1),
        "Sales": (1, 4),
        "Sales/Europe": (2, 3),
        "Sales/Europe/Bonn": (1, 1),
    }
    assert [address for _, address in seen["Sales/Europe"].groups] == [f"europe@{HOME}"]
    bonn = seen["Sales/Europe/Bonn"]
    assert (bonn.name, bonn.parent, bonn.depth) == ("Bonn", "Sales/Europe", 2)


def test_one_below_comes_after_the_one_above_whatever_else_begins_alike(database: Database) -> None:
    for path in ("Sales/Europe", "Sales Support", "Sales-Old"):
        add_department(database, OPERATOR, HOME, path)
    paths = [each.path for each in read_tree(database, OPERATOR, HOME)]
    assert paths == ["Sales", "Sales/Europe", "Sales Support", "Sales-Old"]


def test_groups_of_a_moved_department_keep_it_and_rules_follow(company: Database) -> None:
    add_group(company, f"europe@{HOME}", kind="department", department="Sales/Europe", members=None)
    rule = 'department under "sales/europe" or department = "Legal"'
    add_group(company, f"both@{HOME}", kind="dynamic", rule=rule, members=None)
    add_group(company, f"sales@{HOME}", kind="department", department="Sales", members=None)
    before = {name: members_of(company, name) for name in ("europe", "both")}
    new = move_department(company, OPERATOR, HOME, "Sales/Europe", " Markets / EMEA ")
    assert new == "Markets/EMEA"
    assert {name: members_of(company, name) for name in before} == before
    assert members_of(company, "sales") == ["kim"]
    both = groups.find_group(company, OPERATOR, f"both@{HOME}")
    assert both.settings.rule == 'department under "Markets/EMEA" or department = "Legal"'
    assert accounts.list_departments(company, HOME) == [
        "Legal",
        "Markets",
        "Markets/EMEA",
        "Markets/EMEA/Bonn",
        "Sales",
    ]
    add_account(company, f"new@{HOME}", department="Markets/EMEA/Bonn")
    assert members_of(company, "both") == ["ada", "bob", "eve", "new", "zoe"]


def test_the_tree_below_hangs_where_its_department_went(company: Database) -> None:
    move_department(company, OPERATOR, HOME, "Sales/Europe", "Europe")
    with company.read() as session:
        rows = {each.path: each for each in session.scalars(select(Department))}
        assert rows["Europe"].parent_id is None
        assert rows["Europe/Bonn"].parent_id == rows["Europe"].id
        assert (rows["Europe/Bonn"].name, rows["Europe/Bonn"].path_folded) == (
            "Bonn",
            "europe/bonn",
        )


def test_capitals_and_accents_make_no_second_department(company: Database) -> None:
    assert add_department(company, OPERATOR, HOME, "sales/EUROPE/Rome") == "Sales/Europe/Rome"
    add_account(company, f"new@{HOME}", department="SÁLES")
    assert {each.path: each.accounts for each in read_tree(company, OPERATOR, HOME)}["Sales"] == 2
    for new in ("legal", "LÉGAL"):
        with pytest.raises(DepartmentInUse, match="department Legal already"):
            move_department(company, OPERATOR, HOME, "Sales/Europe", new)
    with pytest.raises(InvalidText):
        move_department(company, OPERATOR, HOME, "Sales", "sales/Inner")


def test_a_department_may_change_its_own_capitals(company: Database) -> None:
    assert (
        move_department(company, OPERATOR, HOME, "Sales/Europe", "SALES/europe") == "Sales/europe"
    )
    assert move_department(company, OPERATOR, HOME, "sales", "SALES") == "SALES"
    assert "SALES/europe/Bonn" in accounts.list_departments(company, HOME)


def test_who_has_the_settings_open_cannot_save_the_old_rule(company: Database) -> None:
    rule = 'department = "Legal"'
    group = add_group(company, f"law@{HOME}", kind="dynamic", rule=rule, members=None)
    move_department(company, OPERATOR, HOME, "Legal", "Law")
    after = groups.find_group(company, OPERATOR, f"law@{HOME}")
    assert after.version > group.version


@pytest.mark.parametrize(
    ("new", "error"),
    [
        ("Legal", DepartmentInUse),
        ("Sales/Europe/Bonn", InvalidText),
        ("Sales/Europe/Bonn/Deep", InvalidText),
        ("", InvalidText),
        ("a//b", InvalidText),
        ("x" * 601, InvalidText),
    ],
)
def test_a_place_that_cannot_be_is_refused_and_nothing_moves(
    company: Database, new: str, error: type[Exception]
) -> None:
    before = accounts.list_departments(company, HOME)
    with pytest.raises(error):
        move_department(company, OPERATOR, HOME, "Sales/Europe", new)
    assert accounts.list_departments(company, HOME) == before


def test_a_move_to_where_it_is_changes_nothing(company: Database) -> None:
    before = read_tree(company, OPERATOR, HOME)
    assert move_department(company, OPERATOR, HOME, "Sales", "Sales") == "Sales"
    assert read_tree(company, OPERATOR, HOME) == before


def test_only_what_nobody_needs_is_removed(company: Database) -> None:
    add_department(company, OPERATOR, HOME, "Empty")
    add_group(company, f"empty@{HOME}", kind="department", department="Empty", members=None)
    for path, reason in (
        ("Sales", "departments: Sales/Europe"),
        ("Legal", f"accounts: old@{HOME}, zoe@{HOME}"),
        ("Empty", f"groups: empty@{HOME}"),
    ):
        with pytest.raises(DepartmentInUse, match=reason):
            remove_department(company, OPERATOR, HOME, path)
    add_department(company, OPERATOR, HOME, "Vain")
    remove_department(company, OPERATOR, HOME, "Vain")
    assert "Vain" not in accounts.list_departments(company, HOME)
    with pytest.raises(DepartmentNotFound):
        remove_department(company, OPERATOR, HOME, "Vain")


def test_only_who_manages_the_accounts_may(company: Database) -> None:
    move_department(company, LOCAL_ADMIN, HOME, "Legal", "Law")
    for call in (
        lambda: read_tree(company, ADA, HOME),
        lambda: add_department(company, ADA, HOME, "New"),
        lambda: move_department(company, ADA, HOME, "Law", "Legal"),
        lambda: remove_department(company, ADA, HOME, "Law"),
    ):
        with pytest.raises(NotPermitted):
            call()


def test_a_rule_that_would_be_too_long_names_its_group_and_nothing_moves(company: Database) -> None:
    titles = ", ".join(f'"{number:095}"' for number in range(18))
    rule = f'department under "Sales/Europe" and title one of ({titles})'
    group = add_group(company, f"Both@{HOME}", kind="dynamic", rule=rule, members=None)
    new = "/".join(["A" * 100] * 3)
    with pytest.raises(DepartmentInUse, match=rf"the rule of Both@{HOME} .* longer than 2000"):
        move_department(company, OPERATOR, HOME, "Sales/Europe", new)
    assert [each.path for each in read_tree(company, OPERATOR, HOME)] == [
        "Legal",
        "Sales",
        "Sales/Europe",
        "Sales/Europe/Bonn",
    ]
    assert groups.show_group(company, OPERATOR, group.uuid).settings.rule == group.settings.rule
