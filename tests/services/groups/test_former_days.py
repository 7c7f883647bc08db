"""An undo gives pinned accounts the last days back that they had; of members see `undoing`."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, GroupRole, Member
from contactsgroups.services.groups.last_days import today
from contactsgroups.services.groups.member_ends import set_last_day
from tests.directories import add_account, add_group
from tests.services.groups.changing import changing, save, undo

BOB, EVE = "bob@example.org", "eve@example.org"
LAST = today() + timedelta(days=30)


@pytest.fixture
def sales(database: Database) -> str:
    """The UUID of a group of a department, in which Bob is pinned, and Eve by both ways."""
    add_account(database, EVE, department="Sales")
    pins = {"always_members": (BOB, EVE), "owners": ("ada@example.org",)}
    group = add_group(
        database, "sales@example.org", kind="department", department="Sales", members=None, **pins
    )
    return group.uuid


def days(database: Database) -> dict[str, date | None]:
    """The last days of the members of the group."""
    with database.read() as session:
        of_group = select(Member.address, Member.until).join(Group)
        rows = session.execute(of_group.where(Group.address == "sales@example.org")).all()
    return {row.address.partition("@")[0]: row.until for row in rows}


def pin_days(database: Database) -> dict[str, date | None]:
    with database.read() as session:
        rows = session.scalars(select(GroupRole).where(GroupRole.role == "always_member")).all()
    return {row.address.partition("@")[0]: row.until for row in rows}


def test_an_undo_brings_the_day_back(database: Database, sales: str) -> None:
    change = changing(set_last_day, database, OPERATOR, sales, [BOB], LAST)
    undo(database, change)
    assert pin_days(database) == {"bob": None, "eve": None}
    set_last_day(database, OPERATOR, sales, [BOB], LAST)
    change = save(database, sales, always_members=())
    assert days(database) == {"eve": None}
    undo(database, change)
    assert pin_days(database) == {"bob": LAST, "eve": None}
    assert days(database) == {"bob": LAST, "eve": None}


def test_an_undo_brings_no_pin_back_whose_day_has_passed(
    database: Database, sales: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_last_day(database, OPERATOR, sales, [BOB], LAST)
    change = save(database, sales, always_members=(), description="Without pins.")
    later = "contactsgroups.services.groups.last_days.today"
    monkeypatch.setattr(later, lambda: LAST + timedelta(days=1))
    undone = undo(database, change)
    assert pin_days(database) == {"eve": None}
    assert any("the last day has passed" in each for each in undone.notes)


@pytest.mark.parametrize("passed", [-1, 1])
def test_an_undo_leaves_a_pin_without_an_end_that_was_made_again_by_hand(
    database: Database, sales: str, monkeypatch: pytest.MonkeyPatch, passed: int
) -> None:
    set_last_day(database, OPERATOR, sales, [BOB], LAST)
    change = save(database, sales, always_members=())
    save(database, sales, always_members=(BOB,))
    present = "contactsgroups.services.groups.last_days.today"
    monkeypatch.setattr(present, lambda: LAST + timedelta(days=passed))
    undo(database, change)
    assert pin_days(database) == {"bob": None, "eve": None}


def test_an_undo_leaves_the_day_of_a_pin_that_was_made_again_by_hand(
    database: Database, sales: str
) -> None:
    set_last_day(database, OPERATOR, sales, [BOB], LAST)
    change = save(database, sales, always_members=())
    save(database, sales, always_members=(BOB,))
    later = LAST + timedelta(days=5)
    set_last_day(database, OPERATOR, sales, [BOB], later)
    undo(database, change)
    assert pin_days(database) == {"bob": later, "eve": None}


def test_an_undo_gives_the_days_back_with_the_kind(database: Database, sales: str) -> None:
    set_last_day(database, OPERATOR, sales, [BOB], LAST)
    change = save(database, sales, kind="static", department="", always_members=())
    undo(database, change)
    assert pin_days(database) == {"bob": LAST, "eve": None}
