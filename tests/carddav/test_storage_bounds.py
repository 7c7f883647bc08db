"""Too much is refused by the storage itself, whoever uses it."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
from radicale import config
from radicale.item import Item
from radicale.storage import BaseCollection
from radicale.xmlutils import make_clark

from contactsgroups.bootstrap import Core
from radicale_plugin import Storage, limits
from radicale_plugin.refusal import Refusal
from tests.carddav.test_bounds import HOME, OWN, card, numbered
from tests.directories import add_group


@pytest.fixture
def storage(core: Core) -> Iterator[Storage]:
    """The storage with a group and an own book of Ada's."""
    add_group(core.database, "sales@example.org", "bob@example.org")
    storage = Storage(config.load(), core=core)
    with storage.acquire_lock("w"):
        storage.create_collection(HOME)
        storage.create_collection(OWN, props={"tag": "VADDRESSBOOK"})
        yield storage


def book_at(storage: Storage, path: str) -> BaseCollection:
    found = next(storage.discover(path))
    assert isinstance(found, BaseCollection)
    return found


def item(*lines: str, uid: str = "1") -> Item:
    return Item(collection_path=OWN.strip("/"), text=card(*lines, uid=uid))


def test_a_card_with_too_much_in_it_is_not_stored(storage: Storage) -> None:
    huge = item(*numbered("EMAIL:a{}@b.example", limits.PROPERTIES))
    with pytest.raises(Refusal, match="properties"):
        book_at(storage, OWN).upload("1.vcf", huge)
    assert list(book_at(storage, OWN).get_all()) == []


def test_a_full_book_takes_no_more(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CARDS", 1)
    book_at(storage, OWN).upload("1.vcf", item(uid="1"))
    with pytest.raises(Refusal, match="at most"):
        book_at(storage, OWN).upload("2.vcf", item(uid="2"))


def test_an_account_with_many_books_gets_no_more(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BOOKS", 1)
    with pytest.raises(Refusal, match="at most"):
        storage.create_collection(HOME + "more/", props={"tag": "VADDRESSBOOK"})


@pytest.mark.parametrize("path", [OWN, HOME + "groups/"])
def test_so_many_cards_are_not_read_at_once(storage: Storage, path: str) -> None:
    hrefs = list(numbered("{}.vcf", limits.HREFS + 1))
    with pytest.raises(Refusal, match="names at most"):
        list(book_at(storage, path).get_multi(hrefs))
    assert len(list(book_at(storage, path).get_multi(hrefs[1:]))) == limits.HREFS


@pytest.mark.parametrize("path", [OWN, HOME + "groups/"])
def test_so_many_conditions_are_not_tested(storage: Storage, path: str) -> None:
    filter_ = ET.Element(make_clark("CR:filter"))
    for _ in range(limits.CONDITIONS + 1):
        ET.SubElement(filter_, make_clark("CR:prop-filter"), {"name": "FN"})
    with pytest.raises(Refusal, match="parts"):
        list(book_at(storage, path).get_filtered([filter_]))


def test_an_empty_filter_chooses_all(storage: Storage) -> None:
    book_at(storage, OWN).upload("1.vcf", item())
    for path in (OWN, HOME + "groups/"):
        found = list(book_at(storage, path).get_filtered([ET.Element(make_clark("CR:filter"))]))
        assert [certain for _, certain in found] == [True]


def test_a_card_is_not_moved_into_a_full_book(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.create_collection(HOME + "more/", props={"tag": "VADDRESSBOOK"})
    own, more = book_at(storage, OWN), book_at(storage, HOME + "more/")
    own.upload("1.vcf", item(uid="1"))
    more.upload("2.vcf", item(uid="2"))
    (card_to_move,) = own.get_all()
    monkeypatch.setattr(limits, "CARDS", 1)
    with pytest.raises(Refusal, match="at most"):
        storage.move(card_to_move, more, "1.vcf")
    storage.move(card_to_move, own, "renamed.vcf")
    assert [each.href for each in own.get_all()] == ["renamed.vcf"]
