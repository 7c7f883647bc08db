"""Who changed which field of a group last, and when: for whoever edits it at the same time."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select

from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditRow
from contactsgroups.services.accounts.group_standing import require_in_group
from contactsgroups.services.groups.lookup import require_group

_ENTRIES = 100  # that are looked at; nobody edits a form for longer than so many changes


@dataclass(frozen=True, slots=True)
class FieldChange:
    """The last change of a field."""

    by: str
    at: datetime


def last_changes(database: Database, actor: Principal, uuid: str) -> dict[str, FieldChange]:
    """Return the last change of each setting and role of a group, by the name of its field.

    Raises:
        GroupNotFound, NotPermitted: the actor may not edit the group.
    """
    with database.read() as session:
        group = require_group(session, uuid)
        require_in_group(session, actor, Right.EDIT_SETTINGS, group)
        found: dict[str, FieldChange] = {}
        for by, at, detail in session.execute(_changes_of(group.uuid)):
            change, differing = FieldChange(by, at), json.loads(detail)
            roles = (f"{role}s" for role in differing.get("roles", ()))
            for name in (*differing.get("fields", ()), *roles):
                found.setdefault(name, change)
        return found


def _changes_of(uuid: str) -> Select[str, datetime, str]:
    """Select the newest changes, without those of members alone: their details may be long."""
    newest = (
        select(AuditRow.id)
        .where(AuditRow.group_uuid == uuid, AuditRow.action == "change group")
        .order_by(AuditRow.id.desc())
        .limit(_ENTRIES)
        .subquery()
    )
    # The keys of a detail are in order, and quotation marks within its values are escaped.
    has_fields = AuditRow.detail.startswith('{"fields": ')
    has_roles = AuditRow.detail.contains('"roles": {')
    return (
        select(AuditRow.actor, AuditRow.at, AuditRow.detail)
        .join(newest, newest.c.id == AuditRow.id)
        .where(or_(has_fields, has_roles))
        .order_by(AuditRow.id.desc())
    )
