"""The audit log over the API."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from contactsgroups.services import audit_log
from contactsgroups.services.audit_log import AuditEntry, AuditFilter
from contactsgroups.services.groups import history
from contactsgroups.web.api.operations import Operation, serves
from contactsgroups.web.api.paging import cursor_of, number_of
from contactsgroups.web.api.requests import InvalidRequest
from contactsgroups.web.api.schemas import DepartmentPath, Page, PageQuery, Schema, Word
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_database

blueprint = Blueprint("audit", __name__, url_prefix="/audit")
history_blueprint = Blueprint("history", __name__, url_prefix="/groups/<uuid:uuid>/history")

_LIST = "audit"  # in cursors
_HISTORY = "history"

Moment = Annotated[
    str,
    Field(
        pattern=r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$",
        description="Such as `2026-11-26T08:00:00Z`, in UTC.",
    ),
]


class AuditQuery(PageQuery):
    """Which entries are listed."""

    q: Annotated[
        Word, Field(description="Words in names and values, without case and accents.")
    ] = ""
    actor: Annotated[Word | None, Field(description="The account that did it.")] = None
    action: Annotated[Word | None, Field(description="Such as `change group`.")] = None
    subject: Annotated[
        DepartmentPath | None, Field(description="The address, name or path it was done to.")
    ] = None
    domain: Annotated[Word | None, Field(description="As A-labels.")] = None
    group: Annotated[Word | None, Field(description="The `uuid` of a group: its history.")] = None
    since: Annotated[Moment | None, Field(description="The first moment, in UTC.")] = None
    until: Annotated[Moment | None, Field(description="The moment after the last.")] = None


class HistoryEntry(Schema):
    """One change of a group, as its owners read it."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    change: Annotated[
        str, Field(description="What has the same one was changed, and is undone, together.")
    ]
    detail: Annotated[
        dict[str, Any],
        Field(
            description="`fields` with what each was and is; `members`, `kept` (members that come "
            "back with the kind of their group) and `roles` that moved.",
            json_schema_extra={"additionalProperties": True},
        ),
    ]


class Entry(HistoryEntry):
    """One change."""

    origin: Annotated[
        str, Field(description="From where: an IP address, or such as `command line`.")
    ]
    domain: Annotated[str, Field(description="As A-labels; empty for what is in none.")]
    group: Annotated[str | None, Field(description="The `uuid` of the group it concerns.")] = None


class HistoryEntryList(Page):
    """A page of a group's history, the newest first."""

    items: list[HistoryEntry]


class EntryList(Page):
    """A page of entries, the newest first."""

    items: list[Entry]


@blueprint.get("")
@serves(
    Operation(
        summary="Read the audit log", scope="manage", query=AuditQuery, answers={200: EntryList}
    )
)
def list_entries(query: AuditQuery) -> EntryList:
    """List what was changed in the domains that one administers, the newest first."""
    found = audit_log.list_entries(
        current_database(),
        require_principal(),
        AuditFilter(
            words=query.q,
            actor=query.actor,
            actions=(query.action,) if query.action else (),
            subject=query.subject,
            domain=query.domain,
            group_uuid=query.group,
            since=_moment(query.since, "since"),
            until=_moment(query.until, "until"),
        ),
        before=number_of(_LIST, query.cursor),
        limit=query.limit,
    )
    last = None if found.next_before is None else str(found.next_before)
    items = [_entry_of(each) for each in found.entries]
    return EntryList(items=items, next_cursor=cursor_of(_LIST, last))


@history_blueprint.get("")
@serves(
    Operation(summary="Read a group's history", query=PageQuery, answers={200: HistoryEntryList})
)
def list_history(uuid: UUID, query: PageQuery) -> HistoryEntryList:
    """List what was changed in a group, the newest first, for those who own or administer it."""
    found = history.list_history(
        current_database(),
        require_principal(),
        str(uuid),
        before=number_of(_HISTORY, query.cursor),
        limit=query.limit,
    )
    last = None if found.next_before is None else str(found.next_before)
    items = [HistoryEntry(**_values_of(each)) for each in found.entries]
    return HistoryEntryList(items=items, next_cursor=cursor_of(_HISTORY, last))


def _moment(text: str | None, field: str) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequest([(field, "there is no such moment")]) from error


def _entry_of(entry: AuditEntry) -> Entry:
    return Entry(
        **_values_of(entry),
        origin=entry.origin,
        domain=entry.domain,
        group=entry.group_uuid or None,
    )


def _values_of(entry: AuditEntry) -> dict[str, Any]:
    """Return what both lists say of an entry."""
    return {
        "id": entry.id,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "change": entry.work_id,
        "detail": entry.detail,
    }
