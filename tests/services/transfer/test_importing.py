"""What files say becomes the directory, line by line checked."""

import random
from collections.abc import Iterator

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import NotPermitted
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database, schema
from contactsgroups.services import groups
from contactsgroups.services.checks import check_database
from contactsgroups.services.groups import members
from contactsgroups.services.transfer.exporting import export_records
from contactsgroups.services.transfer.importing import ImportReport, import_records
from contactsgroups.services.transfer.records import (
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DepartmentRecord,
    DomainRecord,
    Fault,
    MemberRole,
    MembershipRecord,
    Place,
    Record,
)
from tests.directories import add_accounts, add_group, group_record
from tests.services.transfer.imports import position, run

COMPANY: list[Record] = [
    DomainRecord(name="example.org"),
    DepartmentRecord(domain="example.org", path="Empty/Below"),
    AccountRecord(
        address="Ada@example.org",
        display_name="Ada",
        department="Sales/Europe",
        title="Boss",
        attributes={"cost_center": "Köln 4711", "floor": "3"},
    ),
    AccountRecord(address="bob@example.org", display_name="Bob", department="Sales"),
    AccountRecord(address="eve@example.org", display_name="Eve", active=False),
    AliasRecord(address="A@example.org", account="ada@example.org"),
    AdministratorRecord(address="ada@example.org"),
    AdministratorRecord(address="bob@example.org", domain="example.org"),
    group_record(
        address="Sales@example.org", display_name="Sales", kind="department", department="Sales"
    ),
    group_record(
        address="bosses@example.org", display_name="Bosses", kind="dynamic", rule='title = "boss"'
    ),
    group_record(
        address="all@example.org",
        display_name="All",
        description="Every\nbody",
        posting_policy="anyone",
        show_in_contacts=False,
        disabled=True,
        moderated=True,
        notify_members=True,
        leave_needs_approval=True,
        ignore_auto_replies=False,
    ),
    MembershipRecord(group="all@example.org", address="sales@example.org"),
    MembershipRecord(group="all@example.org", address="a@example.org"),
    MembershipRecord(group="all@example.org", address="Out@Partner.example"),
    MembershipRecord(group="all@example.org", address="ada@example.org", role=MemberRole.OWNER),
    MembershipRecord(group="all@example.org", address="bob@example.org", role=MemberRole.MODERATOR),
    MembershipRecord(
        group="all@example.org", address="x@y.example", role=MemberRole.ALLOWED_SENDER
    ),
]


@pytest.fixture
def small(migrated_sqlite_url: str) -> Iterator[Database]:
    """SQLite, with ada and bob in example.org, and the group team@ with ada."""
    database = Database(migrated_sqlite_url)
    add_accounts(database, ["ada", "bob"])
    add_group(database, "team@example.org", "ada@example.org")
    yield database
    database.dispose()


def recipients(database: Database, address: str) -> list[str]:
    group = groups.find_group(database, OPERATOR, address)
    return members.list_recipients(database, OPERATOR, group.uuid)


def faults(report: ImportReport) -> list[str]:
    return [str(fault) for fault in report.faults]


def at(line: int) -> Place:
    return Place("f.csv", line)


def test_everything_is_imported_whatever_the_order(empty_database: Database) -> None:
    shuffled = list(COMPANY)
    random.Random(7).shuffle(shuffled)
    report = run(empty_database, *shuffled)
    assert report.saved
    assert report.faults == ()
    all_ = groups.find_group(empty_database, OPERATOR, "all@example.org")
    assert all_.settings.moderated
    assert all_.moderators == ("bob@example.org",)
    assert recipients(empty_database, "sales@example.org") == ["ada@example.org", "bob@example.org"]
    assert recipients(empty_database, "bosses@example.org") == ["ada@example.org"]
    assert [f.text for f in check_database(empty_database)] == []


def test_a_second_import_changes_nothing_and_does_not_move_the_journal(
    empty_database: Database,
) -> None:
    run(empty_database, *COMPANY)
    before, exported = position(empty_database), export_records(empty_database)
    assert run(empty_database, *COMPANY).differences == ()
    assert run(empty_database, *exported).differences == ()
    assert position(empty_database) == before


