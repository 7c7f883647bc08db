"""Typed members give way to those of the directory, and come back with the kind."""

import pytest

from contactsgroups.domain.errors import MembersWouldLeave
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.accounts import ensure_domain, remove_account
from contactsgroups.services.checks import check_database
from contactsgroups.services.groups import members
from contactsgroups.services.groups.kept_members import count_kept_members
from contactsgroups.services.groups.leaving import remove_everywhere
from tests.directories import add_account, add_group, changed_draft
from tests.services.unit_of_work.audit_log import clear_log, read_log

G = "sales@example.org"
TYPED = ("bob@example.org", "Guest@side.example", "inner@example.org")
BOSSES = {"kind": "dynamic", "rule": 'title = "Boss"'}


@pytest.fixture
def group(small: Database) -> str:
    add_account(small, "ada@example.org", title="Boss")
    add_group(small, "inner@example.org", "eve@example.org")
    return add_group(small, G, *TYPED).uuid


def change(database: Database, uuid: str, **values: object) -> None:
    stored = groups.show_group(database, OPERATOR, uuid)
    draft = groups.GroupDraft(address=stored.original, settings=stored.settings)
    draft = changed_draft(draft, **{"rule": "", **values})
    groups.update_group(database, OPERATOR, uuid, stored.version, draft)


def members_of(database: Database, uuid: str) -> list[str]:
    views = members.list_members(database, OPERATOR, uuid)
    return [each.original for each in views]


def test_there_and_back_again(small: Database, group: str) -> None:
    change(small, group, **BOSSES)
    assert members_of(small, group) == ["ada@example.org"]
    assert count_kept_members(small, OPERATOR, group) == 3
    change(small, group, kind="dynamic", rule='title contains "os"')
    change(small, group, kind="static")
    assert members_of(small, group) == list(TYPED)
    assert count_kept_members(small, OPERATOR, group) == 0
    recipients = members.list_recipients(small, OPERATOR, group)
    assert recipients == ["bob@example.org", "eve@example.org", "guest@side.example"]
    assert not [each for each in check_database(small) if each.severity == "error"]


def test_members_that_were_selected_stay_where_nobody_was_typed(
    small: Database, group: str
) -> None:
    other = add_group(small, "bosses@example.org", members=None, **BOSSES).uuid
    change(small, other, kind="static")
    assert members_of(small, other) == ["ada@example.org"]


def test_who_has_gone_does_not_come_back(small: Database, group: str) -> None:
    """Also where another one has got the address since."""
    change(small, group, **BOSSES)
    remove_account(small, OPERATOR, "bob@example.org")
    add_account(small, "bob@example.org", display_name="Another Bob")
    remove_everywhere(small, OPERATOR, "guest@side.example")
    change(small, group, kind="static")
    assert members_of(small, group) == ["inner@example.org"]


def test_an_address_that_nobody_has_and_a_circle_stay_away(small: Database, group: str) -> None:
    change(small, group, **BOSSES)
    inner = groups.find_group(small, OPERATOR, "inner@example.org")
    members.add_member(small, OPERATOR, inner.uuid, G)
    ensure_domain(small, OPERATOR, "side.example")
    change(small, group, kind="static")
    assert members_of(small, group) == ["bob@example.org"]


def test_a_renamed_group_is_still_kept(small: Database, group: str) -> None:
    change(small, group, **BOSSES)
    inner = groups.find_group(small, OPERATOR, "inner@example.org").uuid
    change(small, inner, address="Outer@example.org")
    change(small, group, kind="static")
    assert members_of(small, group) == [
        "bob@example.org",
        "Guest@side.example",
        "Outer@example.org",
    ]


def test_whoever_wants_to_be_asked_is_told_the_numbers(small: Database, group: str) -> None:
    """Before anything is changed."""
    before = groups.show_group(small, OPERATOR, group)
    with pytest.raises(MembersWouldLeave) as caught:
        change(small, group, **BOSSES, asks_first=True)
    assert (caught.value.leaving, caught.value.back) == (3, 0)
    with pytest.raises(MembersWouldLeave):
        change(small, group, **BOSSES, asks_first=True, may_leave=2)
    assert groups.show_group(small, OPERATOR, group) == before
    assert count_kept_members(small, OPERATOR, group) == 0
    change(small, group, **BOSSES, asks_first=True, may_leave=3)
    with pytest.raises(MembersWouldLeave) as caught:
        change(small, group, kind="static", asks_first=True)
    assert (caught.value.leaving, caught.value.back) == (1, 3)
    change(small, group, **BOSSES, description="No other kind, no question", asks_first=True)


def kept_in_log(database: Database) -> list[tuple[str, str, object]]:
    """What the audit log says of kept members."""
    log = read_log(database)
    return [
        (action, subject, detail["kept"]) for action, subject, detail in log if "kept" in detail
    ]


def test_the_audit_log_says_who_is_kept_and_who_comes_back(small: Database, group: str) -> None:
    change(small, group, **BOSSES)
    change(small, group, kind="static")
    every = sorted(each.lower() for each in TYPED)
    assert kept_in_log(small) == [
        ("change group", G, {"added": every}),
        ("change group", G, {"removed": every}),
    ]


def test_the_audit_log_says_who_is_kept_no_more(small: Database, group: str) -> None:
    """With an account that was removed, one that left everything, and a renamed group."""
    change(small, group, **BOSSES)
    clear_log(small)
    remove_account(small, OPERATOR, "bob@example.org")
    remove_everywhere(small, OPERATOR, "guest@side.example")
    inner = groups.find_group(small, OPERATOR, "inner@example.org").uuid
    change(small, inner, address="Outer@example.org")
    groups.remove_group(small, OPERATOR, group)
    assert kept_in_log(small) == [
        ("change group", G, {"removed": ["bob@example.org"]}),
        ("change group", G, {"removed": ["guest@side.example"]}),
        ("change group", G, {"added": ["outer@example.org"], "removed": ["inner@example.org"]}),
        ("remove group", G, {"removed": ["outer@example.org"]}),
    ]
