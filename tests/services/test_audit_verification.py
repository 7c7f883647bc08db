"""What use cases write is an unbroken chain, and whatever is done to it elsewhere is named."""

import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select, text, update

from contactsgroups.domain.audit_chain import digest_of, hash_carried
from contactsgroups.domain.audit_inspection import Damage, Fault
from contactsgroups.domain.errors import NotPermitted, Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditChainEnd, AuditRow
from contactsgroups.services import accounts, audit_verification
from contactsgroups.services.audit_verification import (
    Scope,
    last_verifications,
    seal_log,
    verify_all,
    verify_newest,
)
from tests.directories import add_account, add_accounts, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN
from tests.services.unit_of_work.audit_log import read_log

LOG = AuditRow.__table__
END = AuditChainEnd.__table__
SET = "UPDATE contactsgroups_audit_log SET"


@pytest.fixture
def sealed(migrated_url: str) -> Iterator[Database]:
    """A database whose log is sealed and has nine entries, with letters of all lengths."""
    database = Database(migrated_url, audit_keys=["our key"])
    fill(database)
    yield database
    database.dispose()


@pytest.fixture
def small_sealed(migrated_sqlite_url: str) -> Iterator[Database]:
    """The same on SQLite alone."""
    database = Database(migrated_sqlite_url, audit_keys=["our key"])
    fill(database)
    yield database
    database.dispose()


def fill(database: Database) -> None:
    add_accounts(database, ["ada", "bob", "eve"])
    add_accounts(database, [], domain="example.net")
    add_group(database, "sales@example.org", "ada@example.org", display_name="Gru\u0308ße 北京 🦊 ")
    add_account(database, "ada@example.org", display_name='Ada \\ "Lovelace"')
    add_group(database, "all@example.org", "sales@example.org")
    accounts.remove_account(database, OPERATOR, "ada@example.org")


def last_number(database: Database) -> int:
    with database.connect() as connection:
        return connection.scalar(select(func.max(LOG.c.id))) or 0


def tamper(database: Database, *statements: Any) -> None:
    with database.engine.begin() as connection:
        for each in statements:
            connection.execute(each)


def faults_of(database: Database) -> list[Fault]:
    found: list[Fault] = []
    verification = verify_all(database, OPERATOR, tell=found.append)
    assert verification.faults == tuple(found)
    return found


def test_what_use_cases_write_is_unbroken(sealed: Database) -> None:
    found = verify_all(sealed, OPERATOR)
    last = last_number(sealed)
    assert last > 9
    assert found.is_unbroken
    assert (found.first, found.last, found.faults) == (1, last, ())
    with sealed.connect() as connection:
        rows = connection.execute(select(LOG).order_by(LOG.c.id)).mappings().all()
    assert [row["id"] for row in rows] == list(range(1, last + 1))
    for before, after in pairwise(rows):
        assert after["previous"] == hash_carried(digest_of(before), before["seal"])
    assert {len(row["seal"]) for row in rows} == {64}


CHANGES: dict[str, Any] = {
    "at": text(f"{SET} at = '2001-02-03 04:05:06.000007' WHERE id = 4"),
    **{
        name: update(LOG).where(LOG.c.id == 4).values({name: "x"})
        for name in (
            *("actor", "origin", "action", "subject", "domain", "group_uuid"),
            *("detail", "search_text", "previous", "seal"),
        )
    },
}


def test_every_column_of_an_entry_counts(sealed: Database) -> None:
    assert {*CHANGES, "id"} <= set(LOG.c.keys())
    with sealed.connect() as connection:
        before = dict(connection.execute(select(LOG).where(LOG.c.id == 4)).mappings().one())
    for change in CHANGES.values():
        tamper(sealed, change)
        assert faults_of(sealed) == [Fault(Damage.CHANGED, 4, 4)]
        tamper(sealed, update(LOG).where(LOG.c.id == 4).values(before))
    assert faults_of(sealed) == []


def remove(number: int) -> Any:
    return delete(LOG).where(LOG.c.id == number)


