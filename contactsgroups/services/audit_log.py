"""Read the audit log: the newest entries first, a page at a time."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted; None stands for any.

    Attributes:
        subject: an address or another name, as entries have it.
        since, until: the first moment, and the one after the last.
    """

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to which address, and what differs."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries from the newest on; ``next_before`` asks for the next page."""

    entries: tuple[AuditEntry, ...]
    next_before: int | None


def list_entries(
    database: Database, principal: Principal, wanted: AuditFilter, *, before: int | None, limit: int
) -> AuditPage:
    """Return what was done in the domains that a principal administers.

    Args:
        before: the id of the entry that the page begins behind; None for the newest.

    Raises:
        NotPermitted: it administers none.
    """
    domains = authority.domains_where(principal, Right.MANAGE_DOMAIN)
    if domains is not None and not domains:
        authority.require(principal, Right.MANAGE_DOMAIN, principal.domain)
    statement = select(AuditRow).where(*_conditions(wanted)).order_by(AuditRow.id.desc())
    if domains is not None:
        statement = statement.where(AuditRow.domain.in_(domains))
    if before is not None:
        statement = statement.where(AuditRow.id < before)
    with database.read() as session:
        rows = session.scalars(statement.limit(limit + 1)).all()
        entries = tuple(_entry(row) for row in rows[:limit])
    return AuditPage(entries, entries[-1].id if len(rows) > limit else None)


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    values = {
        AuditRow.actor: wanted.actor,
        AuditRow.action: wanted.action,
        AuditRow.subject: wanted.subject,
    }
    found: list[ColumnElement[bool]] = [
        column == value for column, value in values.items() if value is not None
    ]
    if wanted.since is not None:
        found.append(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        found.append(AuditRow.at < wanted.until)
    return found


def _entry(row: AuditRow) -> AuditEntry:
    detail = json.loads(row.detail)
    return AuditEntry(row.id, row.at, row.actor, row.action, row.subject, detail)
