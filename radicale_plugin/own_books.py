"""People's own address books: autocomplete is told which addresses stand in them."""

import logging
import threading
from collections.abc import Iterator

from radicale.item import Item
from radicale.storage import BaseStorage, multifilesystem
from radicale.types import CollectionOrItem

from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.persistence import Database
from contactsgroups.services.completion.contacts import Contact, replace_contacts

log = logging.getLogger(__name__)

ADDRESS_BOOK = "VADDRESSBOOK"


class OwnContacts:
    """Brings the contacts in the database up to what stands in the files.

    Changed places are noted while Radicale holds its lock on the files for writing, and read again
    after it let go: a database that is slow to write keeps nobody from reading. What could not be
    recorded stays noted, and is tried again after the next change.
    """

    def __init__(self, storage: BaseStorage, database: Database) -> None:
        self._storage = storage
        self._database = database
        self._changed: set[str] = set()
        self._recording = threading.Lock()

    def note(self, path: str) -> None:
        """Note that a principal, a book or a card is not what it was."""
        self._changed.add(path)

    def record(self) -> None:
        """Record what was noted; hold no lock on the files."""
        if not self._changed:
            return
        # Under the shared lock nobody writes, so what is recorded last is what stands there.
        with self._recording, self._storage.acquire_lock("r"):
            try:
                while self._changed:
                    path = next(iter(self._changed))
                    self.read_anew(path)
                    self._changed.remove(path)
            except ContactsGroupsError as error:
                # The card itself is stored, and its owner's client must not send it again.
                log.error("own contacts are not suggested as they are now: %s", error)

    def read_anew(self, path: str) -> int:
        """Record what stands at a path, and return how many contacts; hold the shared lock."""
        principal, _, place = path.partition("/")
        return replace_contacts(
            self._database, principal, place, _read_contacts(self._storage, path)
        )

    def principals(self) -> list[str]:
        """Return those who have collections in the files."""
        root = self._storage.discover("/", depth="1")
        collections = [each for each in root if isinstance(each, multifilesystem.Collection)]
        return sorted(each.path for each in collections if each.is_principal)


def _read_contacts(storage: BaseStorage, path: str) -> Iterator[Contact]:
    """Yield the addresses of all cards at or below a path; nothing may be there any more."""
    for place in storage.discover(f"/{path}/", depth="0"):
        if isinstance(place, Item):
            yield from _contacts_of(place)
        elif place.is_principal:
            for book in storage.discover(f"/{path}/", depth="1"):
                yield from _contacts_in(book)
        else:
            yield from _contacts_in(place)


def _contacts_in(book: CollectionOrItem) -> Iterator[Contact]:
    """Yield the contacts in a book of the files; the book of mail groups is none."""
    if isinstance(book, multifilesystem.Collection) and book.tag == ADDRESS_BOOK:
        for item in book.get_all():
            yield from _contacts_of(item)


def _contacts_of(item: Item) -> Iterator[Contact]:
    """Yield one contact for each EMAIL of a card, in whatever group of properties it stands."""
    assert item.collection is not None  # noqa: S101 - items of a storage always have one
    _, _, book = item.collection.path.partition("/")
    href = f"{book}/{item.href}"
    try:
        properties = item.vobject_item.contents
    except RuntimeError as error:
        log.warning("no addresses were read from %s: %s", href, error)
        return
    name = next((str(each.value) for each in properties.get("fn", [])), "")
    for email in properties.get("email", []):
        yield Contact(href, name, str(email.value).strip().removeprefix("mailto:"))
