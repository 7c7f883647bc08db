"""A membership with a last day ends after it, and everything follows as after any removal."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from contactsgroups.domain.errors import (
    Conflict,
    GroupNotFound,
    InvalidInput,
    MembersWouldLeave,
)
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Card, Group, Member
from contactsgroups.services import groups
from contactsgroups.services.audit_log import AuditEntry, AuditFilter, list_entries
from contactsgroups.services.checks import Severity, check_database
from contactsgroups.services.groups import members
from contactsgroups.services.groups.deleted_groups import restore_group
from contactsgroups.services.groups.findings import Finding
from contactsgroups.services.groups.kept_members import count_kept_members
from contactsgroups.services.groups.last_days import today
from contactsgroups.services.groups.member_ends import (
    Dated,
    end_memberships,
    seconds_to_next_end,
    set_last_day,
)
from contactsgroups.services.groups.member_removal import remove_members
from contactsgroups.services.groups.reports import read_reports
from tests.directories import add_group
from tests.services.conftest import LOCAL_ADMIN, NIA, changes_since, position
from tests.services.groups.changing import changing, save, undo
from tests.statements import statements_of

ADA, BOB, OUT = "ada@example.org", "bob@example.org", "x@partner.example"
LAST = today() + timedelta(days=30)


def at(day: date, hour: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def last_days(database: Database) -> dict[str, date | None]:
    with database.read() as session:
        rows = session.execute(select(Member.address, Member.until)).all()
    return {row.address: row.until for row in rows}


def inside(database: Database, uuid: str) -> list[str]:
    return [each.address for each in members.list_members(database, OPERATOR, uuid)]


def end_all(database: Database) -> int:
    """Let the clock be where all last days of these tests are over."""
    return end_memberships(database, at(LAST + timedelta(days=1)))


def newest_entry(database: Database) -> AuditEntry:
    return list_entries(database, OPERATOR, AuditFilter(), before=None, limit=1).entries[0]


def test_it_lasts_through_the_last_day_and_ends_with_it(database: Database) -> None:
    uuid = add_group(database, "team@example.org", ADA, BOB, OUT).uuid
    around = add_group(database, "all@example.org", "team@example.org").uuid
    set_last_day(database, LOCAL_ADMIN, uuid, [BOB, OUT], LAST)
    before = position(database)
    assert end_memberships(database, at(LAST, hour=23)) == 0
    assert position(database) == before
    assert end_all(database) == 2
    assert inside(database, uuid) == [ADA]
    assert members.list_recipients(database, OPERATOR, around) == [ADA]
    assert changes_since(database, before) == ["group all@example.org", "group team@example.org"]
    with database.read() as session:
        assert BOB not in session.get_one(Card, uuid).text
    assert not [each for each in check_database(database) if each.severity is Severity.ERROR]
    assert end_all(database) == 0


def test_the_log_says_why_and_who_did_it(database: Database) -> None:
    uuid = add_group(database, "team@example.org", ADA, BOB).uuid
    set_last_day(database, LOCAL_ADMIN, uuid, [BOB], LAST)
    assert newest_entry(database).detail == {
        "members": {"changed": {BOB: {"until": [None, str(LAST)]}}}
    }
    end_all(database)
    entry = newest_entry(database)
    assert (entry.actor, entry.origin, entry.subject) == (
        "operator@localhost",
        "upkeep",
        "team@example.org",
    )
    assert entry.detail == {
        "because": "last day",
        "members": {"removed": [BOB], "changed": {BOB: {"until": [str(LAST), None]}}},
    }


def test_the_last_member_ends_too_and_the_reports_tell_it(database: Database) -> None:
    uuid = add_group(database, "team@example.org", BOB).uuid
    set_last_day(database, LOCAL_ADMIN, uuid, [BOB], LAST)
    assert read_reports(database, OPERATOR).findings[Finding.REACHES_NOBODY] == 0
    assert end_all(database) == 1
    assert inside(database, uuid) == []
    assert read_reports(database, OPERATOR).findings[Finding.REACHES_NOBODY] == 1


def test_many_end_in_pieces_and_take_as_many_statements_as_few(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def statements_for(number: int) -> int:
        people = [f"m{each}@partner.example" for each in range(number)]
        uuid = add_group(database, f"g{number}@example.org", ADA, *people).uuid
        set_last_day(database, OPERATOR, uuid, people, LAST)
        with statements_of(database) as found:
            assert end_all(database) == number
        assert inside(database, uuid) == [ADA]
        return len(found)

    assert statements_for(3) == statements_for(60)
    monkeypatch.setattr("contactsgroups.services.groups.member_ends._PIECE", 20)
    statements_for(50)


@pytest.mark.parametrize("piece", [2, 500])
def test_a_group_that_cannot_be_changed_keeps_no_other_from_ending(
    small: Database,
    piece: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("contactsgroups.services.groups.member_ends._PIECE", piece)
    names = ("one", "bad", "two", "worse", "three")
    uuids = {name: add_group(small, f"{name}@example.org", ADA, BOB, OUT).uuid for name in names}
    for uuid in uuids.values():
        set_last_day(small, OPERATOR, uuid, [ADA, BOB, OUT], LAST)
    with small.write() as session:
        session.execute(
            text(
                f"CREATE TRIGGER broken BEFORE DELETE ON {Member.__tablename__} WHEN OLD.group_id "
                f"IN (SELECT id FROM {Group.__tablename__} WHERE address IN ('bad@example.org', "
                "'worse@example.org')) BEGIN SELECT RAISE(ABORT, 'broken'); END"
            )
        )
    assert end_all(small) == 9
    assert {name for name in names if inside(small, uuids[name])} == {"bad", "worse"}
    for name in ("bad", "worse"):
        assert caplog.text.count(f"memberships in {name}@example.org cannot be ended") == 1
    with small.write() as session:
        session.execute(text("DROP TRIGGER broken"))
    assert end_all(small) == 6


def test_others_write_between_two_pieces(small: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[int] = []
    module = "contactsgroups.services.groups.member_ends"
    uuid = add_group(small, "team@example.org", ADA, BOB, OUT).uuid
    set_last_day(small, OPERATOR, uuid, [ADA, BOB, OUT], LAST)
    monkeypatch.setattr(f"{module}._PIECE", 1)
    monkeypatch.setattr(
        f"{module}.let_others_write", lambda: turns.append(len(inside(small, uuid)))
    )
    assert end_all(small) == 3
    assert turns == [2, 1]


def test_setting_it_takes_as_many_statements_for_many_as_for_few(small: Database) -> None:
    def statements_for(number: int) -> int:
        people = [f"m{each}@partner.example" for each in range(number)]
        uuid = add_group(small, f"g{number}@example.org", *people).uuid
        with statements_of(small) as found:
            set_last_day(small, OPERATOR, uuid, people, LAST)
        return len(found)

    assert statements_for(3) == statements_for(60)


def test_it_is_set_again_changed_and_taken_away(small: Database) -> None:
    uuid = add_group(small, "team@example.org", ADA, BOB).uuid
    assert set_last_day(small, LOCAL_ADMIN, uuid, [BOB, "eve@example.org"], LAST) == Dated(
        changed=(BOB,), missing=("eve@example.org",)
    )
    assert set_last_day(small, LOCAL_ADMIN, uuid, [BOB], LAST) == Dated()
    sooner = LAST - timedelta(days=1)
    assert set_last_day(small, LOCAL_ADMIN, uuid, [BOB], sooner).changed == (BOB,)
    assert set_last_day(small, LOCAL_ADMIN, uuid, [BOB], None).changed == (BOB,)
    assert last_days(small) == {ADA: None, BOB: None}
    assert end_all(small) == 0


def test_who_is_added_can_have_one_at_once_also_groups_and_outside_addresses(
    small: Database,
) -> None:
    add_group(small, "inner@example.org", ADA)
    uuid = add_group(small, "team@example.org", BOB).uuid
    report = members.add_members(
        small, LOCAL_ADMIN, uuid, [BOB, OUT, "inner@example.org"], until=LAST
    )
    assert (report.already, report.dated) == ((BOB,), (BOB,))
    assert not members.add_member(small, LOCAL_ADMIN, uuid, OUT)
    assert last_days(small)[OUT] == LAST, "who is added again keeps the day"
    assert not members.add_member(small, LOCAL_ADMIN, uuid, OUT, until=None)
    assert last_days(small)[OUT] is None
    assert end_all(small) == 2
    assert inside(small, uuid) == [OUT]


def test_a_day_that_has_passed_is_refused(small: Database) -> None:
    uuid = add_group(small, "team@example.org", ADA).uuid
    yesterday = today() - timedelta(days=1)
    with pytest.raises(InvalidInput) as raised:
        set_last_day(small, LOCAL_ADMIN, uuid, [ADA], yesterday)
    assert raised.value.field == "until"
    with pytest.raises(InvalidInput):
        members.add_members(small, LOCAL_ADMIN, uuid, [BOB], until=yesterday)
    with pytest.raises(InvalidInput):
        members.add_member(small, LOCAL_ADMIN, uuid, BOB, until=yesterday)
    assert inside(small, uuid) == [ADA]
    set_last_day(small, LOCAL_ADMIN, uuid, [ADA], today())


def test_only_who_edits_members_sets_it_and_only_where_they_are_named(small: Database) -> None:
    uuid = add_group(small, "team@example.org", ADA).uuid
    with pytest.raises(GroupNotFound):
        set_last_day(small, NIA, uuid, [ADA], LAST)
    rule = add_group(small, "rule@example.org", kind="dynamic", rule='name = "ada"').uuid
    assert set_last_day(small, OPERATOR, rule, [ADA], LAST) == Dated(missing=(ADA,))


def test_undo_takes_the_day_back_and_the_end_too(small: Database) -> None:
    uuid = add_group(small, "team@example.org", ADA, BOB).uuid
    works = changing(set_last_day, small, OPERATOR, uuid, [BOB], LAST)
    undo(small, works)
    assert last_days(small) == {ADA: None, BOB: None}
    set_last_day(small, OPERATOR, uuid, [BOB], LAST)
    removed = changing(members.remove_member, small, OPERATOR, uuid, BOB)
    undo(small, removed)
    assert last_days(small)[BOB] == LAST, "who comes back has the day that was"
    works = changing(set_last_day, small, OPERATOR, uuid, [BOB], None)
    later = LAST + timedelta(days=9)
    set_last_day(small, OPERATOR, uuid, [BOB, ADA], later)
    notes = undo_notes(small, works)
    assert notes == [f"the last day of {BOB} in team@example.org was changed again since"]


def undo_notes(database: Database, works: list[str]) -> list[str]:
    with pytest.raises(Conflict) as raised:
        undo(database, works)
    return [str(raised.value).rpartition("undo: ")[2]]


def test_an_undo_brings_nobody_back_whose_last_day_has_passed(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = add_group(small, "team@example.org", ADA, BOB).uuid
    set_last_day(small, OPERATOR, uuid, [BOB], LAST)
    works = changing(end_all, small)
    clock(monkeypatch, LAST + timedelta(days=2))
    notes = undo_notes(small, works)
    assert notes == [f"{BOB} is not a member again: the last day has passed"]
    assert last_days(small) == {ADA: None}


def test_an_undo_brings_the_others_back(small: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    uuid = add_group(small, "team@example.org", ADA, BOB, OUT).uuid
    set_last_day(small, OPERATOR, uuid, [BOB], LAST)
    works = changing(remove_members, small, OPERATOR, uuid, [BOB, OUT])
    clock(monkeypatch, LAST + timedelta(days=1))
    undone = undo(small, works)
    assert undone.notes == [f"{BOB} is not a member again: the last day has passed"]
    assert undone.back == 1
    assert last_days(small) == {ADA: None, OUT: None}


def test_who_stays_keeps_the_last_day_where_the_former_one_has_passed(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = add_group(small, "team@example.org", ADA, BOB).uuid
    set_last_day(small, OPERATOR, uuid, [BOB], LAST)
    later = LAST + timedelta(days=30)
    works = changing(set_last_day, small, OPERATOR, uuid, [BOB], later)
    clock(monkeypatch, LAST + timedelta(days=1))
    assert undo_notes(small, works) == [
        f"the last day of {BOB} in team@example.org stays: the former one, {LAST}, has passed"
    ]
    assert last_days(small) == {ADA: None, BOB: later}


def clock(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """Let it be a later day for those who ask."""
    monkeypatch.setattr("contactsgroups.services.groups.last_days.today", lambda: day)


def test_a_group_that_is_restored_has_the_days_and_not_those_that_are_over(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = add_group(small, "team@example.org", ADA, BOB, OUT).uuid
    set_last_day(small, OPERATOR, uuid, [BOB], LAST)
    set_last_day(small, OPERATOR, uuid, [OUT], LAST + timedelta(days=9))
    groups.remove_group(small, OPERATOR, uuid)
    assert restore_group(small, OPERATOR, uuid).notes == []
    assert last_days(small)[BOB] == LAST
    groups.remove_group(small, OPERATOR, uuid)
    clock(monkeypatch, LAST + timedelta(days=1))
    notes = restore_group(small, OPERATOR, uuid).notes
    assert notes == [f"{BOB} is not a member again: the last day has passed"]
    assert last_days(small) == {ADA: None, OUT: LAST + timedelta(days=9)}


def test_a_group_inside_comes_back_only_where_its_day_is_not_over(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = add_group(small, "inner@example.org", ADA).uuid
    around = add_group(small, "all@example.org", "inner@example.org", BOB).uuid
    set_last_day(small, OPERATOR, around, ["inner@example.org"], LAST)
    groups.remove_group(small, OPERATOR, inner)
    clock(monkeypatch, LAST + timedelta(days=1))
    (note,) = restore_group(small, OPERATOR, inner).notes
    assert note == "it is not in all@example.org again, where its last day has passed"
    assert inside(small, around) == [BOB]


def test_the_day_is_kept_while_a_group_follows_a_rule(small: Database) -> None:
    uuid = add_group(small, "team@example.org", ADA, BOB).uuid
    set_last_day(small, OPERATOR, uuid, [ADA, BOB], LAST)
    save(small, uuid, kind="dynamic", rule='name = "ada"')
    assert last_days(small) == {ADA: None}
    assert end_all(small) == 0
    save(small, uuid, kind="static", rule="")
    assert last_days(small) == {ADA: LAST, BOB: LAST}


def test_who_was_kept_and_has_ended_is_neither_counted_nor_back(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = add_group(small, "team@example.org", BOB, OUT).uuid
    set_last_day(small, OPERATOR, uuid, [BOB], LAST)
    save(small, uuid, kind="dynamic", rule='name = "ada"')
    clock(monkeypatch, LAST)
    assert count_kept_members(small, OPERATOR, uuid) == 2
    clock(monkeypatch, LAST + timedelta(days=1))
    assert count_kept_members(small, OPERATOR, uuid) == 1
    save(small, uuid, kind="static", rule="")
    assert last_days(small) == {OUT: None}


def test_where_all_that_were_kept_have_ended_those_of_the_rule_do_not_take_their_place(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = add_group(small, "team@example.org", BOB).uuid
    set_last_day(small, OPERATOR, uuid, [BOB], LAST)
    save(small, uuid, kind="dynamic", rule='name = "ada"')
    clock(monkeypatch, LAST + timedelta(days=1))
    with pytest.raises(MembersWouldLeave) as raised:
        save(small, uuid, kind="static", rule="", asks_first=True)
    assert (raised.value.leaving, raised.value.back) == (1, 0)
    save(small, uuid, kind="static", rule="")
    assert inside(small, uuid) == []
    assert read_reports(small, OPERATOR).findings[Finding.REACHES_NOBODY] == 1
    assert not [each for each in check_database(small) if each.severity is Severity.ERROR]


def test_who_runs_it_waits_for_the_next_day_at_most() -> None:
    assert seconds_to_next_end(datetime(2027, 1, 31, 23, 59, 30, tzinfo=UTC)) == 30
    assert seconds_to_next_end(datetime(2027, 2, 1, tzinfo=UTC)) == 24 * 3600
