"""Departments: a tree of paths in each domain."""

import pytest

from contactsgroups.domain.errors import (
    DepartmentNotFound,
    DomainNotFound,
    InvalidText,
    NotPermitted,
)
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import accounts
from contactsgroups.services.accounts.departments import ensure_department_in, find_department
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.unit_of_work import write
from tests.directories import add_account
from tests.services.conftest import ADA, LOCAL_ADMIN


def ensure(
    database: Database, path: str, domain: str = "example.org", actor: Principal = OPERATOR
) -> str:
    with write(database, actor) as work:
        row = require_domain(work.session, domain)
        return ensure_department_in(work, row, path).path


def test_a_department_is_made_once_with_those_above_it(small: Database) -> None:
    assert ensure(small, " Sales / Europe / Bonn") == "Sales/Europe/Bonn"
    assert ensure(small, "Sales/Europe/Bonn") == "Sales/Europe/Bonn"
    add_account(small, "kim@example.org", department="Sales/Asia")
    assert accounts.list_departments(small, "Example.org") == [
        "Sales",
        "Sales/Asia",
        "Sales/Europe",
        "Sales/Europe/Bonn",
    ]


def test_only_who_manages_the_accounts_of_a_domain_makes_departments_in_it(
    small: Database,
) -> None:
    assert ensure(small, "Sales", actor=LOCAL_ADMIN) == "Sales"
    for actor, domain in ((LOCAL_ADMIN, "example.net"), (ADA, "example.org")):
        with pytest.raises(NotPermitted):
            ensure(small, "Legal", domain, actor)
    assert accounts.list_departments(small, "example.net") == []
    assert accounts.list_departments(small, "example.org") == ["Sales"]


def test_each_domain_has_its_own(small: Database) -> None:
    ensure(small, "Sales")
    assert accounts.list_departments(small, "example.net") == []
    with small.read() as session:
        here, there = (require_domain(session, name) for name in ("example.org", "example.net"))
        assert find_department(session, here, "Sales").name == "Sales"
        with pytest.raises(DepartmentNotFound, match=r"no department Sales in example\.net"):
            find_department(session, there, "Sales")


@pytest.mark.parametrize("path", ["", "/", "Sales/", "/Sales", "Sales//Bonn", "a\nb", "x" * 700])
def test_a_path_with_an_empty_or_faulty_name_is_refused(small: Database, path: str) -> None:
    with pytest.raises(InvalidText):
        ensure(small, path)
    assert accounts.list_departments(small, "example.org") == []


def test_a_domain_that_is_not_served_has_none(small: Database) -> None:
    with pytest.raises(DomainNotFound):
        accounts.list_departments(small, "unknown.example")
