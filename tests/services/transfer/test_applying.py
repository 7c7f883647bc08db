"""An import is saved in pieces: others write in between, and what they change counts."""

from collections.abc import Callable

import pytest

from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, schema
from contactsgroups.services import groups
from contactsgroups.services.accounts import remove_account
from contactsgroups.services.checks import check_database
from contactsgroups.services.transfer import applying, importing
from contactsgroups.services.transfer.exporting import export_records
from contactsgroups.services.transfer.importing import ImportOptions, ImportReport, import_records
from contactsgroups.services.transfer.records import AccountRecord, MembershipRecord, Record
from tests.directories import add_account, add_accounts, add_alias, add_group, group_record
from tests.servers.migrated import Prepare
from tests.services.transfer.test_importing import COMPANY

PEOPLE: list[Record] = [AccountRecord(address=f"p{number}@example.org") for number in range(10)]
TEAM: list[Record] = [
    group_record("team@example.org", display_name="Team"),
    *(
        MembershipRecord(group="team@example.org", address=f"p{number}@example.org")
        for number in range(10)
    ),
]


def _add_ada(database: Database) -> None:
    add_accounts(database, ["ada"])


@pytest.fixture
def database(prepare: Prepare) -> Database:
    """With the domain example.org and the account ada@, on each of the three in turn."""
    database, _ = prepare(_add_ada)
    return database


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """Pieces of two changes; in each pause, the next of these functions is called."""
    todo: list[Callable[[], object]] = []
    monkeypatch.setattr(applying, "_FIRST", 2)
    monkeypatch.setattr(applying, "_SMALLEST", 2)
    monkeypatch.setattr(applying, "_LARGEST", 2)
    monkeypatch.setattr(applying, "let_others_write", lambda: todo and todo.pop(0)())
    return todo


def run(database: Database, *records: Record, strict: bool = False) -> ImportReport:
    return import_records(database, OPERATOR, records, ImportOptions(strict=strict))


def changed(report: ImportReport) -> list[str]:
    return [f"{each.kind} {each.name}" for each in report.differences]


def test_a_team_whose_owner_an_import_closes_has_another(database: Database) -> None:
    add_accounts(database, ["bob"])
    roles = {"kind": "team", "owners": ("ada@example.org",)}
    add_group(database, "crew@example.org", "bob@example.org", **roles)
    run(database, AccountRecord(address="ada@example.org", active=False))
    owners = groups.find_group(database, OPERATOR, "crew@example.org").owners
    assert owners == ("ada@example.org", "bob@example.org")


def test_so_has_one_that_is_owned_by_an_alias(database: Database) -> None:
    add_accounts(database, ["bob"])
    add_alias(database, "boss@example.org", "ada@example.org")
    roles = {"kind": "team", "owners": ("boss@example.org",)}
    add_group(database, "crew@example.org", "bob@example.org", **roles)
    run(database, AccountRecord(address="ada@example.org", active=False))
    owners = groups.find_group(database, OPERATOR, "crew@example.org").owners
    assert owners == ("bob@example.org", "boss@example.org")


def test_pieces_come_to_the_same_as_the_whole(
    sqlite_url: str, between: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_pieces, whole = Database(sqlite_url), Database(sqlite_url.replace("test.", "other."))
    for database in (in_pieces, whole):
        schema.upgrade(database)
    first = import_records(in_pieces, OPERATOR, COMPANY)
    monkeypatch.undo()
    second = import_records(whole, OPERATOR, COMPANY)
    assert first == second
    assert list(export_records(in_pieces)) == list(export_records(whole))
    assert list(check_database(in_pieces)) == []
    for database in (in_pieces, whole):
        database.dispose()


def test_others_write_while_an_import_is_planned(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planning takes seconds, without the lock; what was planned before is planned anew."""
    real = importing.merge_memberships
    writers = [lambda: add_account(database, "p3@example.org", display_name="Taken")]

    def write_then_merge(*arguments, **options):
        if writers:
            writers.pop()()
        real(*arguments, **options)

    monkeypatch.setattr(importing, "merge_memberships", write_then_merge)
    report = run(database, *PEOPLE)
    assert "account p3@example.org" not in changed(report)
    assert len(report.differences) == 9
    assert list(check_database(database)) == []


def test_what_others_change_elsewhere_is_no_reason_to_plan_again(
    database: Database, between: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = []
    real = importing._read_and_plan
    monkeypatch.setattr(importing, "_read_and_plan", lambda *given: plans.append(1) or real(*given))
    between += [lambda: add_group(database, "other@example.org", "ada@example.org")]
    report = run(database, *PEOPLE, *TEAM)
    assert not between
    assert len(report.differences) == 11
    assert plans == [1]


def test_what_others_change_in_between_is_taken_into_account(
    database: Database, between: list[Callable[[], object]]
) -> None:
    """A member is gone, an address is a group now; each is reported, and the rest is saved."""
    between += [
        lambda: remove_account(database, OPERATOR, "ada@example.org"),
        lambda: add_group(database, "p9@example.org", "p0@example.org"),
    ]
    team = [*TEAM, MembershipRecord(group="team@example.org", address="ada@example.org")]
    report = run(database, *PEOPLE, *team)
    assert not between
    assert report.saved
    assert len(report.faults) == 2
    assert "account p8@example.org" in changed(report)
    assert "account p9@example.org" not in changed(report)
    assert list(check_database(database)) == []
    again = run(database, *PEOPLE, *team)
    assert again.differences == ()


def test_an_import_that_stopped_half_way_goes_on_when_it_is_run_again(
    database: Database, between: list[Callable[[], object]]
) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    between += [lambda: None, stop]
    with pytest.raises(KeyboardInterrupt):
        run(database, *PEOPLE, *TEAM)
    assert list(check_database(database)) == []
    report = run(database, *PEOPLE, *TEAM)
    assert changed(report) == [
        *(f"account p{number}@example.org" for number in range(4, 10)),
        "group team@example.org",
    ]
    assert list(check_database(database)) == []


def test_an_import_that_cannot_go_on_says_how_much_is_saved(
    database: Database, between: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_PLANS", 3)
    for number in range(20):
        name = f"Name {number}"
        between.append(lambda name=name: add_account(database, "p9@example.org", display_name=name))
    people = [AccountRecord(address=f"p{number}@example.org", title="T") for number in range(10)]
    with pytest.raises(Unavailable, match="6 changes are saved, run the import again"):
        run(database, *people)
    between.clear()
    assert len(run(database, *people).differences) == 4


def test_with_strict_a_faulty_line_changes_nothing_however_many_pieces_there_are(
    database: Database, between: list[Callable[[], object]]
) -> None:
    before = list(export_records(database))
    faulty = MembershipRecord(group="team@example.org", address="nobody@example.org")
    report = run(database, *PEOPLE, *TEAM, faulty, strict=True)
    assert not report.saved
    assert list(export_records(database)) == before
    assert groups.list_groups(database, OPERATOR).groups == ()


def test_the_next_piece_is_smaller_after_a_slow_one_and_larger_after_a_fast_one(
    database: Database,
) -> None:
    plan = importing._read_and_plan(database, PEOPLE, ImportOptions()).plan
    position = importing._read_and_plan(database, [], ImportOptions()).position
    saver = applying.PlanSaver(database, OPERATOR, plan, position, lambda *_: None)
    sizes = [saver._size]
    for seconds in (1.0, 500.0, 0.0, 0.0):
        saver._adapt(seconds)
        sizes.append(saver._size)
    assert sizes == [500, 250, 200, 400, 800]
