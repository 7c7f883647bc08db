"""From rows to what the index keeps of them.

An entry's identity is its normalised address: it is unique, and an own contact with the same
address is recognised as the same.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from contactsgroups.autocomplete import Entry, EntryKind, Remove, Upsert
from contactsgroups.domain.change import JournalEntry, Subject
from contactsgroups.persistence.models import Account, Alias, Group, Popularity
from contactsgroups.persistence.queries import chunked
from contactsgroups.services.completion.payload import (
    account_payload,
    alias_payload,
    contact_payload,
    group_payload,
)

_INDEXED = {Subject.GROUP, Subject.ACCOUNT, Subject.ALIAS, Subject.POPULARITY}


# Built once: SQLAlchemy takes as long to build a statement as to run it.
SELECT_GROUPS = select(Group, func.coalesce(Popularity.score, 0).label("score")).outerjoin(
    Popularity, Popularity.address == Group.address
)
SELECT_ACCOUNTS = (
    select(Account.id, Account.address, Account.original, Account.display_name)
    .add_columns(func.coalesce(Popularity.score, 0).label("score"))
    .outerjoin(Popularity, Popularity.address == Account.address)
    .where(Account.active)
)
SELECT_ALIASES = (
    select(Alias.address, Alias.original, Account.id, Account.original, Account.display_name)
    .add_columns(func.coalesce(Popularity.score, 0).label("score"))
    .join(Account, Account.id == Alias.account_id)
    .outerjoin(Popularity, Popularity.address == Account.address)
    .where(Account.active, ~Alias.address.startswith("@"))
)
_addresses: BindParameter[Any] = bindparam("addresses", expanding=True)
_domain_ids: BindParameter[Any] = bindparam("domain_ids", expanding=True)


def _is_in_domain(domain_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that is looked at afterwards.

    SQLite would read whole domains by the index of a mere column, to find fifty addresses.
    """
    return func.coalesce(domain_id, domain_id).in_(_domain_ids)


_GROUPS_BY_ADDRESS = SELECT_GROUPS.where(
    Group.address.in_(_addresses), _is_in_domain(Group.domain_id)
)
_ACCOUNTS_BY_ADDRESS = SELECT_ACCOUNTS.where(
    Account.address.in_(_addresses), _is_in_domain(Account.domain_id)
)
_ALIASES_BY_ADDRESS = SELECT_ALIASES.where(
    Alias.address.in_(_addresses), _is_in_domain(Alias.domain_id)
)
_AT_ONCE = {"yield_per": 5000}


def read_entries(session: Session, domain_id: int) -> Iterator[Entry]:
    """Return every entry of a domain's shard: listed groups, active accounts, and aliases."""
    groups = SELECT_GROUPS.where(Group.domain_id == domain_id)
    accounts = SELECT_ACCOUNTS.where(Account.domain_id == domain_id)
    aliases = SELECT_ALIASES.where(Alias.domain_id == domain_id)
    yield from entries_of(session, groups, accounts, aliases)


def entries_of(
    session: Session, groups: Select[Group, int], accounts: Select[Any], aliases: Select[Any]
) -> Iterator[Entry]:
    """Return the entries of rows of ``SELECT_GROUPS``, ``_ACCOUNTS`` and ``_ALIASES``."""
    yield from _listed(session.execute(groups))
    for row in session.execute(accounts.execution_options(**_AT_ONCE)):
        yield account_entry(*row)
    for row in session.execute(aliases.execution_options(**_AT_ONCE)):
        yield alias_entry(*row)


def read_changes(
    session: Session, domain_id: int, changed: Sequence[JournalEntry]
) -> list[Upsert | Remove]:
    """Turn journal entries into changes of the shard, from each address's present state."""
    touched = {
        entry.change.address
        for entry in changed
        if entry.change.domain_id == domain_id and entry.change.subject in _INDEXED
    }
    present = find_entries(session, [domain_id], touched)
    return [
        Upsert(present[address]) if address in present else Remove(address)
        for address in sorted(touched)
    ]


def find_entries(
    session: Session, domain_ids: Collection[int], addresses: Collection[str]
) -> dict[str, Entry]:
    """Return the entries of those addresses that are listed or active in these domains.

    The account of an alias may be in another domain.
    """
    found: dict[str, Entry] = {}
    for some in chunked(sorted(addresses)):
        values = {"addresses": some, "domain_ids": list(domain_ids)}
        accounts = session.execute(_ACCOUNTS_BY_ADDRESS, values)
        found |= {row.address: account_entry(*row) for row in accounts}
        if len(found) < len(addresses):
            groups = _listed(session.execute(_GROUPS_BY_ADDRESS, values))
            found |= {entry.address: entry for entry in groups}
        if len(found) < len(addresses):
            aliases = session.execute(_ALIASES_BY_ADDRESS, values)
            found |= {row.address: alias_entry(*row) for row in aliases}
    return found


def _listed(rows: Iterable[Row[Group, int]]) -> Iterator[Entry]:
    return (group_entry(group, score) for group, score in rows if group.is_listed)


def group_entry(group: Group, score: int) -> Entry:
    """Return a group as the index keeps it."""
    return Entry(
        identity=group.address,
        kind=EntryKind.GROUP,
        name=group.display_name,
        address=group.address,
        score=score,
        payload=group_payload(group),
    )


def account_entry(id_: int, address: str, original: str, name: str, score: int) -> Entry:
    """Return an account as the index keeps it."""
    payload = account_payload(id_, original, name)
    return Entry(address, EntryKind.ACCOUNT, name, address, score, payload)


def alias_entry(address: str, alias: str, id_: int, original: str, name: str, score: int) -> Entry:
    """Return an alias as the index keeps it: it ranks like its account, and is shown as that."""
    payload = alias_payload(id_, original, name, alias)
    return Entry(address, EntryKind.ALIAS, name, address, score, payload)


def contact_entry(address: str, original: str, name: str, others: Sequence[str] = ()) -> Entry:
    """Return an account's own contact, or an address that it mailed, as a suggestion.

    It is found by the names on other cards too, and shown with the first.
    """
    names = " ".join([name, *others])
    payload = contact_payload(address, original, name)
    return Entry(address, EntryKind.CONTACT, names, address, 0, payload)
