"""An address book or calendar of an account's own, in Radicale's files."""

import os
import stat
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any, NoReturn

from radicale.item import Item
from radicale.item.filter import TIMESTAMP_MAX, TIMESTAMP_MIN
from radicale.pathutils import is_safe_filesystem_path_component
from radicale.storage import multifilesystem
from radicale.storage.multifilesystem.cache import CacheContent

from radicale_plugin import limits
from radicale_plugin.card_texts import check_cards
from radicale_plugin.own_books import ADDRESS_BOOK
from radicale_plugin.processor_time import OutOfTime, limited
from radicale_plugin.refusal import Refusal, forbidden
from radicale_plugin.search import search
from radicale_plugin.uids import Signature

if TYPE_CHECKING:
    from radicale_plugin.storage import Storage


class OwnCollection(multifilesystem.Collection):
    """A collection in the files, of bounded size.

    Changes of address books are noted for autocomplete.
    """

    _storage: "Storage"
    _there: dict[str, Signature] | None = None

    @contextmanager
    def _atomic_write(
        self, path: str, mode: str = "w", newline: str | None = None
    ) -> Iterator[IO[Any]]:
        """Write a file that only its owner can read, whatever the umask is."""
        written: AbstractContextManager[IO[Any]] = super()._atomic_write(path, mode, newline)
        with written as file:
            os.fchmod(file.fileno(), 0o600)
            yield file

    def _item_cache_content(self, item: Item) -> CacheContent:
        """Return what Radicale keeps of an item, so that it need not be parsed each time.

        Among it are the first and the last moment of an event.  Where they take too long to
        compute, the event counts as one of all times: an answer about a time looks at it itself.
        """
        try:
            with limited(limits.RECURRENCE_SECONDS):
                return super()._item_cache_content(item)
        except OutOfTime:
            item._time_range = (TIMESTAMP_MIN, TIMESTAMP_MAX)
            return super()._item_cache_content(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self.scan())

    def upload(self, href: str, item: Item) -> tuple[Item, Item | None]:
        """Store an item."""
        self.check_room(href, item)
        self._note(href)
        stored = super().upload(href, item)
        self._there = None
        return stored

    def check_room(self, href: str, item: Item) -> None:
        """Check that one more card fits in, or another in the place of one."""
        if self.tag != ADDRESS_BOOK:
            return
        try:
            check_cards(item.serialize())
        except Refusal as refusal:
            self._storage.refuse(refusal)
        others = [each for name, each in self.scan().items() if name != href]
        if len(others) >= limits.CARDS:
            self._refuse_more(f"a book has at most {limits.CARDS} cards")
        size = sum(each.size for each in others) + len(item.serialize().encode())
        if size > limits.BOOK:
            self._refuse_more(f"the cards of a book have at most {limits.BOOK} octets")

    def look_again(self) -> None:
        """Take note that items came or went past this object."""
        self._there = None

    def delete(self, href: str | None = None) -> None:
        """Delete an item, or the whole collection: a book, or a principal with all its books."""
        self._note(href)
        super().delete(href)
        self._there = None

    def set_meta(self, props: Mapping[str, str]) -> None:
        """Replace the properties: a collection may become an address book, or cease to be one."""
        text = sum(len(name) + len(value) for name, value in props.items())
        if len(props) > limits.BOOK_PROPERTIES or text > limits.BOOK_PROPERTIES_TEXT:
            self._refuse_more(f"a book has at most {limits.BOOK_PROPERTIES} properties")
        if props.get("tag", "") != self.tag:
            self._storage.own_contacts.note(self.path)
        super().set_meta(props)

    def get_multi(self, hrefs: Iterable[str]) -> Iterator[tuple[str, Item | None]]:
        """Return each href with its item, or None if there is no such item."""
        there: Mapping[str, Signature] | None = None
        for number, href in enumerate(hrefs, start=1):
            if number > limits.HREFS:
                reason = f"a request names at most {limits.HREFS} cards"
                self._storage.refuse(forbidden(reason, "D:number-of-matches-within-limits"))
            there = self.scan() if there is None else there
            # To ask the folder at each href would take the square of their number.
            if href not in there:
                yield href, None
            elif there[href].size <= self._storage._max_resource_size:
                yield href, self._get(href, verify_href=False)
            else:
                yield href, None  # Radicale hides it everywhere else, too.

    def get_filtered(self, filters: Iterable[ET.Element]) -> Iterable[tuple[Item, bool]]:
        """Return the items that the filters choose, with whether they are known to match."""
        given = list(filters)
        if self.tag != ADDRESS_BOOK:
            return super().get_filtered(given)
        return search(self.get_all(), given, self._storage.refuse)

    def has_uid(self, uid: str) -> bool:
        """Whether there is an item of this UID; Radicale would read all of them each time."""
        return self._storage.uids.has(self._filesystem_path, self.scan(), uid, self._uid_of)

    def scan(self) -> dict[str, Signature]:
        """Return the names of all items with what changes when an item does.

        It is read once: while this object is used, Radicale's lock keeps others from writing.
        """
        if self._there is None:
            with os.scandir(self._filesystem_path) as entries:
                self._there = {
                    entry.name: Signature(found.st_mtime_ns, found.st_size, found.st_ino)
                    for entry in entries
                    if is_safe_filesystem_path_component(entry.name)
                    for found in [entry.stat()]
                    if stat.S_ISREG(found.st_mode)
                }
        return self._there

    def _refuse_more(self, reason: str) -> NoReturn:
        # RFC 4331 section 6
        status = HTTPStatus.INSUFFICIENT_STORAGE
        self._storage.refuse(Refusal(status, reason, "D:quota-not-exceeded"))

    def _uid_of(self, href: str) -> str:
        item = self._get(href, verify_href=False)
        return item.uid if item is not None else ""

    def _note(self, href: str | None) -> None:
        if self.tag == ADDRESS_BOOK or self.is_principal:
            self._storage.own_contacts.note(f"{self.path}/{href}" if href else self.path)