def renumber(number: int, to: int) -> Any:
    return update(LOG).where(LOG.c.id == number).values(id=to)


def test_missing_swapped_and_added_entries_are_named(sealed: Database) -> None:
    last = last_number(sealed)
    tamper(sealed, remove(2), remove(last))
    assert faults_of(sealed) == [Fault(Damage.MISSING, 2, 2), Fault(Damage.MISSING, last, last)]
    tamper(sealed, renumber(5, 900), renumber(6, 5), renumber(900, 6))
    assert faults_of(sealed)[1] == Fault(Damage.CHANGED, 5, 6)
    copied = select(*(text("1000") if each.name == "id" else each for each in LOG.c))
    tamper(sealed, insert(LOG).from_select(LOG.c.keys(), copied.where(LOG.c.id == 3)))
    assert faults_of(sealed)[-1] == Fault(Damage.ADDED, 1000, 1000)


def test_whatever_is_done_at_random_is_found_and_named(small_sealed: Database) -> None:
    """As the property tests of the inspection, through the database."""
    last, chance = last_number(small_sealed), random.Random(5)
    with small_sealed.connect() as connection:
        whole = [dict(row) for row in connection.execute(select(LOG)).mappings()]
    acts: list[tuple[Damage, Callable[[int], Any]]] = [
        (Damage.MISSING, remove),
        (Damage.CHANGED, lambda number: update(LOG).where(LOG.c.id == number).values(actor="x")),
        (Damage.CHANGED, lambda number: text(f"{SET} at = 'no time' WHERE id = {number}")),
        (Damage.ADDED, lambda number: renumber(number, -number)),
    ]
    for _ in range(40):
        damage, act = chance.choice(acts)
        number = chance.randint(1, last)
        tamper(small_sealed, act(number))
        named = number if damage is not Damage.ADDED else -number
        assert Fault(damage, named, named) in faults_of(small_sealed)
        tamper(small_sealed, delete(LOG), insert(LOG).values(whole))


def test_octets_that_are_no_text_and_times_that_are_none_are_named(small_sealed: Database) -> None:
    tamper(
        small_sealed,
        text(f"{SET} actor = CAST(x'ff' AS TEXT) WHERE id = 3"),
        text(f"{SET} at = 'yesterday' WHERE id = 5"),
        text(f"{SET} detail = x'ff00' WHERE id = 7"),
    )
    assert faults_of(small_sealed) == [
        Fault(Damage.CHANGED, number, number) for number in (3, 5, 7)
    ]


def make_anew(connection: Connection, start: int) -> None:
    """Compute every hash from an entry on, as who can write to the database can."""
    carried, last, digest = "", 0, ""
    for row in connection.execute(select(LOG).order_by(LOG.c.id)).mappings().all():
        entry = dict(row)
        if entry["id"] >= start:
            entry |= {"previous": carried, "seal": "0" * 64}
            connection.execute(update(LOG).where(LOG.c.id == entry["id"]).values(entry))
        last, digest = entry["id"], digest_of(entry)
        carried = hash_carried(digest, entry["seal"])
    connection.execute(update(END).values(last=last, digest=digest, seal="0" * 64))


def test_a_log_made_anew_without_the_key_is_found_and_stays_so(small_sealed: Database) -> None:
    last = last_number(small_sealed)
    tamper(small_sealed, update(LOG).where(LOG.c.id == 4).values(actor="mallory@example.org"))
    with small_sealed.engine.begin() as connection:
        make_anew(connection, 4)
    assert faults_of(small_sealed) == [Fault(Damage.NOT_SEALED, 4, last)]
    add_group(small_sealed, "later@example.org", "bob@example.org")
    assert faults_of(small_sealed) == [Fault(Damage.NOT_SEALED, 4, last + 1)]


