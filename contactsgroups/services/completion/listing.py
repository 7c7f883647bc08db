"""The address book as compose shows it: groups and accounts by their names, a page at a time.

It has exactly what is suggested, and shows each as suggestions do.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from contactsgroups.autocomplete import Completion, Entry, EntryKind, Match, completion_of
from contactsgroups.persistence.models import Account, Group
from contactsgroups.services.completion.entries import find_entries

_DOMAINS_AT_ONCE = 50
"""SQLite takes 500 parts of one union at most."""

FOUND_LIMIT = 500
"""A search finds so many at most, the best; who looks for more types one letter more."""


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Groups and accounts in order; ``next_after`` asks for the next page.

    ``is_cut`` says that a search has found more than are listed.
    """

    items: tuple[Completion, ...]
    next_after: str | None
    is_cut: bool = False


def read_page(
    session: Session,
    domain_ids: Sequence[int],
    *,
    kinds: Collection[EntryKind],
    after: str,
    limit: int,
) -> ContactPage:
    """Return the listed groups and active accounts of some domains, by name and address.

    Args:
        after: the place behind which the page begins, ``next_after`` of the page before.
    """
    places = sorted(_places(session, domain_ids, kinds, after, limit + 1))
    shown = [address for _, address in places[:limit]]
    entries = find_entries(session, domain_ids, shown)
    # One that was hidden between the two statements is not there any more.
    items = [_listed(entries[address]) for address in shown if address in entries]
    return ContactPage(tuple(items), _place_of(*places[limit - 1]) if places[limit:] else None)


def page_of_found(found: Sequence[Completion], after: str, limit: int) -> ContactPage:
    """Return a page of what a search has found, best first, one more than the limit of all."""
    listed = found[:FOUND_LIMIT]
    begin = _begin_of(listed, after)
    page = listed[begin : begin + limit]
    end = begin + len(page)
    last = f"{end} {page[-1].identity}" if end < len(listed) else None
    return ContactPage(tuple(page), last, is_cut=len(found) > FOUND_LIMIT)


def _begin_of(found: Sequence[Completion], after: str) -> int:
    """Return where a page begins: behind the last one of the page before, wherever it is now."""
    if not after:
        return 0
    count, _, identity = after.partition(" ")
    behind = (place + 1 for place, each in enumerate(found) if each.identity == identity)
    fallback = int(count) if count.isdecimal() and len(count) < 5 else 0
    return next(behind, min(fallback, len(found)))


def _places(
    session: Session,
    domain_ids: Sequence[int],
    kinds: Collection[EntryKind],
    after: str,
    limit: int,
) -> Iterator[tuple[str, str]]:
    """Yield the sort keys and addresses behind a place: the first ones of every domain."""
    for start in range(0, len(domain_ids), _DOMAINS_AT_ONCE):
        parts = [
            select(statement.order_by(*statement.selected_columns).limit(limit).subquery())
            for domain_id in domain_ids[start : start + _DOMAINS_AT_ONCE]
            for statement in _of_domain(domain_id, kinds, after)
        ]
        yield from map(tuple, session.execute(union_all(*parts)))


def _of_domain(
    domain_id: int, kinds: Collection[EntryKind], after: str
) -> Iterator[Select[*tuple[Any, ...]]]:
    """Yield a statement for each kind, which one range of an index answers."""
    if EntryKind.GROUP in kinds:
        listed = and_(Group.domain_id == domain_id, Group.show_in_contacts, ~Group.disabled)
        groups = select(Group.name_folded.label("key"), Group.address)
        yield groups.where(listed, _is_behind(Group.name_folded, Group.address, after))
    if EntryKind.ACCOUNT in kinds:
        active = and_(Account.domain_id == domain_id, Account.active)
        accounts = select(Account.sort_key.label("key"), Account.address)
        yield accounts.where(active, _is_behind(Account.sort_key, Account.address, after))


def _is_behind(
    key: InstrumentedAttribute[str], address: InstrumentedAttribute[str], after: str
) -> ColumnElement[bool]:
    last_key, _, last_address = after.rpartition(" ")
    # The first condition says to every database where its index is to begin.
    return and_(key >= last_key, or_(key > last_key, address > last_address))


def _place_of(key: str, address: str) -> str:
    return f"{key} {address}"


def _listed(entry: Entry) -> Completion:
    """Return an entry as a suggestion that no letter was typed for."""
    return completion_of(entry, Match.WORD)
