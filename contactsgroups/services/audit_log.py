"""Read the audit log: the newest entries first, a page at a time or all of them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import fold
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, AuditRow, DomainRow, Group
from contactsgroups.persistence.queries import name_contains, rows_where

COUNT_LIMIT = 10_000
"""So far entries are counted: who reads a page does not wait for all of a long log."""

_AT_ONCE = 50
"""Entries that are read together: one has 5,000 members at most, all of them fit into memory."""
_WORDS_LIMIT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted; None, and nothing, stand for any.

    Attributes:
        words: each of them is in a name or a value of the entry, or in the name of the account that
            did it or of the group; without case and accents.
        actions: such as "change group", any of them.
        subject: an address or another name, as entries have it; requests are found by their group.
        domain: as A-labels.
        group_uuid: of the group whose history is wanted.
        since, until: the first moment, and the one after the last.
    """

    words: str = ""
    actor: str | None = None
    actions: Sequence[str] = ()
    subject: str | None = None
    domain: str | None = None
    group_uuid: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to which address, and what differs.

    ``origin`` is where the request came from: an IP address, or the name of a way in such as
    "command line".  ``group_uuid`` is empty for what concerns no group.  What has the same
    ``work_id`` was changed together.
    """

    id: int
    at: datetime
    actor: str
    origin: str
    action: str
    subject: str
    domain: str
    group_uuid: str
    detail: dict[str, Any]
    work_id: str = ""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries from the newest on; ``next_before`` asks for the next page."""

    entries: tuple[AuditEntry, ...]
    next_before: int | None


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What is called how now: accounts by their address, groups by their UUID."""

    accounts: dict[str, str]
    groups: dict[str, str]
    """Without those that were removed."""


def list_entries(
    database: Database, principal: Principal, wanted: AuditFilter, *, before: int | None, limit: int
) -> AuditPage:
    """Return what was done in the domains that a principal administers.

    Args:
        before: the id of the entry that the page begins behind; None for the newest.

    Raises:
        NotPermitted: it administers none.
    """
    conditions = _readable(principal, wanted)
    with database.read() as session:
        return read_page(session, conditions, before=before, limit=limit)


def count_entries(database: Database, principal: Principal, wanted: AuditFilter) -> int:
    """Return how many entries there are; for more than :data:`COUNT_LIMIT`, one more than that.

    Raises:
        NotPermitted: the principal administers no domain.
    """
    conditions = _readable(principal, wanted)
    found = select(AuditRow.id).where(*conditions).limit(COUNT_LIMIT + 1).subquery()
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(found)) or 0


def read_all_entries(
    database: Database, principal: Principal, wanted: AuditFilter
) -> Iterator[AuditEntry]:
    """Return an iterator over all entries, which holds a few of them at a time.

    What is written meanwhile is not in it, and no transaction stays open while a client is slow.

    Raises:
        NotPermitted: the principal administers no domain; raised at once, before the first entry.
    """
    conditions = _readable(principal, wanted)
    return _read_in_pieces(database, conditions)


def read_names(
    database: Database, principal: Principal, entries: Sequence[AuditEntry]
) -> KnownNames:
    """Return what accounts and groups of entries are called, as far as the principal may know."""
    domains = _domains_of_names(principal)
    actors = {each.actor for each in entries if _is_in(each.actor, domains)}
    uuids = {each.group_uuid for each in entries} - {""}
    accounts = select(Account.address, Account.display_name).where(Account.address.in_(actors))
    groups = select(Group.uuid, Group.display_name, Group.original).where(Group.uuid.in_(uuids))
    with database.read() as session:
        return KnownNames(
            {address: name for address, name in session.execute(accounts) if name},
            {uuid: name or address for uuid, name, address in session.execute(groups)},
        )


def read_page(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, before: int | None, limit: int
) -> AuditPage:
    """Return the entries that meet conditions, for a caller that knows who may read them."""
    statement = select(AuditRow).where(*conditions).order_by(AuditRow.id.desc())
    if before is not None:
        statement = statement.where(AuditRow.id < before)
    rows = session.scalars(statement.limit(limit + 1)).all()
    entries = tuple(entry_of(row) for row in rows[:limit])
    return AuditPage(entries, entries[-1].id if len(rows) > limit else None)


def read_details(
    session: Session, work_id: str, group_uuid: str = ""
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield action, group and detail of what one unit of work did, for a caller that may know.

    Args:
        group_uuid: read only what it did to this group.
    """
    statement = select(AuditRow.action, AuditRow.group_uuid, AuditRow.detail).where(
        AuditRow.work_id == work_id
    )
    if group_uuid:
        statement = statement.where(AuditRow.group_uuid == group_uuid)
    for action, uuid, detail in session.execute(statement.order_by(AuditRow.id)):
        yield action, uuid, json.loads(detail)