def test_an_export_imported_into_an_empty_database_exports_the_same(
    empty_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run(empty_database, *COMPANY)
    exported = export_records(empty_database)
    other = Database(f"sqlite:///{tmp_path_factory.mktemp('other') / 'db.sqlite'}")
    schema.upgrade(other)
    report = run(other, *exported)
    assert report.faults == ()
    assert export_records(other) == exported
    other.dispose()


def test_a_dry_run_tells_the_same_and_changes_nothing(small: Database) -> None:
    before, was_at = export_records(small), position(small)
    dry = run(small, *COMPANY, dry_run=True)
    assert not dry.saved
    assert export_records(small) == before
    assert position(small) == was_at
    assert run(small, *COMPANY).differences == dry.differences


def test_changes_are_told_value_by_value(small: Database) -> None:
    report = run(
        small,
        AccountRecord(address="ada@example.org", title="Boss"),
        MembershipRecord(group="team@example.org", address="bob@example.org"),
    )
    account, group = report.differences
    assert [(each.field, each.before, each.after) for each in account.values] == [
        ("title", "", "Boss")
    ]
    assert [(each.role, each.joining, each.leaving) for each in group.roles] == [
        ("member", ("bob@example.org",), ())
    ]
    assert recipients(small, "team@example.org") == ["ada@example.org", "bob@example.org"]


def test_last_days_are_stored_with_new_and_known_groups_and_told(small: Database) -> None:
    add_group(small, "known@example.org", "ada@example.org", "x@side.example")
    lines = [
        MembershipRecord(group="known@example.org", address="ada@example.org", until="2999-01-31"),
        group_record("new@example.org"),
        MembershipRecord(group="new@example.org", address="bob@example.org", until="2999-02-28"),
        MembershipRecord(group="new@example.org", address="x@side.example", until=""),
    ]
    report = run(small, *lines)
    assert [
        (change.field, change.before, change.after) for change in report.differences[0].values
    ] == [("until of ada@example.org", "", "2999-01-31")]
    exported = export_records(small)
    assert all(each in exported for each in lines if isinstance(each, MembershipRecord))
    assert run(small, *exported).differences == ()
    for_good = MembershipRecord(group="known@example.org", address="ada@example.org", until="")
    run(small, for_good)
    assert for_good in export_records(small)


def test_what_a_file_does_not_say_stays(small: Database) -> None:
    run(small, AccountRecord(address="ada@example.org", display_name="Ada", title="Boss"))
    run(small, AccountRecord(address="ada@example.org", location="Bonn"))
    assert AccountRecord(
        address="ada@example.org",
        display_name="Ada",
        department="",
        title="Boss",
        location="Bonn",
        active=True,
    ) in export_records(small)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (AccountRecord(address="ada@@example.org"), "'@' is not allowed before @"),
        (AccountRecord(address="x@unknown.example"), "the domain unknown.example is not served"),
        (AccountRecord(address="x@example.org", display_name="a\r\nBcc: b"), "character U+000D"),
        (AccountRecord(address="x@example.org", title="a\0"), "character U+0000"),
        (AccountRecord(address="x@example.org", department="Sales//Europe"), "a name is missing"),
        (AccountRecord(address="team@example.org"), "already in use by an existing group"),
        (AliasRecord(address="ada@example.org", account="bob@example.org"), "existing account"),
        (AliasRecord(address="z@example.org", account="no@example.org"), "there is no account"),
        (AdministratorRecord(address="no@example.org"), "there is no account"),
        (AdministratorRecord(address="ada@example.org", domain="no.example"), "not served"),
        (DomainRecord(name="bad domain"), "U+0020"),
        (group_record(address="g@example.org", display_name="\u202e"), "U+202E"),
        (
            group_record(address="g@example.org", display_name="G", kind="band"),
            "kind must be one of",
        ),
        (
            group_record(address="g@example.org", display_name="G", posting_policy="all"),
            "who may send must be one of",
        ),
        (
            group_record(address="g@example.org", display_name="G", kind="department"),
            "needs a department",
        ),
        (
            group_record(
                address="g@example.org", display_name="G", kind="department", department="No"
            ),
            "there is no department No",
        ),
        (
            group_record(address="g@example.org", display_name="G", kind="dynamic", rule="x"),
            "expected one of",
        ),
        (
            group_record(address="g@example.org", display_name="G", rule='title = "x"'),
            "a static group has no rule",
        ),
        (group_record(address="g@example.org", display_name="G"), "needs at least one member"),
        (MembershipRecord(group="no@example.org", address="a@b.example"), "there is no group"),
        (MembershipRecord(group="team@example.org", address="no@example.org"), "no such account"),
        (MembershipRecord(group="team@example.org", address="nothing"), "there is no @ in it"),
        (
            MembershipRecord(group="team@example.org", address="team@example.org"),
            "groups would contain each other",
        ),
    ],
)
def test_a_line_that_does_not_fit_is_named_and_the_others_are_imported(
    small: Database, record: Record, reason: str
) -> None:
    place = at(3)
    object.__setattr__(record, "place", place)
    report = run(small, record, AccountRecord(address="new@example.org"))
    assert reason in str(report.faults[0])
    assert report.faults[0].place == place
    assert [each.name for each in report.differences] == ["new@example.org"]


def test_strict_changes_nothing_if_any_line_is_faulty(small: Database) -> None:
    before = export_records(small)
    bad = Fault(at(2), "this is not a row")
    report = run(small, AccountRecord(address="new@example.org"), bad, strict=True)
    assert not report.saved
    assert faults(report) == ["f.csv:2: this is not a row"]
    assert export_records(small) == before


def test_domains_are_added_only_when_asked_for(small: Database) -> None:
    record = AccountRecord(address="x@new.example")
    assert faults(run(small, record)) == [":0: the domain new.example is not served here"]
    report = run(small, record, add_domains=True)
    assert [each.kind for each in report.differences] == ["domain", "account"]


