"""A unit of work is whole: rows, what follows from them and the journal, or nothing of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from contactsgroups.domain.errors import NotPermitted, Unavailable
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.models import Account, AuditRow, PersonalState
from contactsgroups.services import groups
from contactsgroups.services.accounts import AccountDraft
from contactsgroups.services.accounts.accounts import ensure_account_in, require_account
from contactsgroups.services.completion.contacts import Contact, list_owners, replace_contacts
from contactsgroups.services.completion.usage import (
    UsedAddress,
    list_usage,
    record_usage,
    remove_all_usage,
)
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.unit_of_work import write, write_private
from tests.directories import add_account, add_accounts, add_alias, add_group
from tests.services.conftest import ADA, changes_since, position


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


@pytest.fixture(params=["mariadb", "postgresql"])
def server(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with row locks. SQLite knows one lock only: there, writers wait for the file."""
    database = Database(request.getfixturevalue(f"migrated_{request.param}_url"))
    add_accounts(database, ["ada"])
    yield database
    database.dispose()


def test_a_message_is_recorded_while_another_writer_holds_the_lock(server: Database) -> None:
    with write(server, OPERATOR), ThreadPoolExecutor(1) as pool:
        recording = pool.submit(record_usage, server, ADA, [UsedAddress("kim@else.example")])
        recording.result(timeout=10)
        assert [each.address for each in list_usage(server, ADA)] == ["kim@else.example"]
        contact = Contact("friends/1.vcf", "Kim", "kim@else.example")
        stored = pool.submit(replace_contacts, server, str(ADA.address), "", [contact])
        assert stored.result(timeout=10) == 1
    assert list_owners(server) == [str(ADA.address)]


def test_whoever_may_only_look_writes_nothing_private_either(database: Database) -> None:
    looking = Principal(address=ADA.address, read_only=True)
    with pytest.raises(NotPermitted), write_private(database, looking):
        raise AssertionError("it was opened")
    with pytest.raises(NotPermitted):
        remove_all_usage(database, looking)


def test_two_that_write_the_same_row_get_an_error_that_says_try_again(database: Database) -> None:
    record_usage(database, ADA, [UsedAddress("kim@elsewhere.example")])
    with database.read() as session:
        account_id = session.scalars(select(PersonalState.account_id)).one()
    with pytest.raises(Unavailable, match="try again"), write_private(database, ADA) as session:
        session.add(PersonalState(account_id=account_id))
