"""An undo gives pinned accounts the last days back that they had; of members see `undoing`."""

from datetime import timedelta

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.groups.member_ends import set_last_day
from tests.services.groups.changing import changing, save, undo
from tests.services.groups.pinned import BOB, LAST, add_sales, days, pin_days


@pytest.fixture
def sales(database: Database) -> str:
    return add_sales(database)


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
