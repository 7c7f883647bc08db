"""The read-only address book of mail groups that one principal sees."""

import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import NoReturn, overload

from radicale.item import Item
from radicale.storage import BaseCollection

from contactsgroups.bootstrap import Core
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.services import address_books
from contactsgroups.services.address_books import BookState, CardView
from radicale_plugin import limits
from radicale_plugin.card import CardItem, http_date, list_items
from radicale_plugin.query import parse_query
from radicale_plugin.refusal import Refuse, forbidden
from radicale_plugin.search import search

# A sync token must be a URI (RFC 6578 section 4); this scheme needs no name of ours (RFC 2397).
_TOKEN_PREFIX = "data:,"  # noqa: S105
_EXTENSION = ".vcf"
_CHUNK = 500


class GroupsBook(BaseCollection):
    """An address book at the time of the request; cards are read on access.

    The sync token is read first: a change that is made while cards are read is reported again at
    the next sync, and never lost.
    """

    def __init__(self, core: Core, state: BookState, path: str, name: str, refuse: Refuse) -> None:
        self._database = core.database
        self._state = state
        self._path = path
        self._refuse = refuse
        self._meta = {"tag": "VADDRESSBOOK", "D:displayname": name}

    def count(self) -> int:
        """Return the number of cards."""
        return len(address_books.list_cards(self._database, self._state))

    @property
    def path(self) -> str:
        """The path without slashes at its ends, as Radicale wants it."""
        return self._path

    @property
    def etag(self) -> str:
        """The state as an entity tag; clients know it as ctag."""
        return f'"{self._state.token}"'

    @property
    def last_modified(self) -> str:
        """When a card last changed or was removed, as an HTTP date."""
        return http_date(self._state.changed_at or datetime.fromtimestamp(0, UTC))

    @overload
    def get_meta(self, key: None = None) -> Mapping[str, str]: ...

    @overload
    def get_meta(self, key: str) -> str | None: ...

    def get_meta(self, key: str | None = None) -> Mapping[str, str] | str | None:
        """Return one property of the collection, or all."""
        return self._meta if key is None else self._meta.get(key)

    def sync(self, old_token: str = "") -> tuple[str, Iterable[str]]:
        """Return the token, and hrefs of cards that changed or were removed since ``old_token``.

        Raises:
            ValueError: the token is unknown; the client gets the precondition ``valid-sync-token``
                and synchronises from the beginning (RFC 6578 section 3.2).
        """
        token = _TOKEN_PREFIX + self._state.token
        if not old_token:
            return token, self._all_hrefs()
        try:
            since = old_token.removeprefix(_TOKEN_PREFIX)
            return token, address_books.list_changes(self._database, self._state, since)
        except InvalidInput as error:
            raise ValueError(str(error)) from error

    def get_multi(self, hrefs: Iterable[str]) -> Iterator[tuple[str, Item | None]]:
        """Return each href with its card, or None if there is no such card."""
        waiting = iter(hrefs)
        count = 0
        while some := list(islice(waiting, _CHUNK)):
            count += len(some)
            if count > limits.HREFS:
                reason = f"a request names at most {limits.HREFS} cards"
                self._refuse(forbidden(reason, "D:number-of-matches-within-limits"))
            cards = {card.href: card for card in self._read(map(_uid_of, some))}
            for href in some:
                yield href, CardItem(self, cards[href]) if href in cards else None

    def get_all(self) -> Iterator[Item]:
        """Return every card with its text."""
        cards = address_books.read_cards(self._database, self._state)
        return (CardItem(self, card) for card in cards)

    def get_listing(self) -> Iterator[Item]:
        """Return every card; its text is read on access."""
        cards = address_books.list_cards(self._database, self._state)
        return list_items(self, cards, self._read)

    def get_filtered(self, filters: Iterable[ET.Element]) -> Iterator[tuple[Item, bool]]:
        """Return the cards that the filters choose, each with True: it is known to match.

        What the database cannot search for, is searched for card by card, which is slow.
        """
        given = list(filters)
        query = parse_query(given)
        if query is None:
            yield from search(self.get_all(), given, self._refuse)
        else:
            for card in address_books.find_cards(self._database, self._state, query):
                yield CardItem(self, card), True

    def has_uid(self, uid: str) -> bool:
        """Whether there is a card of this UID."""
        return bool(self._read([uid]))

    def upload(self, href: str, item: Item) -> NoReturn:
        """Refuse: groups are managed elsewhere."""
        refuse_writing(self._path)

    def delete(self, href: str | None = None) -> NoReturn:
        """Refuse: groups are managed elsewhere."""
        refuse_writing(self._path)

    def set_meta(self, props: Mapping[str, str]) -> NoReturn:
        """Refuse: name and colour are the same for all principals."""
        refuse_writing(self._path)

    def _all_hrefs(self) -> Iterator[str]:
        """Return the hrefs of all cards; PROPFIND asks for the token only and reads none."""
        for card in address_books.list_cards(self._database, self._state):
            yield card.href

    def _read(self, uids: Iterable[str]) -> Collection[CardView]:
        return address_books.read_cards(self._database, self._state, set(uids))


def refuse_writing(path: str) -> NoReturn:
    """Refuse a write that ``Rights`` has let through: Radicale turns errno 13 into 403."""
    raise ValueError(f"[Errno 13] the address book of mail groups is read-only: {path!r}")


def _uid_of(href: str) -> str:
    """Return the UID that a href names; one without the extension names none."""
    return href.removesuffix(_EXTENSION) if href.endswith(_EXTENSION) else ""
