"""Accounts can be pinned: always in a group that follows the directory, or never."""

from dataclasses import replace

import pytest

from contactsgroups.domain.errors import (
    InvalidAddress,
    InvalidInput,
    NeedsConfirmation,
    NotPermitted,
    SeveralFaults,
)
from contactsgroups.domain.group import GroupSettings
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.accounts import remove_account
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.checks import check_database
from contactsgroups.services.groups import GroupDetails, leaving, members
from contactsgroups.services.groups.editing import draft_like
from contactsgroups.services.groups.source_preview import preview_source
from contactsgroups.services.transfer.exporting import export_records
from contactsgroups.services.transfer.importing import import_records
from tests.directories import (
    add_account,
    add_accounts,
    add_group,
    changed_draft,
    delete_for_good,
)

ADA, BOB, EVE, ZOE = (f"{name}@example.org" for name in ("ada", "bob", "eve", "zoe"))


@pytest.fixture
def group(small: Database) -> GroupDetails:
    """A rule selects Ada and Bob; Eve is pinned, and Bob is kept out."""
    for address in (ADA, BOB):
        add_account(small, address, title="Clerk")
    return add_group(
        small,
        "clerks@example.org",
        members=None,
        kind="dynamic",
        rule='title = "Clerk"',
        always_members=[EVE],
        never_members=[BOB],
        owners=[ZOE],
    )


def inside(database: Database, group: GroupDetails) -> list[str]:
    return [each.address for each in members.list_members(database, OPERATOR, group.uuid)]


def change(database: Database, group: GroupDetails, **values: object) -> GroupDetails:
    stored = groups.show_group(database, OPERATOR, group.uuid)
    draft = changed_draft(draft_like(stored), **values)
    return groups.update_group(database, OPERATOR, stored.uuid, stored.version, draft)


def test_pins_count_more_than_the_rule(small: Database, group: GroupDetails) -> None:
    assert inside(small, group) == [ADA, EVE]
    change(small, group, rule='title = "Clerk" or name is set')
    assert inside(small, group) == [ADA, EVE, ZOE]


def test_never_counts_more_than_always(small: Database, group: GroupDetails) -> None:
    change(small, group, always_members=[BOB, EVE])
    assert inside(small, group) == [ADA, EVE]


def test_pins_hold_in_groups_of_departments_too(small: Database) -> None:
    add_account(small, ADA, department="Sales")
    group = add_group(
        small,
        "sales@example.org",
        members=None,
        kind="department",
        department="Sales",
        always_members=[EVE],
        never_members=[ADA],
    )
    assert inside(small, group) == [EVE]


def test_members_follow_when_an_account_changes(small: Database, group: GroupDetails) -> None:
    add_account(small, BOB, title="Chief clerk")
    add_account(small, BOB, title="Clerk")
    assert inside(small, group) == [ADA, EVE]
    add_account(small, EVE, active=False)
    assert inside(small, group) == [ADA]
    add_account(small, EVE, active=True)
    assert inside(small, group) == [ADA, EVE]


def test_taking_a_pin_away_takes_its_effect_away(small: Database, group: GroupDetails) -> None:
    change(small, group, always_members=[], never_members=[])
    assert inside(small, group) == [ADA, BOB]


def test_who_leaves_all_groups_loses_the_pin_and_does_not_come_back(
    small: Database, group: GroupDetails
) -> None:
    for address in (EVE, BOB):
        leaving.remove_everywhere(small, OPERATOR, address)
    assert inside(small, group) == [ADA]
    stored = groups.show_group(small, OPERATOR, group.uuid)
    assert (stored.always_members, stored.never_members) == ((), (BOB,))


def test_an_account_that_is_removed_is_pinned_no_more(small: Database, group: GroupDetails) -> None:
    for address in (EVE, BOB):
        remove_account(small, OPERATOR, address)
    stored = groups.show_group(small, OPERATOR, group.uuid)
    assert (stored.always_members, stored.never_members) == ((), ())
    assert inside(small, group) == [ADA]
    assert not list(check_database(small))


@pytest.mark.parametrize("text", ["nobody@example.org", "nia@example.net", "clerks@example.org"])
@pytest.mark.parametrize("field", ["always_members", "never_members"])
def test_only_accounts_of_the_own_domain_can_be_pinned(
    small: Database, group: GroupDetails, field: str, text: str
) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    with pytest.raises(InvalidAddress, match="no account of the group's own domain") as caught:
        change(small, group, **{field: [text]})
    assert caught.value.field == field


def test_all_faults_of_pins_are_said_at_once(small: Database, group: GroupDetails) -> None:
    with pytest.raises(SeveralFaults) as caught:
        change(small, group, always_members=["x@example.org"], never_members=["no address"])
    assert {name for name, _ in caught.value.faults} == {"always_members", "never_members"}


def test_a_group_whose_members_are_named_has_no_pins(small: Database, group: GroupDetails) -> None:
    with pytest.raises(InvalidInput, match="a static group has no pinned members"):
        add_group(small, "named@example.org", ADA, always_members=[BOB])
    with pytest.raises((InvalidInput, SeveralFaults)):
        change(small, group, kind="static", rule="")
    changed = change(small, group, kind="static", rule="", always_members=[], never_members=[])
    assert changed.always_members == ()


def test_owners_do_not_pin(small: Database, group: GroupDetails) -> None:
    owner = find_principal(small, ZOE)
    assert owner is not None
    stored = groups.show_group(small, owner, group.uuid)
    draft = replace(draft_like(stored), always_members=[ADA])
    with pytest.raises(NotPermitted):
        groups.update_group(small, owner, stored.uuid, stored.version, draft)
    draft = changed_draft(draft_like(stored), description="Owners still save the rest.")
    groups.update_group(small, owner, stored.uuid, stored.version, draft)


def test_the_brake_holds_pins_too(small: Database, group: GroupDetails) -> None:
    with pytest.raises(NeedsConfirmation, match="all 2 members"):
        change(small, group, always_members=[], never_members=[ADA, BOB, EVE])


def test_the_preview_counts_pins(small: Database, group: GroupDetails) -> None:
    settings = GroupSettings(kind="dynamic", rule='title = "Clerk"')
    found = preview_source(
        small, OPERATOR, settings, uuid=group.uuid, always=[ZOE, "half@"], never=[ADA]
    )
    assert (found.count, found.added, found.removed) == (2, 2, 2)


def test_an_export_has_pins_and_an_import_brings_them(small: Database, group: GroupDetails) -> None:
    records = list(export_records(small))
    delete_for_good(small, group.uuid)
    report = import_records(small, OPERATOR, records)
    assert not report.faults
    again = groups.find_group(small, OPERATOR, group.address)
    assert (again.always_members, again.never_members) == ((EVE,), (BOB,))
    assert inside(small, again) == [ADA, EVE]
