"""Everybody of a department is added once, by those who know who is in it."""

from dataclasses import replace

import pytest

from contactsgroups.domain.errors import DepartmentNotFound, MembersAreDerived, NotPermitted
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.groups.department_members import (
    DepartmentChoice,
    add_department,
    count_department,
)
from contactsgroups.services.groups.member_filtering import MemberFilter
from contactsgroups.services.groups.member_listing import addresses_found
from tests.directories import add_account, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN

SALES = DepartmentChoice(domain="example.org", path="Sales")


@pytest.fixture
def uuid(database: Database) -> str:
    for name, department in (("ada", "Sales"), ("bob", "Sales/Europe"), ("eve", "Salesmen")):
        add_account(database, f"{name}@example.org", department=department)
    add_account(database, "zoe@example.org", department="Sales", active=False)
    owners = ("ada@example.org",)
    return add_group(database, "all@example.org", "ada@example.org", owners=owners).uuid


def test_those_in_it_and_below_are_counted_and_added(database: Database, uuid: str) -> None:
    count = count_department(database, LOCAL_ADMIN, uuid, SALES)
    assert (count.path, count.found, count.already, count.new) == ("Sales", 2, 1, 1)
    report = add_department(database, LOCAL_ADMIN, uuid, SALES)
    assert (report.added, report.already, report.refused) == (("bob@example.org",), 1, ())
    everyone = addresses_found(database, OPERATOR, uuid, MemberFilter())
    assert everyone == ["ada@example.org", "bob@example.org"]


def test_without_those_below_only_the_department_itself_counts(
    database: Database, uuid: str
) -> None:
    alone = replace(SALES, path="sales", with_below=False)
    count = count_department(database, LOCAL_ADMIN, uuid, alone)
    assert (count.path, count.found, count.new) == ("Sales", 1, 0)
    assert add_department(database, LOCAL_ADMIN, uuid, alone).added == ()


def test_a_snapshot_follows_no_later_change(database: Database, uuid: str) -> None:
    add_department(database, LOCAL_ADMIN, uuid, SALES)
    add_account(database, "new@example.org", department="Sales")
    add_account(database, "bob@example.org", department="Legal")
    everyone = addresses_found(database, OPERATOR, uuid, MemberFilter())
    assert everyone == ["ada@example.org", "bob@example.org"]


@pytest.mark.parametrize("run", [count_department, add_department])
def test_an_owner_does_not_learn_who_is_in_a_department(database: Database, uuid: str, run) -> None:
    with pytest.raises(NotPermitted, match="manage accounts"):
        run(database, ADA, uuid, SALES)
    with pytest.raises(DepartmentNotFound):
        run(database, LOCAL_ADMIN, uuid, replace(SALES, path="Nowhere"))
    with pytest.raises(NotPermitted):
        run(database, LOCAL_ADMIN, uuid, replace(SALES, domain="example.net"))


def test_a_group_that_follows_the_directory_is_left_to_it(database: Database, uuid: str) -> None:
    derived = add_group(
        database, "sales@example.org", kind="department", department="Sales", members=None
    )
    with pytest.raises(MembersAreDerived):
        add_department(database, LOCAL_ADMIN, derived.uuid, SALES)
