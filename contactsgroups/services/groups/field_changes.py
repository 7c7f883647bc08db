"""Who changed which field of a group last, and when: for whoever edits it at the same time."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

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
        statement = select(AuditRow).where(
            AuditRow.subject == group.address, AuditRow.action == "change group"
        )
        rows = session.scalars(statement.order_by(AuditRow.id.desc()).limit(_ENTRIES)).all()
        found: dict[str, FieldChange] = {}
        for row in rows:
            detail = json.loads(row.detail)
            for name in (
                *detail.get("fields", ()),
                *(f"{role}s" for role in detail.get("roles", ())),
            ):
                found.setdefault(name, FieldChange(row.actor, row.at))
        return found
