"""A pinned account of a group that follows the directory is in it until a day."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from contactsgroups.domain.errors import InvalidInput, NotPermitted
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Member
from contactsgroups.services import groups
from contactsgroups.services.groups.deleted_groups import restore_group
from contactsgroups.services.groups.last_days import today
from contactsgroups.services.groups.member_ends import Dated, end_memberships, set_last_day
from contactsgroups.services.groups.member_listing import list_last_days
from contactsgroups.services.transfer.exporting import export_records
from contactsgroups.services.transfer.importing import import_records
from contactsgroups.services.transfer.records import MemberRole, MembershipRecord
from tests.directories import add_account, add_group
from tests.services.conftest import ADA
from tests.services.groups.changing import save
from tests.services.groups.pinned import BOB, EVE, LAST, add_sales, days, pin_days
from tests.statements import statements_of

PIN = MemberRole.ALWAYS_MEMBER
ZOE = "zoe@example.org"


@pytest.fixture
def sales(database: Database) -> str:
    return add_sales(database)


def end_all(database: Database) -> int:
    day = LAST + timedelta(days=1)
    return end_memberships(database, datetime(day.year, day.month, day.day, tzinfo=UTC))


def test_a_pin_ends_and_who_is_in_the_department_stays(database: Database, sales: str) -> None:
    dated = set_last_day(database, OPERATOR, sales, [BOB, EVE, ZOE], LAST)
    assert dated == Dated(changed=(BOB, EVE), missing=(ZOE,))
    assert days(database) == {"bob": LAST, "eve": None}
    assert end_all(database) == 2
    assert days(database) == {"eve": None}
    assert pin_days(database) == {}
    assert end_all(database) == 0


def test_the_day_follows_the_directory(database: Database, sales: str) -> None:
    set_last_day(database, OPERATOR, sales, [BOB, EVE], LAST)
    add_account(database, EVE, department="")
    add_account(database, BOB, department="Sales")
    assert days(database) == {"bob": None, "eve": LAST}
    add_account(database, EVE, active=False)
    assert days(database) == {"bob": None}
    add_account(database, EVE, active=True)
    assert days(database) == {"bob": None, "eve": LAST}
    assert list_last_days(database, OPERATOR, sales, [BOB, EVE]) == {BOB: LAST, EVE: LAST}


def test_a_day_is_taken_away_and_stays_where_other_settings_are_saved(
    database: Database, sales: str
) -> None:
    set_last_day(database, OPERATOR, sales, [BOB], LAST)
    save(database, sales, description="The Sales people.")
    assert days(database) == {"bob": LAST, "eve": None}
    set_last_day(database, OPERATOR, sales, [BOB], None)
    assert days(database) == {"bob": None, "eve": None}


def test_only_who_may_change_the_source_sets_a_day_and_none_has_passed(
    database: Database, sales: str
) -> None:
    with pytest.raises(NotPermitted):
        set_last_day(database, ADA, sales, [BOB], LAST)
    with pytest.raises(InvalidInput):
        set_last_day(database, OPERATOR, sales, [BOB], today() - timedelta(days=1))
    assert days(database) == {"bob": None, "eve": None}


def test_a_restored_group_has_the_days_of_its_pins(database: Database, sales: str) -> None:
    set_last_day(database, OPERATOR, sales, [BOB], LAST)
    groups.remove_group(database, OPERATOR, sales)
    restore_group(database, OPERATOR, sales)
    assert pin_days(database) == {"bob": LAST, "eve": None}
    assert days(database) == {"bob": LAST, "eve": None}


def test_an_export_has_the_day_and_an_import_brings_it(database: Database, sales: str) -> None:
    set_last_day(database, OPERATOR, sales, [BOB], LAST)
    pinned = [each for each in export_records(database) if isinstance(each, MembershipRecord)]
    assert {each.address: each.until for each in pinned if each.role is PIN} == {
        BOB: LAST.isoformat(),
        EVE: "",
    }
    later = LAST + timedelta(days=1)
    for until, expected in ((later.isoformat(), later), (None, later), ("", None)):
        line = MembershipRecord(group="sales@example.org", address=BOB, role=PIN, until=until)
        assert not import_records(database, OPERATOR, [line]).faults
        assert days(database) == {"bob": expected, "eve": None}


def test_pins_that_end_take_as_many_statements_in_many_groups_as_in_few(small: Database) -> None:
    """Also where each of the groups is one of a department of its own, and holds who stays."""

    def statements_for(number: int) -> int:
        for each in range(number):
            department = f"D{number}/{each}"
            add_account(small, f"d{number}-{each}@example.org", department=department)
            uuid = add_group(
                small,
                f"g{number}-{each}@example.org",
                kind="department",
                department=department,
                members=None,
                always_members=(BOB, ZOE),
            ).uuid
            set_last_day(small, OPERATOR, uuid, [BOB], LAST)
        with statements_of(small) as found:
            assert end_all(small) == number
        return len(found)

    assert statements_for(2) == statements_for(60)
    with small.read() as session:
        stored = session.scalars(select(Member.address)).all()
    assert (stored.count(BOB), stored.count(ZOE), len(stored)) == (0, 62, 124)


def test_of_pins_in_several_groups_each_moves_its_own_account(small: Database) -> None:
    """Though all of them are followed at once."""
    add_account(small, EVE, department="Sales")
    settings = {"kind": "department", "department": "Sales", "members": None}
    uuids = {
        name: add_group(small, f"{name}@example.org", always_members=(BOB, ZOE), **settings).uuid
        for name in ("one", "two")
    }
    set_last_day(small, OPERATOR, uuids["one"], [BOB], LAST)
    set_last_day(small, OPERATOR, uuids["two"], [ZOE], LAST)
    assert end_all(small) == 2
    with small.read() as session:
        rows = session.execute(select(Group.address, Member.address).join(Member.group)).all()
    assert {(row[0].partition("@")[0], row[1]) for row in rows} == {
        ("one", EVE),
        ("one", ZOE),
        ("two", EVE),
        ("two", BOB),
    }
