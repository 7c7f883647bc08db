"""Address books: accounts' own in Radicale's files, the mail groups in the database."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

from radicale import pathutils
from radicale.config import Configuration
from radicale.item import Item
from radicale.storage import BaseCollection, multifilesystem
from radicale.types import CollectionOrItem

from contactsgroups.bootstrap import Core
from contactsgroups.services.address_books import open_book
from radicale_plugin.book import GroupsBook, refuse_writing
from radicale_plugin.options import book_segment, core_of, extend
from radicale_plugin.own_books import ADDRESS_BOOK, OwnContacts

Watch = Callable[[str, str | None], AbstractContextManager[None]]


class OwnCollection(multifilesystem.Collection):
    """A collection in the files; changes of address books are noted for autocomplete."""

    _storage: "Storage"

    @contextmanager
    def _atomic_write(
        self, path: str, mode: str = "w", newline: str | None = None
    ) -> Iterator[IO[Any]]:
        """Write a file that only its owner can read, whatever the umask is."""
        with super()._atomic_write(path, mode, newline) as file:
            os.fchmod(file.fileno(), 0o600)
            yield file

    def upload(self, href: str, item: Item) -> tuple[Item, Item | None]:
        """Store an item."""
        stored = super().upload(href, item)
        self._note(href)
        return stored

    def delete(self, href: str | None = None) -> None:
        """Delete an item, or the whole collection: a book, or a principal with all its books."""
        self._note(href)
        super().delete(href)

    def _note(self, href: str | None) -> None:
        if self.tag == ADDRESS_BOOK or self.is_principal:
            self._storage.own_contacts.note(f"{self.path}/{href}" if href else self.path)


class Storage(multifilesystem.Storage):
    """Radicale's storage in files, with one more book for each principal who has an account.

    The book is at ``/ADDRESS/groups/``; a collection of that name in the files is hidden.  The lock
    on the files is inherited, and does not cover the database.
    """

    _collection_class = OwnCollection

    def __init__(self, configuration: Configuration, core: Core | None = None) -> None:
        own = extend(configuration)
        self._core = core or core_of(own)
        if own.get_source("storage", "filesystem_folder") == "default config":
            folder = self._core.settings.state.absolute() / "collections"
            _make_private(folder)
            own.update({"storage": {"filesystem_folder": str(folder)}}, "contactsgroups")
        super().__init__(own)
        self.own_contacts = OwnContacts(self, self._core)
        self._segment = book_segment(own)
        self._book_name: str = own.get("storage", "groups_name")

    def discover(
        self,
        path: str,
        depth: str = "0",
        child_context_manager: Watch | None = None,
        user_groups: set[str] | frozenset[str] = frozenset(),
    ) -> Iterator[CollectionOrItem]:
        """Return what is at a path and, unless ``depth`` is 0, what is directly below it.

        Lazily: before every request Radicale discovers a principal with all its books, and uses the
        first item only.
        """
        watch = child_context_manager or _watch_nothing
        principal, _, place = pathutils.strip_path(path).partition("/")
        segment, _, href = place.partition("/")
        if segment == self._segment:
            yield from self._discover_book(principal, href, depth, watch)
            return
        found = super().discover(path, depth, child_context_manager, set(user_groups))
        if principal and not place and depth != "0":
            yield from self._complete_home(principal, found, watch)
        else:
            yield from found

    def create_collection(
        self,
        href: str,
        items: Iterable[Item] | None = None,
        props: Mapping[str, str] | None = None,
    ) -> tuple[multifilesystem.Collection, dict[str, Item], list[str]]:
        """Create a collection in the files, but not in the place of the mail groups."""
        if self._is_ours(pathutils.strip_path(href)):
            refuse_writing(href)
        created = super().create_collection(href, items, props)
        Path(created[0]._filesystem_path).chmod(0o700)
        self.own_contacts.note(created[0].path)
        return created

    def move(self, item: Item, to_collection: BaseCollection, to_href: str) -> None:
        """Move an item between own books."""
        from_collection = item.collection
        assert from_collection is not None  # noqa: S101 - items of a storage always have one
        for collection in (from_collection, to_collection):
            if isinstance(collection, GroupsBook):
                refuse_writing(collection.path)
        super().move(item, to_collection, to_href)
        self.own_contacts.note(f"{from_collection.path}/{item.href}")
        self.own_contacts.note(f"{to_collection.path}/{to_href}")

    @contextmanager
    def acquire_lock(self, mode: str, user: str = "", *args: Any, **kwargs: Any) -> Iterator[None]:
        """Lock the files; after a write, record the changed contacts."""
        with super().acquire_lock(mode, user, *args, **kwargs):
            yield
        if mode == "w":
            self.own_contacts.record()

    def _makedirs_synced(self, filesystem_path: str) -> None:
        """Make directories that only their owner can look into, whatever the umask is."""
        path = Path(filesystem_path)
        for each in reversed([each for each in (path, *path.parents) if not each.is_dir()]):
            each.mkdir(0o700, exist_ok=True)
            self._sync_directory(str(each.parent))

    def _complete_home(
        self, principal: str, found: Iterable[CollectionOrItem], watch: Watch
    ) -> Iterator[CollectionOrItem]:
        """Put the book last, because some clients show the first book only.

        Without a principal in the files there is no book either, or Radicale would take it for the
        principal and never create that.
        """
        exists = False
        for each in found:
            exists = True
            if not (isinstance(each, BaseCollection) and self._is_ours(each.path)):
                yield each
        book = self._open_book(principal) if exists else None
        if book is not None:
            with watch(book.path, None):
                yield book

    def _discover_book(
        self, principal: str, href: str, depth: str, watch: Watch
    ) -> Iterator[CollectionOrItem]:
        book = self._open_book(principal)
        if book is None:
            return
        if href:
            yield from (item for _, item in book.get_multi([href]) if item is not None)
            return
        yield book
        if depth != "0":
            for item in book.get_listing():
                with watch(book.path, item.href):
                    yield item

    def _open_book(self, principal: str) -> GroupsBook | None:
        state = open_book(self._core.database, principal)
        if state is None:
            return None
        return GroupsBook(self._core, state, f"{principal}/{self._segment}", self._book_name)

    def _is_ours(self, path: str) -> bool:
        """Whether a path without slashes at its ends is the book, or below it."""
        return path.split("/")[1:2] == [self._segment]


def _make_private(folder: Path) -> None:
    """Make the folder of all address books, which nobody but their server looks into."""
    for directory in (folder, folder / "collection-root"):
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
    (folder / ".Radicale.lock").touch(0o600)


def _watch_nothing(_path: str, _href: str | None) -> AbstractContextManager[None]:
    return nullcontext()