def test_a_cycle_is_reported_at_the_line_that_closes_it(small: Database) -> None:
    report = run(
        small,
        group_record(address="a@example.org", display_name="A"),
        group_record(address="b@example.org", display_name="B"),
        MembershipRecord(group="a@example.org", address="b@example.org", place=at(4)),
        MembershipRecord(group="b@example.org", address="ada@example.org", place=at(5)),
        MembershipRecord(group="b@example.org", address="a@example.org", place=at(6)),
    )
    assert faults(report) == [
        "f.csv:6: groups would contain each other: b@example.org → a@example.org → b@example.org"
    ]
    assert recipients(small, "a@example.org") == ["ada@example.org"]


def test_a_group_nobody_is_left_in_is_left_out_with_the_lines_that_need_it(small: Database) -> None:
    report = run(
        small,
        group_record(address="inner@example.org", display_name="Inner", place=at(2)),
        group_record(address="outer@example.org", display_name="Outer", place=at(3)),
        MembershipRecord(group="inner@example.org", address="no@example.org", place=at(4)),
        MembershipRecord(group="outer@example.org", address="inner@example.org", place=at(5)),
        MembershipRecord(group="team@example.org", address="outer@example.org", place=at(6)),
    )
    assert [fault.place.line for fault in report.faults] == [2, 3, 4, 5, 6]
    assert report.differences == ()


def test_the_same_line_twice_is_harmless_and_a_contradiction_is_not(small: Database) -> None:
    report = run(
        small,
        AccountRecord(address="x@example.org", title="One", place=at(2)),
        AccountRecord(address="X@example.org", title="One", place=at(3)),
        AccountRecord(address="x@example.org", title="Two", place=at(4)),
    )
    assert faults(report) == ["f.csv:4: x@example.org is described differently at f.csv:2"]
    assert [each.name for each in report.differences] == ["x@example.org"]


def test_members_stay_unless_they_are_to_be_replaced(small: Database) -> None:
    named = MembershipRecord(group="team@example.org", address="bob@example.org")
    run(small, named)
    assert recipients(small, "team@example.org") == ["ada@example.org", "bob@example.org"]
    (difference,) = run(small, named, replace_members=True).differences
    assert difference.roles[0].leaving == ("ada@example.org",)
    assert recipients(small, "team@example.org") == ["bob@example.org"]


@pytest.mark.parametrize(
    "faulty",
    [
        Fault(at(3), "not UTF-8"),
        MembershipRecord(group="team@example.org", address="ada@@example.org"),
    ],
)
def test_nobody_loses_membership_because_of_a_faulty_line(
    small: Database, faulty: Record | Fault
) -> None:
    """The line may be the one that named them."""
    named = MembershipRecord(group="team@example.org", address="bob@example.org")
    run(small, named, faulty, replace_members=True)
    assert recipients(small, "team@example.org") == ["ada@example.org", "bob@example.org"]


def test_groups_may_swap_which_one_contains_the_other(small: Database) -> None:
    add_group(small, "outer@example.org", "team@example.org")
    report = run(
        small,
        MembershipRecord(group="outer@example.org", address="bob@example.org"),
        MembershipRecord(group="team@example.org", address="outer@example.org"),
        replace_members=True,
    )
    assert report.faults == ()
    assert recipients(small, "team@example.org") == ["bob@example.org"]


def test_members_of_a_department_group_are_refused(small: Database) -> None:
    report = run(
        small,
        DepartmentRecord(domain="example.org", path="Sales"),
        group_record(
            address="s@example.org", display_name="S", kind="department", department="Sales"
        ),
        MembershipRecord(group="s@example.org", address="ada@example.org"),
    )
    assert faults(report) == [":0: members of s@example.org follow the directory"]


def test_a_moved_account_changes_its_department_groups(small: Database) -> None:
    run(
        small,
        AccountRecord(address="ada@example.org", department="Sales"),
        group_record(
            address="s@example.org", display_name="S", kind="department", department="Sales"
        ),
    )
    assert recipients(small, "s@example.org") == ["ada@example.org"]
    run(
        small,
        AccountRecord(address="ada@example.org", department="IT"),
        AccountRecord(address="bob@example.org", department="Sales/Asia"),
    )
    assert recipients(small, "s@example.org") == ["bob@example.org"]


def test_an_administrator_of_one_domain_cannot_import_into_another(small: Database) -> None:
    add_accounts(small, ["kim"], domain="example.net")
    actor = Principal(
        address=Address.parse("ada@example.org"), managed_domains=frozenset({"example.org"})
    )
    before = export_records(small)
    with pytest.raises(NotPermitted):
        import_records(small, actor, [AccountRecord(address="kim@example.net", title="Boss")])
    assert export_records(small) == before


def test_progress_reaches_its_end(small: Database) -> None:
    seen: list[tuple[str, int, int]] = []
    import_records(
        small,
        OPERATOR,
        COMPANY,
        progress=lambda what, done, total: seen.append((what, done, total)),
    )
    assert seen
    assert {what for what, done, total in seen if done == total} == {"changes"}
