"""Entries are chained in the transaction that writes them, whatever else happens there."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import delete, select

from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditChainEnd, AuditRow
from contactsgroups.services.accounts import AccountDraft
from contactsgroups.services.accounts.accounts import ensure_account_in
from contactsgroups.services.audit_verification import seal_log, verify_all
from contactsgroups.services.unit_of_work import write
from tests.directories import add_accounts
from tests.statements import statements_of


@pytest.fixture
def sealed(migrated_sqlite_url: str) -> Iterator[Database]:
    database = Database(migrated_sqlite_url, audit_keys=["our key"])
    add_accounts(database, ["ada"])
    yield database
    database.dispose()


def add(database: Database, count: int) -> None:
    with write(database, OPERATOR) as work:
        for number in range(count):
            ensure_account_in(work, AccountDraft(address=f"of{count}.{number}@example.org"))


def numbers(database: Database) -> list[int]:
    with database.connect() as connection:
        return list(connection.scalars(select(AuditRow.id).order_by(AuditRow.id)))


def test_what_is_rolled_back_leaves_no_gap(sealed: Database) -> None:
    with suppress(RuntimeError), write(sealed, OPERATOR) as work:
        ensure_account_in(work, AccountDraft(address="never@example.org"))
        work.finish(sealed.brake)
        raise RuntimeError
    add(sealed, 2)
    assert numbers(sealed) == list(range(1, len(numbers(sealed)) + 1))


def test_the_end_is_read_and_written_once_for_many_entries(sealed: Database) -> None:
    with statements_of(sealed) as statements:
        add(sealed, 3)
        add(sealed, 1100)
    of_the_end = [each.split()[0] for each in statements if "audit_chain_end" in each]
    assert of_the_end == ["SELECT", "UPDATE"] * 2


def test_what_writes_no_entry_leaves_the_end_alone(sealed: Database) -> None:
    with statements_of(sealed) as statements, write(sealed, OPERATOR):
        pass
    assert not any("audit_chain_end" in each for each in statements)


def test_without_the_row_of_the_end_nothing_is_written(sealed: Database) -> None:
    """As without the journal's counter: whatever came next would not fit."""
    before = numbers(sealed)
    with sealed.engine.begin() as connection:
        connection.execute(delete(AuditChainEnd))
    with pytest.raises(Unavailable, match="audit seal"):
        add(sealed, 1)
    assert numbers(sealed) == before


def test_sealing_sets_a_lost_end_anew(sealed: Database) -> None:
    with sealed.engine.begin() as connection:
        connection.execute(delete(AuditChainEnd))
    assert seal_log(sealed, OPERATOR) == len(numbers(sealed)) - 1  # The seal has an entry, too.
    add(sealed, 2)
    found = verify_all(sealed, OPERATOR)
    assert (found.last, found.faults) == (len(numbers(sealed)), ())
