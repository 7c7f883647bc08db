"""Whom an account mails is recorded, shown in order, and forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import AccountNotFound, InvalidInput, NotPermitted
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Popularity
from contactsgroups.services import accounts
from contactsgroups.services.completion import popularity, usage
from contactsgroups.services.completion.usage import (
    UsedAddress,
    is_usage_recorded,
    list_usage,
    record_usage,
    remove_all_usage,
    remove_usage,
    set_usage_recording,
)
from tests.directories import add_account, add_group
from tests.services.conftest import ADA, changes_since, position

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BOB = Principal(address=Address.parse("bob@example.org"))
READER = Principal(address=ADA.address, read_only=True)


def record(database: Database, *addresses: str, principal: Principal = ADA, days: int = 0) -> None:
    used = [UsedAddress(each) for each in addresses]
    record_usage(database, principal, used, at=NOW + timedelta(days=days))


def used(database: Database, principal: Principal = ADA) -> list[str]:
    return [each.address for each in list_usage(database, principal)]


def test_the_most_used_address_comes_first_and_old_usage_fades(small: Database) -> None:
    record(small, "a@side.example", "b@side.example")
    record(small, "b@side.example", days=1)
    assert used(small) == ["b@side.example", "a@side.example"]
    record(small, "c@side.example", days=120)
    assert used(small)[0] == "c@side.example"


def test_addresses_are_the_same_in_any_spelling_and_keep_the_last_name(small: Database) -> None:
    record_usage(small, ADA, [UsedAddress("Kim@Side.example", "Kim")])
    record_usage(small, ADA, [UsedAddress("KIM@side.example")])
    assert list_usage(small, ADA) == [UsedAddress("KIM@side.example", "Kim")]
    record_usage(small, ADA, [UsedAddress("kim@side.example", "Kim\r\nPossible")])
    assert list_usage(small, ADA)[0].name == "Kim Possible"
    remove_usage(small, ADA, "kIM@side.example")
    assert used(small) == []


def test_usage_is_ones_own(small: Database) -> None:
    record(small, "a@side.example")
    record(small, "b@side.example", principal=BOB)
    remove_usage(small, BOB, "a@side.example")
    assert used(small) == ["a@side.example"]
    remove_all_usage(small, BOB)
    assert (used(small), used(small, BOB)) == (["a@side.example"], [])


def test_writing_to_oneself_teaches_nothing(small: Database) -> None:
    record(small, "ADA@example.org", "bob@example.org")
    assert used(small) == ["bob@example.org"]


@pytest.mark.parametrize("faulty", [["no address"], ["a@side.example", ""], ["a@b.example"] * 1001])
def test_a_faulty_record_teaches_nothing_at_all(small: Database, faulty: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        record(small, *faulty)
    assert caught.value.field == "recipients"
    assert used(small) == []


def test_who_may_only_read_changes_nothing(small: Database) -> None:
    record(small, "a@side.example")
    attempts = [
        lambda: record(small, "b@side.example", principal=READER),
        lambda: remove_usage(small, READER, "a@side.example"),
        lambda: remove_all_usage(small, READER),
        lambda: set_usage_recording(small, READER, enabled=False),
    ]
    for attempt in attempts:
        with pytest.raises(NotPermitted):
            attempt()
    assert used(small) == ["a@side.example"]
    assert is_usage_recorded(small, READER)


def test_while_it_is_switched_off_nothing_is_recorded_and_nothing_lost(small: Database) -> None:
    assert is_usage_recorded(small, ADA)
    record(small, "a@side.example")
    set_usage_recording(small, ADA, enabled=False)
    record(small, "b@side.example")
    assert not is_usage_recorded(small, ADA)
    assert is_usage_recorded(small, BOB)
    assert used(small) == ["a@side.example"]


def test_beyond_the_limit_the_weakest_is_forgotten(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage, "USAGE_LIMIT", 2)
    record(small, "old@side.example")
    record(small, "often@side.example", days=1)
    record(small, "often@side.example", days=2)
    record(small, "new@side.example", days=3)
    assert set(used(small)) == {"often@side.example", "new@side.example"}


def test_without_an_account_there_is_nothing_to_record_for(small: Database) -> None:
    stranger = Principal(address=Address.parse("x@side.example"))
    with pytest.raises(AccountNotFound):
        record(small, "a@side.example", principal=stranger)
    assert used(small, stranger) == []
    assert is_usage_recorded(small, stranger)


def test_a_new_account_of_an_address_starts_with_nothing(small: Database) -> None:
    record(small, "a@side.example")
    set_usage_recording(small, ADA, enabled=False)
    accounts.remove_account(small, OPERATOR, "ada@example.org")
    add_account(small, "ada@example.org")
    assert used(small) == []
    assert is_usage_recorded(small, ADA)


def test_what_is_served_here_becomes_popular_and_what_is_elsewhere_does_not(
    small: Database,
) -> None:
    add_group(small, "team@example.org", "bob@example.org")
    for sender in ("ada", "eve", "zoe"):
        principal = Principal(address=Address.parse(f"{sender}@example.org"))
        addresses = ["bob@example.org", "team@example.org", "x@side.example", "no@example.org"]
        record(small, *addresses, principal=principal)
    popularity.sum_up(small)
    with small.read() as session:
        popular = set(session.scalars(select(Popularity.address)))
    assert popular == {"bob@example.org", "team@example.org"}


def test_most_messages_leave_the_ranking_and_the_journal_alone(small: Database) -> None:
    """Or every message sent would make every process read the ranking anew."""
    zoe = Principal(address=Address.parse("zoe@example.org"))
    for sender in (ADA, BOB, zoe):
        record(small, "eve@example.org", principal=sender)
    before = position(small)
    for number in range(20):
        for sender in (ADA, BOB, zoe):
            record(small, "eve@example.org", principal=sender, days=number)
        popularity.sum_up(small)
    moves = changes_since(small, before)
    assert set(moves) == {"popularity eve@example.org"}
    assert 1 <= len(moves) <= 3
