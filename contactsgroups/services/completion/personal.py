"""A principal's own usage, own contacts and addresses mailed before, as ranking knows them."""

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from contactsgroups.autocomplete import Entry, PersonalTable
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.recipient import without_extension
from contactsgroups.domain.usage import boost, combine
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Alias, OwnContact, PersonalState, Usage
from contactsgroups.persistence.queries import local_domain_names, rows_where
from contactsgroups.services.completion.entries import contact_entry, find_entries

USAGE_LIMIT = 1000
"""Usages of an account that ranking knows: the strongest; weaker ones are removed."""
CONTACTS_LIMIT = 10_000
"""Own contacts that are suggested: those whose cards were stored last."""

_KEPT = 2000
_FRESH_FOR = 3600.0  # Boosts fall by three points a day: an hour changes no order worth keeping.

# Built once: it runs for each account that completes after a change.
_accounts, _personal = Account.__table__, PersonalState.__table__
_STATE = (
    select(_accounts.c.id, _personal.c.version, _personal.c.usage_recorded)
    .select_from(_accounts.outerjoin(_personal, _personal.c.account_id == _accounts.c.id))
    .where(_accounts.c.address == bindparam("address"))
)


class Personal(NamedTuple):
    """What a principal's own answers are made from."""

    table: PersonalTable
    tagged: Mapping[str, str]
    """Addresses with an extension that it mailed (``ada+news@``), in a domain served here, with the
    address that each extends; whether that is an account to be seen is for each answer to ask."""


@dataclass(frozen=True, slots=True)
class _Known:
    personal: Personal
    version: int
    domain_ids: tuple[int, ...]
    look: int
    made_at: float


class PersonalTables:
    """A cache of the tables of the principals that queried last."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, database: Database, principal: Principal, domain_ids: Sequence[int], look: int
    ) -> Personal:
        """Return what is a principal's own, read again if its version has changed."""
        key = str(principal.address)
        known = self._known.get(key)
        if known is not None and known.look == look and known.domain_ids == tuple(domain_ids):
            return known.personal
        fresh = _renew(database, principal, tuple(domain_ids), look, known)
        with self._lock:
            self._known[key] = fresh
            self._known.move_to_end(key)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return fresh.personal


def _renew(
    database: Database,
    principal: Principal,
    domain_ids: tuple[int, ...],
    look: int,
    known: _Known | None,
) -> _Known:
    with database.connect() as connection:
        row = connection.execute(_STATE, {"address": str(principal.address)}).one_or_none()
    now = time.monotonic()
    version = row.version or 0 if row is not None else -1
    if (
        known is not None
        and known.version == version
        and known.domain_ids == domain_ids
        and now - known.made_at < _FRESH_FOR
    ):
        return replace(known, look=look)
    if row is None:
        nothing = Personal(PersonalTable({}, home=principal.domain), {})
        return _Known(nothing, version, domain_ids, look, now)
    with database.read() as session:
        own = _read_contacts(session, row.id)
        usages = _read_usages(session, row.id) if row.usage_recorded is not False else []
        tagged = _add_mailed(session, usages, domain_ids, own)
        boosts = _boosts(session, usages)
    former = None if known is None else known.personal.table
    table = PersonalTable(boosts, own.values(), home=principal.domain, former=former)
    return _Known(Personal(table, tagged), version, domain_ids, look, now)


def _read_contacts(session: Session, account_id: int) -> dict[str, Entry]:
    """Return the own contacts, by address."""
    contacts = select(OwnContact.address, OwnContact.original, OwnContact.name)
    rows = session.execute(
        contacts.where(OwnContact.account_id == account_id)
        .order_by(OwnContact.id.desc())
        .limit(CONTACTS_LIMIT)
    ).all()
    # The databases' own orders differ.
    own: dict[str, Entry] = {}
    for address, cards in groupby(sorted(map(tuple, rows)), key=itemgetter(0)):
        (_, original, name), *others = cards
        own[address] = contact_entry(address, original, name, [other for *_, other in others])
    return own


def _read_usages(session: Session, account_id: int) -> list[Usage]:
    statement = select(Usage).where(Usage.account_id == account_id).order_by(Usage.strength.desc())
    return list(session.scalars(statement.limit(USAGE_LIMIT)))


def _add_mailed(
    session: Session, usages: Sequence[Usage], domain_ids: Sequence[int], own: dict[str, Entry]
) -> dict[str, str]:
    """Add the addresses that are in no directory to ``own``; return those with an extension.

    A removed account or a hidden group must not be suggested from an account's usage: addresses of
    our own domains are suggested from the directory or, with an extension, as long as it has what
    they extend.
    """
    directory = find_entries(session, domain_ids, [usage.address for usage in usages])
    local = local_domain_names(session)
    tagged: dict[str, str] = {}
    for usage in usages:
        if usage.address in directory or usage.address in own:
            continue
        if usage.address.rpartition("@")[2] in local:
            extended = _extended(usage.address)
            if extended is None:
                continue
            tagged[usage.address] = extended
        own[usage.address] = contact_entry(usage.address, usage.original, usage.name)
    return tagged


def _extended(address: str) -> str | None:
    """Return an address without its extension, None if it has none."""
    local_part, _, domain = address.rpartition("@")
    base = without_extension(local_part)
    return None if base is None else f"{base}@{domain}"


def _boosts(session: Session, usages: Sequence[Usage]) -> dict[str, int]:
    """Return what usage adds to scores; an account and its aliases are used alike."""
    accounts = _accounts_of_aliases(session, [usage.address for usage in usages])
    strengths: dict[str, list[float]] = defaultdict(list)
    for usage in usages:
        strengths[accounts.get(usage.address, usage.address)].append(usage.strength)
    now = datetime.now(UTC)
    boosts = {address: boost(combine(every), now) for address, every in strengths.items()}
    return boosts | {alias: boosts[account] for alias, account in accounts.items()}


def _accounts_of_aliases(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """Return the accounts of those of the addresses that are aliases, and of their other ones."""
    columns = (Alias.address.label("alias"), Account.address.label("account"))
    statement = select(*columns).join(Account, Account.id == Alias.account_id)
    used = [row.account for row in rows_where(session, statement, Alias.address, addresses)]
    rows = rows_where(session, statement, Account.address, {*addresses, *used})
    return {row.alias: row.account for row in rows}
