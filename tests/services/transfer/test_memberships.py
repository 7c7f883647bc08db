"""Who files put into groups, and whom they take out."""

from datetime import date

import pytest

from contactsgroups.services.transfer import memberships
from contactsgroups.services.transfer.records import MemberRole
from tests.directories import group_record
from tests.services.transfer.snapshots import at, company, faults_of, member, members_of, merge

OWNER = MemberRole.OWNER


def test_members_are_added_once_and_keep_their_first_spelling() -> None:
    result = merge(company(), member("team", "X@Side.Example"), member("team", "x@side.example"))
    assert members_of(result.snapshot, "team") == ["ada", "bob", "x@side.example"]
    found = result.snapshot.groups["team@example.org"].roles[MemberRole.MEMBER]
    assert found["x@side.example"] == "X@Side.Example"


def test_replacing_takes_out_whom_the_files_do_not_name_role_by_role() -> None:
    stored = merge(company(), member("team", "ada", OWNER), member("team", "bob", OWNER)).snapshot
    result = merge(stored, member("team", "eve"), replace=True)
    assert members_of(result.snapshot, "team") == ["eve"]
    assert members_of(result.snapshot, "all") == ["team"]
    owners = result.snapshot.groups["team@example.org"].roles[OWNER]
    assert owners.keys() == {"ada@example.org", "bob@example.org"}
    result = merge(stored, member("team", "bob", OWNER), replace=True)
    assert members_of(result.snapshot, "team") == ["ada", "bob"]
    assert result.snapshot.groups["team@example.org"].roles[OWNER].keys() == {"bob@example.org"}


@pytest.mark.parametrize("faulty", ["no address@", "nobody", "a@@b.example"])
def test_nobody_is_taken_out_beside_a_faulty_line(faulty: str) -> None:
    """It may have named them; other groups and roles are not in doubt."""
    stored = merge(company(), member("team", "ada", OWNER)).snapshot
    result = merge(
        stored,
        member("team", "eve"),
        member("team", faulty),
        member("team", "bob", OWNER),
        replace=True,
    )
    assert len(result.faults) == 1
    assert members_of(result.snapshot, "team") == ["ada", "bob", "eve"]
    assert result.snapshot.groups["team@example.org"].roles[OWNER].keys() == {"bob@example.org"}


def test_a_member_served_here_must_be_there_and_one_elsewhere_need_not() -> None:
    result = merge(company(), member("team", "nobody", line=2), member("team", "x@side.example"))
    assert faults_of(result) == [
        "f.csv:2: nobody@example.org: there is no such account, alias or group in example.org"
    ]


def test_groups_that_are_not_there_and_groups_that_follow_the_directory_take_nobody() -> None:
    derived = group_record(
        "bosses@example.org", display_name="B", kind="dynamic", rule='title = "boss"'
    )
    result = merge(
        company(),
        derived,
        member("no", "ada", line=2),
        member("bosses", "ada", line=3),
        member("bosses", "ada", OWNER, line=4),
    )
    assert faults_of(result) == [
        "f.csv:2: there is no group no@example.org",
        "f.csv:3: members of bosses@example.org follow the directory",
    ]
    assert result.snapshot.groups["bosses@example.org"].roles[OWNER]


def test_a_circle_is_closed_by_one_line_and_roles_close_none() -> None:
    result = merge(company(), member("team", "all", line=2), member("team", "all", OWNER, line=3))
    path = "team@example.org → all@example.org → team@example.org"
    assert faults_of(result) == [f"f.csv:2: groups would contain each other: {path}"]
    assert members_of(result.snapshot, "team") == ["ada", "bob"]


def test_a_circle_that_the_same_files_open_is_none() -> None:
    result = merge(company(), member("all", "eve"), member("team", "all"), replace=True)
    assert result.faults == []
    assert (members_of(result.snapshot, "all"), members_of(result.snapshot, "team")) == (
        ["eve"],
        ["all"],
    )


