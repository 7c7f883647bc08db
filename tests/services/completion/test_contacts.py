"""The addresses of own address books, replaced place by place."""

import pytest
from sqlalchemy import select

from contactsgroups.domain.errors import AccountNotFound
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import OwnContact
from contactsgroups.services import accounts
from contactsgroups.services.completion import contacts
from contactsgroups.services.completion.contacts import (
    Contact,
    find_owners,
    list_owners,
    replace_contacts,
)


def put(database: Database, place: str, *found: tuple[str, str], owner: str = "ada") -> int:
    cards = [Contact(href, "Name", address) for href, address in found]
    return replace_contacts(database, f"{owner}@example.org", place, cards)


def stored(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        rows = session.execute(select(OwnContact.href, OwnContact.address))
        return sorted((row.href, row.address) for row in rows)


def test_what_was_at_a_place_and_below_is_replaced_and_nothing_else(small: Database) -> None:
    put(
        small, "", ("a/1", "one@side.example"), ("a/2", "two@side.example"), ("ab/1", "x@y.example")
    )
    put(small, "a/1", ("a/1", "new@side.example"))
    assert stored(small) == [
        ("a/1", "new@side.example"),
        ("a/2", "two@side.example"),
        ("ab/1", "x@y.example"),
    ]
    put(small, "a")
    assert stored(small) == [("ab/1", "x@y.example")]
    put(small, "")
    assert stored(small) == []


@pytest.mark.parametrize("place", ["%", "_", "a_", "%/1"])
def test_a_place_is_no_pattern(small: Database, place: str) -> None:
    put(small, "", ("ab/1", "one@side.example"))
    put(small, place)
    assert stored(small) == [("ab/1", "one@side.example")]


def test_everybody_has_their_own(small: Database) -> None:
    put(small, "", ("a/1", "one@side.example"))
    put(small, "", ("a/1", "two@side.example"), owner="bob")
    put(small, "")
    assert stored(small) == [("a/1", "two@side.example")]
    assert list_owners(small) == ["bob@example.org"]
    accounts.remove_account(small, OPERATOR, "bob@example.org")
    assert list_owners(small) == []


def test_what_is_no_address_is_left_out_and_counted_out(small: Database) -> None:
    cards = [("a/1", "One@Side.Example"), ("a/2", "no address"), ("a/3", ""), ("a/4", "x@y" * 200)]
    assert put(small, "", *cards) == 1
    assert stored(small) == [("a/1", "one@side.example")]


def test_there_is_a_limit(small: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "CONTACTS_LIMIT", 3)
    many = [(f"a/{number}", f"x{number}@side.example") for number in range(10)]
    assert put(small, "", *many) == 3
    assert len(stored(small)) == 3


def test_contacts_of_nobody_are_not_kept(database: Database) -> None:
    contact = Contact("friends/1.vcf", "Grace", "grace@elsewhere.example")
    assert replace_contacts(database, "nobody@example.org", "friends", [contact]) == 0
    assert replace_contacts(database, "no address", "friends", [contact]) == 0
    assert list_owners(database) == []


def test_owners_are_found_in_any_spelling_and_must_be_accounts(small: Database) -> None:
    assert find_owners(small, ["Bob@Example.ORG", "ada@example.org"]) == [
        "bob@example.org",
        "ada@example.org",
    ]
    assert find_owners(small, []) == []
    with pytest.raises(AccountNotFound):
        find_owners(small, ["ada@example.org", "nobody@example.org"])