def read_actions(session: Session, work_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Return what units of work did, by their ids: each action, and to how many groups."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    count = func.count(AuditRow.group_uuid.distinct()).label("groups")
    statement = select(AuditRow.work_id, AuditRow.action, count)
    grouped = statement.group_by(AuditRow.work_id, AuditRow.action)
    for row in rows_where(session, grouped, AuditRow.work_id, set(work_ids) - {""}):
        found[row.work_id][row.action] = row.groups
    return found


def read_undoing(
    session: Session, group_uuids: Collection[str], since: int
) -> list[tuple[str, str, list[str]]]:
    """Return what took back changes of groups behind an entry, the newest first.

    Each with its own unit of work, the group, and the units of work that it took back.
    """
    statement = (
        select(AuditRow.id, AuditRow.work_id, AuditRow.group_uuid, AuditRow.detail)
        # The keys of a detail are in order, and quotation marks within its values are escaped.
        .where(AuditRow.id > since, AuditRow.detail.like('%"undoes": [%]}'))
    )
    rows = sorted(rows_where(session, statement, AuditRow.group_uuid, group_uuids), reverse=True)
    return [(row.work_id, row.group_uuid, json.loads(row.detail)["undoes"]) for row in rows]


def _read_in_pieces(
    database: Database, conditions: Sequence[ColumnElement[bool]]
) -> Iterator[AuditEntry]:
    before: int | None = None
    while True:
        with database.read() as session:
            page = read_page(session, conditions, before=before, limit=_AT_ONCE)
        yield from page.entries
        before = page.next_before
        if before is None:
            return


def _readable_domains(principal: Principal) -> frozenset[str] | None:
    """Return the domains of which a principal reads; None for all, and for what is in none."""
    domains = authority.domains_where(principal, Right.MANAGE_DOMAIN)
    if domains is not None and not domains:
        authority.require(principal, Right.MANAGE_DOMAIN, principal.domain)
    return domains


def _domains_of_names(principal: Principal) -> frozenset[str] | None:
    """Return the domains whose accounts' names a principal may know; None for all."""
    domains = authority.domains_where(principal, Right.SEE_NAMES)
    return None if domains is None else domains | {principal.domain}


def _is_in(address: str, domains: frozenset[str] | None) -> bool:
    return domains is None or address.rpartition("@")[2] in domains


def _readable(principal: Principal, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    """Return the conditions for the wanted entries that a principal may read."""
    domains = _readable_domains(principal)
    within = [] if domains is None else [AuditRow.domain.in_(domains)]
    return [*_conditions(wanted, _domains_of_names(principal)), *within]


def _conditions(
    wanted: AuditFilter, domains_of_names: frozenset[str] | None
) -> list[ColumnElement[bool]]:
    values = {
        AuditRow.actor: wanted.actor,
        AuditRow.domain: wanted.domain,
        AuditRow.group_uuid: wanted.group_uuid,
    }
    found: list[ColumnElement[bool]] = [
        column == value for column, value in values.items() if value is not None
    ]
    if wanted.actions:
        found.append(AuditRow.action.in_(wanted.actions))
    if wanted.subject is not None:
        found.append(_is_about(wanted.subject))
    if wanted.since is not None:
        found.append(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        found.append(AuditRow.at < wanted.until)
    words = wanted.words.split()[:_WORDS_LIMIT]
    return [*found, *(_mentions(word, domains_of_names) for word in words)]


def _is_about(subject: str) -> ColumnElement[bool]:
    """Whether an entry is about a subject, or about a request to it: ``group (account)``."""
    # Behind "(" comes ")"; a range is found in the index, a pattern is not.
    is_request = (AuditRow.subject >= f"{subject} (") & (AuditRow.subject < f"{subject} )")
    return or_(AuditRow.subject == subject, is_request)


def _mentions(word: str, domains_of_names: frozenset[str] | None) -> ColumnElement[bool]:
    """Whether an entry has a word, or is by an account or about a group that is called so now.

    Accounts of other domains are not found by their names: what is not shown cannot be guessed.
    """
    accounts = select(Account.address).where(
        Account.search_text.contains(fold(word), autoescape=True)
    )
    if domains_of_names is not None:
        known = select(DomainRow.id).where(DomainRow.name.in_(domains_of_names))
        accounts = accounts.where(Account.domain_id.in_(known))
    return or_(
        AuditRow.search_text.contains(fold(word), autoescape=True),
        AuditRow.actor.in_(accounts),
        AuditRow.group_uuid.in_(select(Group.uuid).where(name_contains(word))),
    )


def entry_of(row: AuditRow) -> AuditEntry:
    """Return a stored entry as it is read."""
    return AuditEntry(
        id=row.id,
        at=row.at,
        actor=row.actor,
        origin=row.origin,
        action=row.action,
        subject=row.subject,
        domain=row.domain,
        group_uuid=row.group_uuid,
        detail=json.loads(row.detail),
        work_id=row.work_id,
    )
