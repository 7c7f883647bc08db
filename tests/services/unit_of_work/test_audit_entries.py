"""What the audit log says of a difference: names instead of ids, and nothing that is secret."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Group
from contactsgroups.services.accounts.accounts import require_account
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.unit_of_work import audit_entries
from contactsgroups.services.unit_of_work.audit_entries import Entry, entries_of
from contactsgroups.services.unit_of_work.audited_tables import (
    BY_NAME,
    GROUPS,
    MEMBERS,
    ROLES,
    UNKNOWN,
    AuditedTable,
    Row,
)
from contactsgroups.services.unit_of_work.differences import Differences
from tests.directories import add_group

ACCOUNTS = BY_NAME[Account.__tablename__]


def row(audited: AuditedTable, **values: Any) -> Row:
    """A row with these values, and nothing known of the others."""
    return tuple(values.get(column.name, UNKNOWN) for column in audited.columns)


@pytest.fixture
def team(small: Database) -> int:
    """The id of a stored group."""
    uuid = add_group(small, "team@example.org", "ada@example.org").uuid
    with small.read() as session:
        return require_group(session, uuid).id


def told(database: Database, differences: Differences) -> list[Entry]:
    with database.read() as session:
        return list(entries_of(session, differences))


def test_without_a_difference_nothing_is_said(small: Database, team: int) -> None:
    differences = Differences()
    same = row(GROUPS, id=team, display_name="Team")
    differences.update(GROUPS, same, same)
    assert told(small, differences) == []


def test_a_change_of_members_alone_names_the_stored_group(small: Database, team: int) -> None:
    differences = Differences()
    differences.remove(MEMBERS, row(MEMBERS, group_id=team, address="ada@example.org"))
    for address in ("bob@example.org", "a@example.org"):
        new = row(MEMBERS, group_id=team, address=address, original=address)
        differences.insert(MEMBERS, new)
    owner = row(ROLES, group_id=team, role="owner", address="eve@example.org")
    differences.insert(ROLES, owner)
    (entry,) = told(small, differences)
    assert (entry.action, entry.subject) == ("change group", "team@example.org")
    assert entry.detail == {
        "members": {
            "added": ["a@example.org", "bob@example.org"],
            "removed": ["ada@example.org"],
        },
        "roles": {"owner": {"added": ["eve@example.org"]}},
    }


def test_ids_are_said_by_name(small: Database, team: int) -> None:
    with small.read() as session:
        stored = session.scalars(select(Group).where(Group.id == team)).one()
        domain_id = stored.domain_id
    differences = Differences()
    differences.update(
        GROUPS,
        row(GROUPS, id=team, address="team@example.org", domain_id=None),
        row(GROUPS, id=team, address="team@example.org", domain_id=domain_id),
    )
    (entry,) = told(small, differences)
    assert entry.detail == {"fields": {"domain": [None, "example.org"]}}


def test_a_password_is_said_to_have_changed_and_no_more(small: Database) -> None:
    with small.read() as session:
        id_ = require_account(session, "ada@example.org").id
    differences = Differences()
    differences.update(
        ACCOUNTS,
        row(ACCOUNTS, id=id_, password_hash="scrypt:before"),
        row(ACCOUNTS, id=id_, password_hash="scrypt:after"),
    )
    (entry,) = told(small, differences)
    assert (entry.action, entry.subject) == ("change account", "ada@example.org")
    assert "password_hash" in entry.detail["fields"]
    assert "scrypt" not in json.dumps(entry.detail)


def test_more_than_an_entry_holds_goes_on_in_the_next(
    small: Database, team: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_entries, "PARTS_LIMIT", 2)
    differences = Differences()
    addresses = [f"x{number}@side.example" for number in range(3)]
    for address in addresses:
        new = row(MEMBERS, group_id=team, address=address, original=address)
        differences.insert(MEMBERS, new)
    first, second = told(small, differences)
    assert first.detail == {"members": {"added": addresses[:2]}, "part": [1, 2]}
    assert second.detail == {"members": {"added": addresses[2:]}, "part": [2, 2]}
