"""An import that is saved in pieces is asked about as a whole, before the first of them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from contactsgroups.domain.errors import NeedsConfirmation
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.transfer import applying
from contactsgroups.services.transfer.importing import import_records
from contactsgroups.services.transfer.records import AccountRecord, Record
from contactsgroups.services.unit_of_work import turns
from tests.directories import add_accounts, add_group, group_record

PEOPLE = [f"p{number:02}" for number in range(20)]


@pytest.fixture
def database(migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Twenty people in a group that follows their titles; pieces have two changes."""
    for name in ("_FIRST", "_SMALLEST", "_LARGEST"):
        monkeypatch.setattr(applying, name, 2)
    monkeypatch.setattr(turns, "_PAUSE", 0)
    database = Database(migrated_sqlite_url)
    add_accounts(database, [])
    import_records(database, OPERATOR, titled("Clerk", PEOPLE))
    add_group(database, "clerks@example.org", members=None, kind="dynamic", rule='title = "Clerk"')
    yield database
    database.dispose()


def titled(title: str, names: list[str]) -> list[Record]:
    return [AccountRecord(address=f"{name}@example.org", title=title) for name in names]


def count(database: Database) -> int:
    return groups.find_group(database, OPERATOR, "clerks@example.org").recipient_count


def test_many_small_pieces_are_a_large_move(database: Database) -> None:
    records = titled("Boss", PEOPLE[:8])
    with pytest.raises(NeedsConfirmation, match="lose 8 of 20 members"):
        import_records(database, OPERATOR, records)
    assert count(database) == 20
    assert import_records(database, replace(OPERATOR, confirmed=True), records).saved
    assert count(database) == 12


def test_what_is_small_as_a_whole_goes_through(database: Database) -> None:
    import_records(database, OPERATOR, titled("Boss", PEOPLE[:5]))
    assert count(database) == 15


def test_who_is_replaced_is_seen_as_such_though_the_pieces_are_not(database: Database) -> None:
    new = [f"n{number}" for number in range(5)]
    import_records(database, OPERATOR, [*titled("Clerk", new), *titled("Boss", PEOPLE[:5])])
    assert count(database) == 20


def test_a_rule_in_the_files_is_asked_about_when_its_turn_comes(database: Database) -> None:
    records: list[Record] = [
        *titled("Boss", PEOPLE[:3]),
        group_record("clerks@example.org", rule='title = "Nobody"'),
    ]
    with pytest.raises(NeedsConfirmation, match="3 changes are saved"):
        import_records(database, OPERATOR, records)
    assert count(database) == 17


def test_attributes_and_domains_are_foreseen_too(small: Database) -> None:
    """As they are derived when it is saved."""
    rule = 'attribute.floor = "3" and domain = "example.org"'
    add_group(small, "third@example.org", members=None, kind="dynamic", rule=rule)
    floor = AccountRecord(address="ada@example.org", attributes={"floor": "3"})
    import_records(small, OPERATOR, [floor])
    moved = [replace(floor, attributes={"floor": "4"})]
    with pytest.raises(NeedsConfirmation, match="third"):
        import_records(small, OPERATOR, moved)
    many = [AccountRecord(address=f"p{number}@example.org") for number in range(600)]
    with pytest.raises(NeedsConfirmation, match="third"):
        import_records(small, OPERATOR, many + moved)