def test_a_new_group_that_nobody_is_in_falls_with_all_that_it_would_have_held_up() -> None:
    new = [
        group_record(f"{name}@example.org", display_name=name, place=at(line))
        for line, name in enumerate(("inner", "middle", "outer"), 2)
    ]
    result = merge(
        company(),
        *new,
        member("inner", "nobody", line=5),
        member("middle", "inner", line=6),
        member("outer", "middle", line=7),
        member("team", "outer", line=8),
    )
    assert sorted(fault.place.line for fault in result.faults) == [2, 3, 4, 5, 6, 7, 8]
    assert result.snapshot.groups.keys() == {"team@example.org", "all@example.org"}


def test_a_stored_group_that_nobody_would_be_left_in_stays_as_it_was() -> None:
    stored = company()
    changed = group_record("inner@example.org", display_name="Inner", place=at(2))
    lines = [member("inner", "nobody", line=3), member("all", "inner", line=4)]
    result = merge(stored, changed, *lines, replace=True)
    assert sorted(fault.place.line for fault in result.faults) == [2, 3, 4, 4]
    assert members_of(result.snapshot, "all") == ["team"]


def test_a_group_that_no_longer_follows_the_directory_needs_members() -> None:
    derived = group_record(
        "bosses@example.org", display_name="B", kind="dynamic", rule='title = "boss"'
    )
    stored = merge(company(), derived).snapshot
    static = group_record("bosses@example.org", kind="static", rule="", place=at(2))
    alone = merge(stored, static)
    assert faults_of(alone) == ["f.csv:2: bosses@example.org: a group needs at least one member"]
    assert alone.snapshot.groups["bosses@example.org"].is_derived
    together = merge(stored, static, member("bosses", "ada"))
    assert together.faults == []
    assert members_of(together.snapshot, "bosses") == ["ada"]


def test_a_group_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memberships, "ADDRESSES_LIMIT", 3)
    lines = [member("team", "x@side.example", line=2), member("team", "y@side.example", line=3)]
    result = merge(company(), *lines)
    assert faults_of(result) == ["f.csv:3: team@example.org would have more than 3 members"]


def test_last_days_are_those_of_the_files_and_stay_where_these_say_nothing() -> None:
    stored = merge(company(), member("team", "ada", until="2999-01-31")).snapshot
    assert stored.groups["team@example.org"].last_days == {"ada@example.org": date(2999, 1, 31)}
    for until, expected in [
        (None, {"ada@example.org": date(2999, 1, 31)}),
        ("", {}),
        ("31.12.2999", {"ada@example.org": date(2999, 12, 31)}),
    ]:
        result = merge(stored, member("team", "ada", until=until))
        assert result.faults == []
        assert result.snapshot.groups["team@example.org"].last_days == expected
    assert stored.groups["team@example.org"].last_days == {"ada@example.org": date(2999, 1, 31)}


def test_who_is_taken_out_leaves_no_last_day_behind() -> None:
    stored = merge(company(), member("team", "ada", until="2999-01-31")).snapshot
    result = merge(stored, member("team", "bob"), replace=True)
    assert result.snapshot.groups["team@example.org"].last_days == {}


def test_one_line_may_say_the_last_day_and_another_nothing_of_it() -> None:
    for lines in [(None, "2999-01-31"), ("2999-01-31", None)]:
        result = merge(company(), *(member("team", "eve", until=each) for each in lines))
        assert result.faults == []
        assert list(result.snapshot.groups["team@example.org"].last_days) == ["eve@example.org"]


@pytest.mark.parametrize(
    ("until", "reason"),
    [
        ("2020-01-31", "f.csv:7: 2020-01-31 has passed; the last day is today or later"),
        ("some day", "f.csv:7: “some day” is no day; write it like 2027-01-31"),
        ("2999-02-01", "f.csv:7: eve@example.org is described differently at f.csv:6"),
    ],
)
def test_nobody_joins_by_a_line_whose_last_day_cannot_be(until: str, reason: str) -> None:
    before = member("team", "eve", until="2999-01-31", line=6)
    lines = [before] if "differently" in reason else []
    result = merge(company(), *lines, member("team", "eve", until=until, line=7))
    assert faults_of(result) == [reason]
    assert ("eve" in members_of(result.snapshot, "team")) is bool(lines)


def test_only_members_have_a_last_day() -> None:
    result = merge(company(), member("team", "ada", OWNER, until="2999-01-31", line=7))
    assert faults_of(result) == ["f.csv:7: only members have a last day"]
