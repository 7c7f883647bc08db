"""A department or a rule selects active accounts, and nobody where it names nothing."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import true
from sqlalchemy.dialects import mysql

from contactsgroups.domain.rule import Rule
from contactsgroups.persistence import Database
from contactsgroups.persistence.queries import AccountFacts, account_facts
from contactsgroups.services.unit_of_work.selection import Source
from tests.directories import add_account
from tests.domain.rules import conditions, rules
from tests.servers.migrated import Prepare
from tests.services.conftest import add_four_accounts

VALUES = ("Sales", "Sales/Europe", "Ärztin", "arztin ", "a_b", "A%B", "axb", "", "ada@example.org")


def person(department: str = "", *, active: bool = True, **fields: str) -> AccountFacts:
    whole = {"department": department.lower(), **fields}
    return AccountFacts(1, "ada@example.org", "ada@example.org", active, department, whole)


@pytest.mark.parametrize(
    ("department", "is_selected"),
    [("Sales", True), ("Sales/Europe", True), ("Salesforce", False), ("", False)],
)
def test_a_department_selects_those_in_it_and_below(department: str, is_selected: bool) -> None:
    selects = Source(kind="department", department="Sales").selector()
    assert selects(person(department)) is is_selected


@pytest.mark.parametrize("rule", ['title = "Clerk"', 'not title = "Clerk"'])
def test_candidates_are_active_by_a_comparison_that_an_index_answers(rule: str) -> None:
    dialect = mysql.dialect()  # type: ignore[no-untyped-call]
    asked = Source(kind="dynamic", rule=rule).candidates().compile(dialect=dialect)
    assert "active = true" in str(asked)


def test_without_a_department_nobody_is_selected() -> None:
    assert not Source(kind="department").selector()(person())


def test_a_rule_selects_active_accounts_only() -> None:
    selects = Source(kind="dynamic", rule='title = "Clerk"').selector()
    assert selects(person(title="clerk"))
    assert not selects(person(title="boss"))
    assert not selects(person(title="clerk", active=False))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rule=rules(conditions(values=st.sampled_from(VALUES))),
    always=st.sets(st.sampled_from(["ada@example.org", "bob@example.org"])),
)
def test_the_database_passes_over_nobody_whom_a_rule_selects(
    staff: Database, rule: Rule, always: set[str]
) -> None:
    assert_all_are_candidates(staff, Source(kind="dynamic", rule=str(rule), always=always))


@pytest.mark.parametrize("department", ["", "Sales", "Sales/Europe", "Ärztin"])
def test_the_database_passes_over_nobody_in_a_department(staff: Database, department: str) -> None:
    assert_all_are_candidates(staff, Source(kind="department", department=department))


def test_the_database_passes_over_those_in_other_departments(staff: Database) -> None:
    source = Source(kind="dynamic", rule='department under "Sales" and not title = "axb"')
    with staff.read() as session:
        passed = {each.department for each in account_facts(session, source.candidates())}
    assert passed == {"Sales", "Sales/Europe"}


def assert_all_are_candidates(staff: Database, source: Source) -> None:
    """Compare with looking at every account."""
    selects = source.selector()
    with staff.read() as session:
        everybody = account_facts(session, true())
        wanted = {each.address for each in everybody if selects(each)}
        passed = account_facts(session, source.candidates())
        assert {each.address for each in passed if selects(each)} == wanted


def _add_staff(database: Database) -> None:
    add_four_accounts(database)
    for number, value in enumerate(VALUES[:-1]):
        other = VALUES[-2 - number]
        values = {"display_name": other, "title": value.strip(), "location": other.strip()}
        department = value.strip() if "/" in value or number % 2 == 0 else ""
        add_account(
            database, f"x{number}@example.org", active=number != 3, department=department, **values
        )


@pytest.fixture
def staff(prepare: Prepare) -> Database:
    """Accounts of which each has another department, title and location."""
    database, _ = prepare(_add_staff)
    return database
