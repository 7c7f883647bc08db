"""The audit log as administrators read it."""

from datetime import timedelta
from typing import Any

import pytest

from contactsgroups.domain.errors import NotPermitted
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import accounts, audit_log
from contactsgroups.services.audit_log import AuditEntry, AuditFilter
from tests.directories import add_account, add_alias, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN


def entries(
    database: Database, principal: Principal = OPERATOR, limit: int = 3, **wanted: Any
) -> list[AuditEntry]:
    """All entries that are found, read in pages."""
    found: list[AuditEntry] = []
    before: int | None = None
    while True:
        page = audit_log.list_entries(
            database, principal, AuditFilter(**wanted), before=before, limit=limit
        )
        found += page.entries
        if (before := page.next_before) is None:
            return found


def subjects(database: Database, principal: Principal = OPERATOR, **wanted: Any) -> list[str]:
    return [f"{each.action} {each.subject}" for each in entries(database, principal, **wanted)]


@pytest.fixture
def changed(database: Database) -> Database:
    """Changes in two domains."""
    add_account(database, "nia@example.net", department="Sales (example.org)")
    add_account(database, "ada@example.org", display_name="Ada", department="IT")
    add_alias(database, "n@example.net", "nia@example.net")
    add_group(database, "sales@example.org", "ada@example.org")
    accounts.appoint_administrator(database, OPERATOR, "ada@example.org", domain="example.net")
    accounts.appoint_administrator(database, OPERATOR, "ada@example.org", domain=None)
    return database


def test_the_newest_stands_first_with_what_differs(changed: Database) -> None:
    add_account(changed, "ada@example.org", display_name="Ada Lovelace", department="IT")
    newest = entries(changed)[0]
    assert (newest.actor, newest.action, newest.subject) == (
        "operator@localhost",
        "change account",
        "ada@example.org",
    )
    assert newest.detail == {"fields": {"display_name": ["Ada", "Ada Lovelace"]}}
    ids = [each.id for each in entries(changed)]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) > 10


def test_administrators_of_a_domain_read_what_concerns_it(changed: Database) -> None:
    nia = Principal(address=ADA.address, managed_domains=frozenset({"example.net"}))
    seen = subjects(changed, nia)
    assert seen[:2] == [
        "create alias n@example.net",
        "create department Sales (example.org) (example.net)",
    ] or set(seen) >= {"create alias n@example.net", "create account nia@example.net"}
    assert not [each for each in seen if each.endswith("example.org")]
    local = subjects(changed, LOCAL_ADMIN)
    assert "create group sales@example.org" in local
    assert "create department IT (example.org)" in local
    assert not [each for each in local if "example.net" in each]


def test_only_administrators_read_it(small: Database) -> None:
    with pytest.raises(NotPermitted):
        entries(small, ADA)


def test_filters(changed: Database) -> None:
    assert subjects(changed, action="create group") == ["create group sales@example.org"]
    assert subjects(changed, subject="n@example.net") == ["create alias n@example.net"]
    assert subjects(changed, actor="nobody@example.org") == []
    all_of_it = entries(changed, actor="operator@localhost")
    newest, oldest = all_of_it[0].at, all_of_it[-1].at
    assert entries(changed, since=newest + timedelta(seconds=1)) == []
    assert entries(changed, until=oldest) == []
    assert entries(changed, since=oldest, until=newest + timedelta(seconds=1)) == all_of_it
