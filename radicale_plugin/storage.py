"""Address books: accounts' own in Radicale's files, the mail groups in the database."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from http import HTTPStatus
from pathlib import Path
from typing import Any, NoReturn

from radicale import pathutils
from radicale.config import Configuration
from radicale.item import Item
from radicale.storage import BaseCollection, multifilesystem
from radicale.types import CollectionOrItem

from contactsgroups.bootstrap import Core
from contactsgroups.services.address_books import open_book
from contactsgroups.state_owner import require_use
from radicale_plugin import limits
from radicale_plugin.book import GroupsBook, refuse_writing
from radicale_plugin.card_values import teach_values
from radicale_plugin.content_lines import teach_parser
from radicale_plugin.environ import teach_targets
from radicale_plugin.options import book_segment, core_of, extend
from radicale_plugin.own_books import OwnContacts
from radicale_plugin.own_collection import OwnCollection
from radicale_plugin.own_program import teach_application
from radicale_plugin.refusal import Refusal, forbidden
from radicale_plugin.uids import Uids

CALENDARS = frozenset({"VCALENDAR", "VSUBSCRIBED"})
"""The tags of collections that are no address books."""

_ALL_PROPERTIES = 12  # that Radicale lists for a card if it is asked for all

Watch = Callable[[str, str | None], AbstractContextManager[None]]


class Storage(multifilesystem.Storage):
    """Radicale's storage in files, with one more book for each principal who has an account.

    The book is at ``/ADDRESS/groups/``; a collection of that name in the files is hidden.  The lock
    on the files is inherited, and does not cover the database.

    Args:
        configuration: Radicale's.
        core: otherwise the one that the configuration describes.
        is_mounted: an :class:`~radicale_plugin.application.Application` answers refusals.
        has_calendars: calendars in the files are shown.
    """

    _collection_class = OwnCollection

    def __init__(
        self,
        configuration: Configuration,
        core: Core | None = None,
        *,
        records: bool = True,
        is_mounted: bool = False,
        has_calendars: bool = True,
    ) -> None:
        """Open the files.

        Args:
            configuration: Radicale's.
            core: None stands for the one that the configuration describes.
            records: let the core's recorder record own contacts.
            is_mounted: refusals are answered by our own application.
            has_calendars: calendars are stored.
        """
        teach_parser()
        teach_values()
        teach_targets()
        if not is_mounted:
            teach_application()
        own = extend(configuration)
        self._core = core or core_of(own)
        if own.get_source("storage", "filesystem_folder") == "default config":
            folder = self._core.settings.state.absolute() / "collections"
            _make_private(folder)
            own.update({"storage": {"filesystem_folder": str(folder)}}, "contactsgroups")
        _require_use(Path(own.get("storage", "filesystem_folder")))
        super().__init__(own)
        # Radicale hides larger files, and a client would take their cards for deleted.
        self._max_resource_size = max(self._max_resource_size, limits.FILE)
        self.own_contacts = OwnContacts(self, self._core)
        self.uids = Uids()
        self._has_calendars = has_calendars
        if records:
            self.own_contacts.record_always()
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
        if not self._has_calendars:
            found = (each for each in found if not _is_of_calendar(each))
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
        path = pathutils.strip_path(href)
        self._check_place(path)
        self.own_contacts.note(path)
        created = super().create_collection(href, items, props)
        Path(created[0]._filesystem_path).chmod(0o700)
        return created

    def move(self, item: Item, to_collection: BaseCollection, to_href: str) -> None:
        """Move an item between own books."""
        from_collection = item.collection
        assert from_collection is not None  # noqa: S101 - items of a storage always have one
        for collection in (from_collection, to_collection):
            if isinstance(collection, GroupsBook):
                refuse_writing(collection.path)
        is_elsewhere = to_collection.path != from_collection.path
        if isinstance(to_collection, OwnCollection) and is_elsewhere:
            to_collection.check_room(to_href, item)
        self.own_contacts.note(f"{from_collection.path}/{item.href}")
        self.own_contacts.note(f"{to_collection.path}/{to_href}")
        super().move(item, to_collection, to_href)
        for collection in (from_collection, to_collection):
            if isinstance(collection, OwnCollection):
                collection.look_again()

    @contextmanager
    def acquire_lock(self, mode: str, user: str = "", *args: Any, **kwargs: Any) -> Iterator[None]:
        """Lock the files; after a write, have the changed contacts recorded."""
        with super().acquire_lock(mode, user, *args, **kwargs):
            yield
        if mode == "w":
            self.own_contacts.wake()

    def check_listing(self, path: str, properties: int) -> None:
        """Check that properties of everything at a path can be listed while others wait.

        Args:
            path: as :meth:`discover` takes it.
            properties: how many are wanted of each card; 0 stands for all.

        Raises:
            Refusal: they cannot.
        """
        wanted = properties or _ALL_PROPERTIES
        if wanted * limits.CARDS <= limits.VALUES_LISTED:
            return
        with self.acquire_lock("r"):
            place = next(iter(self.discover(path)), None)
            count = place.count() if isinstance(place, OwnCollection | GroupsBook) else 0
        if wanted * count > limits.VALUES_LISTED:
            reason = f"{wanted} properties of {count} cards are too many for one answer"
            self.refuse(forbidden(reason, "D:number-of-matches-within-limits"))

    def refuse(self, refusal: Refusal) -> NoReturn:
        """Raise what becomes the answer to a request that is refused, in either program.

        Raises:
            Refusal: always.
        """
        raise refusal

    def _check_place(self, path: str) -> None:
        """Check that a collection may be made at a path."""
        place = Path(self._get_collection_root_folder(), path)
        if place.exists():
            there = self._collection_class(self, pathutils.unstrip_path(path, True))
            if not self._has_calendars and there.tag in CALENDARS:
                reason = "there is a calendar, which this server hides"
                self.refuse(Refusal(HTTPStatus.FORBIDDEN, reason))
        elif "/" in path and sum(1 for _ in place.parent.glob("[!.]*")) >= limits.BOOKS:
            reason = f"an account has at most {limits.BOOKS} books"
            status = HTTPStatus.INSUFFICIENT_STORAGE
            self.refuse(Refusal(status, reason, "D:quota-not-exceeded"))

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
        path = f"{principal}/{self._segment}"
        return GroupsBook(self._core, state, path, self._book_name, self.refuse)

    def _is_ours(self, path: str) -> bool:
        """Whether a path without slashes at its ends is the book, or below it."""
        return path.split("/")[1:2] == [self._segment]


def _is_of_calendar(place: CollectionOrItem) -> bool:
    collection = place if isinstance(place, BaseCollection) else place.collection
    return collection is not None and collection.tag in CALENDARS


def _make_private(folder: Path) -> None:
    """Make the folder of all address books, which nobody but their server looks into."""
    _require_use(folder)
    for directory in (folder, folder / "collection-root"):
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
    (folder / ".Radicale.lock").touch(0o600)


def _require_use(folder: Path) -> None:
    """See that the folder of all address books can be used, as far as it is there.

    Raises:
        NotPermitted: it belongs to another user.
        Unavailable: something else is in its place.
    """
    for directory in (folder, folder / "collection-root"):
        require_use(directory, is_directory=True)
    require_use(folder / ".Radicale.lock")


def _watch_nothing(_path: str, _href: str | None) -> AbstractContextManager[None]:
    return nullcontext()
