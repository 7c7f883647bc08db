"""A card in the book of mail groups, which Radicale need not parse."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime

from radicale.item import Item
from radicale.item.filter import TIMESTAMP_MAX, TIMESTAMP_MIN
from radicale.storage import BaseCollection

from contactsgroups.services.address_books import CardView

_TEXTS_AT_ONCE = 200


class CardItem(Item):
    """A card as Radicale wants it, without parsing: its text was checked when it was written."""

    def __init__(  # Item.__init__ would check the path of each card anew.
        self, book: BaseCollection, card: CardView, read_text: Callable[[], str] | None = None
    ) -> None:
        self.collection = book
        self.href = card.href
        self._collection_path = book.path
        self._changed_at = card.changed_at
        self._read_text = read_text
        self._text = None if read_text else card.text
        self._vobject_item = None
        self._etag = f'"{card.etag}"'
        self._uid = card.uid
        self._name = "VCARD"
        self._component_name = ""  # Only parts of calendars have one.
        self._time_range = (TIMESTAMP_MIN, TIMESTAMP_MAX)

    @property
    def last_modified(self) -> str:  # type: ignore[override]
        """When the card changed, formatted on access."""
        return http_date(self._changed_at)

    def serialize(self) -> str:
        """Return the card's text."""
        if self._text is None and self._read_text is not None:
            self._text = self._read_text()
        return super().serialize()


def list_items(
    book: BaseCollection,
    cards: list[CardView],
    read: Callable[[Collection[str]], Iterable[CardView]],
) -> Iterator[CardItem]:
    """Return cards whose texts are read in batches, on first access.

    Listings ask for etags; to load ten thousand cards with their pictures for that would take a
    hundred megabytes.
    """
    texts: dict[str, str] = {}

    def read_text(position: int) -> str:
        uid = cards[position].uid
        if uid not in texts:
            texts.clear()
            some = [card.uid for card in cards[position : position + _TEXTS_AT_ONCE]]
            texts.update((card.uid, card.text) for card in read(some))
        return texts.get(uid, "")

    for position, card in enumerate(cards):
        yield CardItem(book, card, lambda at=position: read_text(at))  # type: ignore[misc]


def http_date(moment: datetime) -> str:
    """Format a point in time for HTTP (RFC 9110 section 5.6.7)."""
    return format_datetime(moment, usegmt=True)
