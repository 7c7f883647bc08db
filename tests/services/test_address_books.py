"""The shared book shows each principal the groups of its domain, and what changed since."""

import pytest

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import accounts, address_books, groups
from contactsgroups.services.accounts import sharing
from contactsgroups.services.address_books import BookState
from tests.directories import add_account, add_accounts, add_group, changed_draft, group_draft


def open_book(database: Database, principal: str = "ada@example.org") -> BookState:
    book = address_books.open_book(database, principal)
    assert book is not None
    return book


def names(database: Database, principal: str = "ada@example.org") -> list[str]:
    cards = address_books.list_cards(database, open_book(database, principal))
    return sorted(card.name_folded for card in cards)


def test_a_book_has_the_shown_and_enabled_groups_of_ones_own_domain(database: Database) -> None:
    add_accounts(database, ["nia"], domain="example.net")
    add_group(database, "sales@example.org", "ada@example.org")
    add_group(database, "hidden@example.org", "ada@example.org", show_in_contacts=False)
    add_group(database, "closed@example.org", "ada@example.org", disabled=True)
    add_group(database, "other@example.net", "nia@example.net")
    assert names(database) == ["sales"]
    assert names(database, "nia@example.net") == ["other"]


def test_groups_of_a_domain_that_is_shown_are_in_the_book_until_it_is_hidden(
    database: Database,
) -> None:
    """A client that has a token of before is made to start anew, both times."""
    add_group(database, "board@example.net", "kim@elsewhere.example")
    add_group(database, "sales@example.org", "ada@example.org")
    before = open_book(database)
    sharing.share_domain(database, OPERATOR, "example.net", "example.org")
    shown = open_book(database)
    assert names(database) == ["board", "sales"]
    with pytest.raises(InvalidInput):
        address_books.list_changes(database, shown, before.token)
    add_group(database, "staff@example.net", "kim@elsewhere.example")
    assert len(address_books.list_changes(database, open_book(database), shown.token)) == 1
    sharing.hide_domain(database, OPERATOR, "example.net", "example.org")
    assert names(database) == ["sales"]
    with pytest.raises(InvalidInput):
        address_books.list_changes(database, open_book(database), shown.token)


def test_there_is_no_book_for_strangers_and_closed_accounts(database: Database) -> None:
    add_account(database, "bob@example.org", active=False)
    for principal in ("bob@example.org", "nobody@example.org", "x@elsewhere.example", "", "%"):
        assert address_books.open_book(database, principal) is None


def test_a_card_carries_name_address_note_and_picture(database: Database) -> None:
    add_group(database, "Sales@example.org", "ada@example.org", description="All of\nsales")
    (card,) = address_books.read_cards(database, open_book(database))
    unfolded = card.text.replace("\r\n ", "")
    assert "FN:Sales\r\n" in unfolded
    assert ":Sales@example.org\r\n" in unfolded
    assert "NOTE:All of\\nsales\r\n" in unfolded
    assert "PHOTO;ENCODING=b;TYPE=PNG:iVBOR" in unfolded
    assert address_books.read_cards(database, open_book(database), [card.uid]) == [card]
    assert address_books.read_cards(database, open_book(database), ["unknown"]) == []


def test_changes_since_a_token_are_exactly_what_differs(database: Database) -> None:
    sales = add_group(database, "sales@example.org", "ada@example.org")
    add_group(database, "it@example.org", "ada@example.org")
    before = open_book(database)
    draft = group_draft(address="sales@example.org", display_name="Selling")
    groups.update_group(database, OPERATOR, sales.uuid, 1, draft)
    book = open_book(database)
    assert address_books.list_changes(database, book, before.token) == [f"{sales.uuid}.vcf"]
    assert address_books.list_changes(database, book, book.token) == []
    hidden = changed_draft(draft, show_in_contacts=False)
    groups.update_group(database, OPERATOR, sales.uuid, 2, hidden)
    later = open_book(database)
    assert address_books.list_changes(database, later, book.token) == [f"{sales.uuid}.vcf"]
    assert names(database) == ["it"]
    groups.update_group(database, OPERATOR, sales.uuid, 3, draft)
    assert names(database) == ["it", "selling"]
    groups.remove_group(database, OPERATOR, sales.uuid)
    last = open_book(database)
    assert address_books.list_changes(database, last, later.token) == [f"{sales.uuid}.vcf"]


def test_what_a_card_does_not_show_does_not_move_the_token(database: Database) -> None:
    add_group(database, "sales@example.org", "ada@example.org")
    before = open_book(database)
    accounts.remove_account(database, OPERATOR, "zoe@example.org")
    add_group(database, "x@example.org", "bob@example.org", disabled=True)
    assert open_book(database).token == before.token


@pytest.mark.parametrize(
    "token", ["", "x", "other-1", "-1", "{epoch}-", "{epoch}-9999", "{epoch}-x"]
)
def test_a_foreign_or_future_token_is_refused(database: Database, token: str) -> None:
    add_group(database, "sales@example.org", "ada@example.org")
    book = open_book(database)
    with pytest.raises(InvalidInput):
        address_books.list_changes(database, book, token.format(epoch=book.epoch))