def test_a_log_from_elsewhere_can_be_sealed_by_who_knows_why(small_sealed: Database) -> None:
    here = Database(small_sealed.url, audit_keys=["another key"])
    last = last_number(here)
    assert faults_of(here) == [Fault(Damage.NOT_SEALED, 1, last)]
    with pytest.raises(NotPermitted):
        seal_log(here, LOCAL_ADMIN)
    assert seal_log(here, OPERATOR) == last
    assert faults_of(here) == []
    action, _, detail = read_log(here)[-1]
    assert (action, detail) == ("seal audit log", {"fields": {"last": [None, last]}})
    assert last_number(here) == last + 1
    add_group(here, "later@example.org", "bob@example.org")
    assert faults_of(here) == []
    here.dispose()


def test_a_former_key_counts_while_it_is_set(small_sealed: Database) -> None:
    replaced = Database(small_sealed.url, audit_keys=["new key", "our key"])
    assert faults_of(replaced) == []
    add_group(replaced, "later@example.org", "bob@example.org")
    replaced.dispose()
    later = Database(small_sealed.url, audit_keys=["new key"])
    assert faults_of(later) == []
    later.dispose()


def test_without_a_key_there_is_a_chain_all_the_same(small: Database) -> None:
    assert faults_of(small) == []
    tamper(small, update(LOG).where(LOG.c.id == 2).values(actor="x"))
    assert faults_of(small) == [Fault(Damage.CHANGED, 2, 2)]
    with pytest.raises(Unavailable):
        seal_log(small, OPERATOR)


def test_the_newest_entries_alone_can_be_verified(
    small_sealed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_verification, "NEWEST", 3)
    last = last_number(small_sealed)
    tamper(small_sealed, remove(1))
    found = verify_newest(small_sealed, OPERATOR)
    assert (found.first, found.last, found.is_unbroken) == (last - 2, last, True)
    tamper(small_sealed, remove(last - 1))
    found = verify_newest(small_sealed, OPERATOR)
    assert found.faults == (Fault(Damage.MISSING, last - 1, last - 1),)


def test_what_was_found_last_is_kept_until_all_was_verified_again(
    small_sealed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert last_verifications(small_sealed, OPERATOR) == []
    every = verify_all(small_sealed, OPERATOR)
    monkeypatch.setattr(audit_verification, "NEWEST", 3)
    newest = verify_newest(small_sealed, OPERATOR)
    assert last_verifications(small_sealed, LOCAL_ADMIN) == [newest, every]
    again = verify_all(small_sealed, OPERATOR)
    assert last_verifications(small_sealed, LOCAL_ADMIN) == [again]
    assert again.scope is Scope.ALL
    monkeypatch.setattr(audit_verification, "NEWEST", last_number(small_sealed))
    newest = verify_newest(small_sealed, OPERATOR)
    assert last_verifications(small_sealed, LOCAL_ADMIN) == [newest]


def test_only_who_administers_everything_verifies_and_only_administrators_read_of_it(
    small_sealed: Database,
) -> None:
    for refused in (verify_all, verify_newest):
        with pytest.raises(NotPermitted):
            refused(small_sealed, LOCAL_ADMIN)
    with pytest.raises(NotPermitted):
        last_verifications(small_sealed, ADA)


def test_faults_beyond_the_first_are_counted(
    small_sealed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_verification, "NAMED", 1)
    tamper(small_sealed, remove(2), remove(4))
    found = verify_all(small_sealed, OPERATOR)
    assert (len(found.faults), found.fault_count) == (1, 2)


def test_a_row_of_the_end_that_is_gone_or_goes_back_is_noticed(small_sealed: Database) -> None:
    last = last_number(small_sealed)
    with small_sealed.connect() as connection:
        before = connection.execute(select(END)).mappings().one()
    tamper(small_sealed, update(END).values(last=last - 1))
    assert Fault(Damage.ADDED, last, last) in faults_of(small_sealed)
    tamper(small_sealed, delete(END))
    assert faults_of(small_sealed) == [Fault(Damage.END, last, last)]
    tamper(small_sealed, insert(END).values(dict(before)))
    assert faults_of(small_sealed) == []
