"""A department or a rule selects active accounts, and nobody where it names nothing."""

import pytest

from contactsgroups.persistence.queries import AccountFacts
from contactsgroups.services.unit_of_work.selection import Source


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


def test_without_a_department_nobody_is_selected() -> None:
    assert not Source(kind="department").selector()(person())


def test_a_rule_selects_active_accounts_only() -> None:
    selects = Source(kind="dynamic", rule='title = "Clerk"').selector()
    assert selects(person(title="clerk"))
    assert not selects(person(title="boss"))
    assert not selects(person(title="clerk", active=False))
