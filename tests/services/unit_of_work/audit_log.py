"""The audit log as tests read it, and a group to change."""

import json
from typing import Any

from sqlalchemy import delete, select

from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditRow
from tests.directories import group_draft

Log = list[tuple[str, str, dict[str, Any]]]
SALES = group_draft(
    "sales@example.org",
    display_name="Sales",
    members=["ada@example.org", "bob@example.org"],
    owners=["ada@example.org"],
)


def read_log(database: Database) -> Log:
    with database.read() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id))
        return [(row.action, row.subject, json.loads(row.detail)) for row in rows]


def clear_log(database: Database) -> None:
    with database.write() as session:
        session.execute(delete(AuditRow))
