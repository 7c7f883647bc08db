"""A principal's own usage, own contacts and addresses mailed before, as ranking knows them."""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from contactsgroups.autocomplete import Entry, PersonalTable
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.usage import boost
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, OwnContact, PersonalState, Usage
from contactsgroups.persistence.queries import local_domain_names
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


@dataclass(frozen=True, slots=True)
class _Known:
    table: PersonalTable
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
    ) -> PersonalTable:
        """Return a principal's table, read again if its version has changed."""
        key = str(principal.address)
        known = self._known.get(key)
        if known is not None and known.look == look and known.domain_ids == tuple(domain_ids):
            return known.table
        fresh = _renew(database, principal, tuple(domain_ids), look, known)
        with self._lock:
            self._known[key] = fresh
            self._known.move_to_end(key)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return fresh.table


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
        table = PersonalTable({}, home=principal.domain)
        return _Known(table, version, domain_ids, look, now)
    with database.read() as session:
        own, boosts = _read(
            session, row.id, domain_ids, is_recorded=row.usage_recorded is not False
        )
    former = None if known is None else known.table
    table = PersonalTable(boosts, own.values(), home=principal.domain, former=former)
    return _Known(table, version, domain_ids, look, now)


def _read(
    session: Session, account_id: int, domain_ids: Sequence[int], *, is_recorded: bool
) -> tuple[dict[str, Entry], dict[str, int]]:
    """Return the own entries and the boosts, by address."""
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
    return own, _read_usage(session, account_id, domain_ids, own) if is_recorded else {}


def _read_usage(
    session: Session, account_id: int, domain_ids: Sequence[int], own: dict[str, Entry]
) -> dict[str, int]:
    """Return the boosts, and add the addresses that are in no directory to ``own``."""
    now = datetime.now(UTC)
    statement = select(Usage).where(Usage.account_id == account_id).order_by(Usage.strength.desc())
    usages = list(session.scalars(statement.limit(USAGE_LIMIT)))
    # A removed account or a hidden group must not be suggested from an account's usage:
    # addresses of our own domains are suggested from the directory or not at all.
    directory = find_entries(session, domain_ids, [usage.address for usage in usages])
    local = local_domain_names(session)
    for usage in usages:
        if usage.address in directory or usage.address in own:
            continue
        if usage.address.rpartition("@")[2] not in local:
            own[usage.address] = contact_entry(usage.address, usage.original, usage.name)
    return {usage.address: boost(usage.strength, now) for usage in usages}
