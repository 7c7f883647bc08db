"""Record the addresses in accounts' own address books for autocomplete."""

import fcntl
import logging
import threading
from collections.abc import Iterator

from radicale.item import Item
from radicale.storage import BaseStorage, multifilesystem
from radicale.types import CollectionOrItem

from contactsgroups.bootstrap import Core
from contactsgroups.domain.errors import Unavailable, with_detail
from contactsgroups.services.completion.contacts import Contact, replace_contacts

log = logging.getLogger(__name__)

ADDRESS_BOOK = "VADDRESSBOOK"


class OwnContacts:
    """Brings the contacts in the database up to date with the files.

    Changed places are noted while Radicale holds its lock on the files for writing, and read again
    after it was released.  One thread does that for all, and holds no lock on the files while it
    waits for the database; so a slow database delays no client that reads or stores cards.  What
    could not be recorded stays noted in this process, and is tried again after the next change.
    """

    def __init__(self, storage: BaseStorage, core: Core) -> None:
        self._storage = storage
        self._database = core.database
        # Of two processes with the same files, the one that reads later must write later.
        self._turn_file = core.settings.state / "own_contacts.lock"
        self._turn = threading.Lock()
        self._changed: set[str] = set()

    def note(self, path: str) -> None:
        """Note that a principal, a book or a card changed."""
        self._changed.add(path)

    def record(self) -> None:
        """Record what was noted, unless another thread is about to; hold no lock on the files."""
        while self._changed and self._turn.acquire(blocking=False):
            try:
                with self._turn_file.open("w") as file:
                    fcntl.flock(file, fcntl.LOCK_EX)
                    if not self._record_all():
                        return
            except OSError as error:
                log.error("own contacts are not suggested as they are now: %s", error)
                return
            finally:
                self._turn.release()

    def read_anew(self, path: str) -> int:
        """Record the contacts at a path, and return their number; hold no lock on the files.

        Raises:
            Unavailable: the database does not answer.
        """
        principal, _, place = path.partition("/")
        with self._storage.acquire_lock("r"):
            contacts = list(_read_contacts(self._storage, path))
        return replace_contacts(self._database, principal, place, contacts)

    def principals(self) -> list[str]:
        """Return the principals that have collections in the files."""
        with self._storage.acquire_lock("r"):
            root = self._storage.discover("/", depth="1")
            collections = [each for each in root if isinstance(each, multifilesystem.Collection)]
            return sorted(each.path for each in collections if each.is_principal)

    def _record_all(self) -> bool:
        """Record until nothing is noted any more; whether the database answered."""
        while self._changed:
            path = self._changed.pop()
            try:
                self.read_anew(path)
            except Unavailable as error:
                self._changed.add(path)
                # The card itself is stored, and its owner's client must not send it again.
                log.error("own contacts are not suggested as they are now: %s", with_detail(error))
                return False
            except Exception:
                # A fault in these cards must not keep others from being recorded.
                log.exception("the contacts of %s cannot be suggested", path)
        return True


def _read_contacts(storage: BaseStorage, path: str) -> Iterator[Contact]:
    """Yield the addresses of all cards at or below a path, which may have been removed."""
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
    """Yield one contact for each EMAIL of a card, whatever its group of properties."""
    assert item.collection is not None  # noqa: S101 - items of a storage always have one
    _, _, book = item.collection.path.partition("/")
    href = f"{book}/{item.href}"
    try:
        href.encode()  # A file's name may be no valid text; no client stores such a card.
        properties = item.vobject_item.contents
    except (RuntimeError, UnicodeError) as error:
        log.warning("no addresses were read from %r: %s", href, error)
        return
    name = next((str(each.value) for each in properties.get("fn", [])), "")
    for email in properties.get("email", []):
        yield Contact(href, name, str(email.value).strip().removeprefix("mailto:"))
