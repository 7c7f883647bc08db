"""Record the addresses in accounts' own address books for autocomplete."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

from radicale.item import Item
from radicale.storage import BaseStorage, multifilesystem
from radicale.types import CollectionOrItem

from contactsgroups.bootstrap import Core
from contactsgroups.domain.errors import Unavailable
from contactsgroups.services.completion.contacts import Contact, replace_contacts
from radicale_plugin.pending import PendingPlaces

log = logging.getLogger(__name__)

ADDRESS_BOOK = "VADDRESSBOOK"

_INTERVAL = 1.0  # Seconds until what another, killed process has noted is looked for.


class OwnContacts:
    """Brings the contacts in the database up to date with the files.

    A changed place is noted, durably, before Radicale writes; the process's recorder reads it again
    once the lock on the files is released, and removes the note afterwards.  So no client waits for
    the database, and what was stored is suggested even if the process is killed on the way: any
    process that uses the same files records it.
    """

    def __init__(self, storage: multifilesystem.Storage, core: Core) -> None:
        self._storage = storage
        self._database = core.database
        self._recorder = core.recorder
        folder = Path(storage._filesystem_folder)
        self._name = f"own contacts in {folder}"
        self._pending = PendingPlaces(
            folder / "contactsgroups-pending", durable=storage._filesystem_fsync
        )
        self._faulty: set[Path] = set()

    def record_always(self) -> None:
        """Let the process's recorder record what is noted, now and from now on."""
        self._pending.prepare()
        self._recorder.add(self._name, self.record_pending, every=_INTERVAL)
        self._recorder.start()

    def note(self, path: str) -> None:
        """Note that a principal, a book or a card is about to change; hold the lock on the files.

        Raises:
            Unavailable: it cannot be noted, so it must not change.
        """
        self._pending.add(path)

    def wake(self) -> None:
        """Have recorded what was noted; returns at once."""
        self._recorder.wake(self._name)

    def record_pending(self, stopping: threading.Event) -> None:
        """Record all that is noted, until told to stop; hold no lock on the files.

        Raises:
            Unavailable: the database does not answer; the rest stays noted.
        """
        if self._pending.is_empty():
            return
        with self._pending.turn():
            while waiting := self._read_notes():
                for path, notes in waiting.items():
                    if stopping.is_set():
                        return
                    self._record(path, notes)

    def _read_notes(self) -> dict[str, list[Path]]:
        """Return what is noted, without the notes that this process has failed on."""
        found = self._pending.read()
        return {path: notes for path, notes in found.items() if not self._faulty.issuperset(notes)}

    def _record(self, path: str, notes: list[Path]) -> None:
        # The notes were read before the files: a card that comes later has one that is kept.
        try:
            self._read_anew(path)
        except Unavailable:
            raise
        except Exception:
            # A fault in these cards must not keep others from being recorded.
            log.exception("the contacts of %s cannot be suggested", path)
            self._faulty.update(notes)
        else:
            self._pending.remove(notes)

    def read_anew(self, path: str) -> int:
        """Record the contacts at a path, and return their number; hold no lock on the files.

        Raises:
            Unavailable: the database does not answer.
        """
        with self._pending.turn():
            return self._read_anew(path)

    def principals(self) -> list[str]:
        """Return the principals that have collections in the files."""
        with self._storage.acquire_lock("r"):
            root = self._storage.discover("/", depth="1")
            collections = [each for each in root if isinstance(each, multifilesystem.Collection)]
            return sorted(each.path for each in collections if each.is_principal)

    def _read_anew(self, path: str) -> int:
        principal, _, place = path.partition("/")
        with self._storage.acquire_lock("r"):
            contacts = list(_read_contacts(self._storage, path))
        return replace_contacts(self._database, principal, place, contacts)


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
