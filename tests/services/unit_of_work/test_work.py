"""A unit of work is whole: rows, what follows from them and the journal, or nothing of it."""

import pytest
from sqlalchemy import func, select

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.models import Account, AuditRow
from contactsgroups.services import groups
from contactsgroups.services.accounts import AccountDraft
from contactsgroups.services.accounts.accounts import ensure_account_in, require_account
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.unit_of_work import write
from tests.directories import add_account, add_alias, add_group
from tests.services.conftest import changes_since, position


def count_audit_rows(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(AuditRow)) or 0


def test_an_error_leaves_nothing_behind(database: Database) -> None:
    group = add_group(database, "team@example.org", "ada@example.org", "bob@example.org")
    before, audited = position(database), count_audit_rows(database)

    def fail_at_the_last_step() -> None:
        with write(database, OPERATOR) as work:
            ensure_account_in(work, AccountDraft(address="kim@example.org"))
            row = require_group(work.session, group.uuid)
            row.members.pop()
            work.changed_group(row)
            raise RuntimeError("the last step failed")

    with pytest.raises(RuntimeError):
        fail_at_the_last_step()
    assert position(database) == before
    assert count_audit_rows(database) == audited
    with database.read() as session:
        assert len(require_group(session, group.uuid).members) == 2
        known = select(Account.id).where(Account.address == "kim@example.org")
        assert session.scalar(known) is None


def test_an_error_while_the_consequences_are_drawn_leaves_nothing_behind(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = position(small)

    def fail(*_: object) -> int:
        raise RuntimeError("the journal cannot be written")

    with monkeypatch.context() as patched:
        patched.setattr(journal, "append", fail)
        with pytest.raises(RuntimeError):
            add_group(small, "team@example.org", "ada@example.org")
    assert position(small) == before
    assert groups.list_groups(small, OPERATOR).groups == ()


def test_what_was_noted_twice_is_in_the_journal_once(small: Database) -> None:
    before = position(small)
    with write(small, OPERATOR) as work:
        account = require_account(work.session, "ada@example.org")
        work.changed_account(account)
        work.changed_account(account)
    assert changes_since(small, before) == ["account ada@example.org"]


def test_without_a_change_the_journal_stays_where_it_is(small: Database) -> None:
    before = position(small)
    with write(small, OPERATOR) as work:
        require_account(work.session, "ada@example.org")
    assert position(small) == before


def test_every_group_that_a_change_reaches_is_in_the_journal(small: Database) -> None:
    """Followers look at nothing but the addresses that are named there."""
    add_alias(small, "a@example.org", "ada@example.org")
    add_group(small, "inner@example.org", "a@example.org")
    add_group(small, "outer@example.org", "inner@example.org")
    add_group(small, "other@example.org", "bob@example.org")
    before = position(small)
    add_account(small, "ada@example.org", display_name="Ada", active=False)
    assert changes_since(small, before) == [
        "account ada@example.org",
        "alias a@example.org",
        "group inner@example.org",
        "group outer@example.org",
    ]


def test_a_renamed_group_is_told_of_under_both_addresses(small: Database) -> None:
    group = add_group(small, "old@example.org", "ada@example.org")
    before = position(small)
    with write(small, OPERATOR) as work:
        row = require_group(work.session, group.uuid)
        work.changed_group(row, former_address="older@example.org")
    assert changes_since(small, before) == ["group old@example.org", "group older@example.org"]
