"""Render the difference that a unit of work made as entries of the audit log.

An entry is for readers that do not know the tables: ids are replaced by names,
and what must not be read again, a password or a picture, is only said to have changed::

    change group, sales@example.org
    {"fields": {"display_name": ["Sales", "Sales Team"]},
     "members": {"removed": ["bob@example.org"]},
     "roles": {"owner": {"added": ["eve@example.org"], "removed": ["ada@example.org"]}}}

Members that a group keeps while it follows the directory are in "kept", as others in "members".
An attribute of an account is one of its fields: ``"attribute.cost_center": [null, "4711"]``.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from contactsgroups.domain.attributes import attribute_field
from contactsgroups.persistence.models import Administrator
from contactsgroups.persistence.queries import chunked
from contactsgroups.services.unit_of_work.audited_tables import (
    ATTRIBUTES,
    GROUPS,
    KEPT,
    RESERVED,
    ROLES,
    UNKNOWN,
    AuditedTable,
    reference_of,
)
from contactsgroups.services.unit_of_work.differences import Difference

PARTS_LIMIT = 5000
"""Members and roles in one entry; more go on in further entries, so that each fits into a packet
of 16 MB, which is MariaDB's default, even if every address had 254 letters of four bytes."""

_SUBJECT_LENGTH = 254
_ALL_DOMAINS = "*"
_HIDDEN = "(hidden)"
_SECRETS = ("password", "secret", "token")
_ADMINISTERED = Administrator.__table__.columns["domain_id"]
_UUID = GROUPS.places["uuid"]
_CHANGES = {"create": "added", "change": "changed", "remove": "removed"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the log says of one account, group and so on, and to which domain that belongs.

    ``group_uuid`` is the group that it is, or is about; empty for none.
    """

    action: str
    subject: str
    domain: str
    group_uuid: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Part:
    """The change of one member, kept member or role of a group.

    ``section`` is where a detail has it, the outermost key first.
    """

    section: tuple[str, ...]
    address: str
    change: str
    fields: dict[str, list[Any]]


def entries_of(session: Session, differences: Iterable[Difference]) -> Iterator[Entry]:
    """Yield what the log says, in the order in which things changed first."""
    known = [each for each in differences if not _is_nothing(each)]
    names = _Names(session, known)
    deleted = {each.key[0] for each in known if each.audited is RESERVED}
    moved = deleted & {uuid for each in known if (uuid := _uuid_of(each))}
    for difference in known:
        if difference.audited is not RESERVED:
            yield from _entries(difference, names, moved)
        elif difference.key[0] not in moved:
            yield _release(difference, names)


def _uuid_of(difference: Difference) -> str:
    """Return the UUID of a group that is new, or gone; nothing for all else."""
    row = difference.after or difference.before
    is_moved = (difference.before is None) != (difference.after is None)
    return str(row[_UUID]) if difference.audited is GROUPS and row and is_moved else ""


def _release(difference: Difference, names: "_Names") -> Entry:
    """Say that the address of a deleted group is not reserved any more."""
    subject, domain = names.subject_of(difference), names.domain_of(difference)
    return Entry("release address", subject, domain, str(difference.key[0]), {})


def _is_nothing(difference: Difference) -> bool:
    return difference.before == difference.after and all(
        part.before == part.after for part in difference.parts.values()
    )


def _entries(difference: Difference, names: "_Names", moved: Collection[str]) -> Iterator[Entry]:
    """Yield one entry, or several if a great many members or roles changed."""
    verb = _verb(difference)
    if verb == "create" and _uuid_of(difference) in moved:
        verb = "restore"  # It was reserved until now.
    action = f"{verb} {difference.audited.noun}"
    subject, domain = names.subject_of(difference), names.domain_of(difference)
    group_uuid = names.group_of(difference)
    fields = _fields(difference, names)
    parts = sorted(_parts(difference, names), key=lambda part: (part.section, part.address))
    if not fields and not parts:
        return
    portions = [parts[i : i + PARTS_LIMIT] for i in range(0, len(parts), PARTS_LIMIT)] or [[]]
    for number, portion in enumerate(portions, 1):
        detail: dict[str, Any] = {"fields": fields} if fields and number == 1 else {}
        detail |= _detail_of_parts(portion)
        if len(portions) > 1:
            detail["part"] = [number, len(portions)]
        yield Entry(action, subject, domain, group_uuid, detail)


def _verb(difference: Difference) -> str:
    if difference.before is None and difference.after is not None:
        return "create"
    if difference.before is not None and difference.after is None:
        return "remove"
    return "change"


def _fields(difference: Difference, names: "_Names") -> dict[str, list[Any]]:
    """Return what each field was and is, if that differs; None for what was not there."""
    found = {}
    for place, column in difference.audited.fields:
        old = None if difference.before is None else difference.before[place]
        new = None if difference.after is None else difference.after[place]
        if old is UNKNOWN or new is UNKNOWN:
            continue
        shown = [
            None if row is None else names.show(column, value)
            for row, value in ((difference.before, old), (difference.after, new))
        ]
        if old != new or shown[0] != shown[1]:
            found[column.name.removesuffix("_id")] = shown
    return found | dict(_attributes(difference))


def _attributes(difference: Difference) -> Iterator[tuple[str, list[Any]]]:
    """Yield what each attribute of an account was and is, if that differs."""
    place = ATTRIBUTES.places["value"]
    for (audited, key), part in sorted(difference.parts.items(), key=lambda each: str(each[0][1])):
        if audited is ATTRIBUTES and part.before != part.after:
            rows = (part.before, part.after)
            yield attribute_field(key[-1]), [row and row[place] for row in rows]


def _parts(difference: Difference, names: "_Names") -> Iterator[_Part]:
    """Yield the change of each member and role."""
    for part in difference.parts.values():
        if part.before == part.after or part.audited is ATTRIBUTES:
            continue
        change = _CHANGES[_verb(part)]
        fields = _fields(part, names)
        if change != "changed":
            fields.pop("original", None)  # The address says as much.
        yield _Part(_section_of(part), part.key[-1], change, fields)


def _section_of(part: Difference) -> tuple[str, ...]:
    if part.audited is ROLES:
        return "roles", part.key[part.audited.places["role"]]
    return ("kept",) if part.audited is KEPT else ("members",)


def _detail_of_parts(parts: Iterable[_Part]) -> dict[str, Any]:
    detail: dict[str, Any] = {}
    for part in parts:
        section = detail
        for name in part.section:
            section = section.setdefault(name, {})
        if part.change != "changed":
            section.setdefault(part.change, []).append(part.address)
        if part.fields:
            section.setdefault("changed", {})[part.address] = part.fields
    return detail


def _group_id_of(difference: Difference) -> Any:
    """Return the id of the group that something is, or is about; None for none."""
    if difference.audited is GROUPS:
        return difference.key[0]
    row = difference.after or difference.before
    places = [place for place, target in difference.audited.references if target is GROUPS]
    return next((row[place] for place in places if row and row[place] is not UNKNOWN), None)


@cache
def _is_secret(name: str) -> bool:
    return any(word in name for word in _SECRETS)


class _Names:
    """What the rows that an entry mentions are called."""

    def __init__(self, session: Session, differences: Sequence[Difference]) -> None:
        self._names: dict[AuditedTable, dict[Any, str]] = defaultdict(dict)
        self._uuids: dict[int, str] = {}
        self._wanted: dict[AuditedTable, set[Any]] = defaultdict(set)
        for difference in differences:
            self._take(difference)
        for audited, ids in self._wanted.items():
            self._look_up(session, audited, sorted(ids - self._names[audited].keys()))
        self._look_up_uuids(session, differences)

    def subject_of(self, difference: Difference) -> str:
        """Return the name under which the log has an account, a group and so on."""
        audited, row = difference.audited, difference.after or difference.before
        first, *others = (audited.table.columns[name] for name in audited.subject)
        if row is None or row[audited.places[first.name]] is UNKNOWN:
            return self._names[audited][difference.key[0]]
        subject = str(self.show(first, row[audited.places[first.name]]))
        for other in others:
            subject += f" ({self.show(other, row[audited.places[other.name]])})"
        return subject if len(subject) <= _SUBJECT_LENGTH else subject[: _SUBJECT_LENGTH - 1] + "…"

    def domain_of(self, difference: Difference) -> str:
        """Return the domain whose administrators read of it; empty where it is of none."""
        audited, row = difference.audited, difference.after or difference.before
        if not audited.domain:
            return ""
        value = UNKNOWN if row is None else row[audited.places[audited.domain]]
        if value is UNKNOWN:
            name = self._names[audited][difference.key[0]]
        else:
            name = self.show(audited.table.columns[audited.domain], value)
        return str(name).rpartition("@")[2]

    def group_of(self, difference: Difference) -> str:
        """Return the UUID of the group that something is, or is about; empty for none."""
        group_id = _group_id_of(difference)
        return "" if group_id is None else self._uuids.get(group_id, "")

    def show(self, column: Column[Any], value: Any) -> Any:
        """Return what is shown of a value, ready for JSON."""
        if value is None:
            return _ALL_DOMAINS if column is _ADMINISTERED else None
        if _is_secret(column.name):
            return _HIDDEN
        if isinstance(value, bytes):
            return f"{len(value)} bytes, SHA-256 {hashlib.sha256(value).hexdigest()[:16]}"
        if isinstance(value, date):  # Also a moment.
            return value.isoformat()
        target = reference_of(column)
        return value if target is None or value is UNKNOWN else self._names[target][value]

    def _take(self, difference: Difference) -> None:
        """Learn the name of a row, and note the names that must be looked up."""
        audited = difference.audited
        name = UNKNOWN
        for row in filter(None, (difference.before, difference.after)):
            for place, target in audited.references:
                if row[place] is not None and row[place] is not UNKNOWN:
                    self._wanted[target].add(row[place])
            name = row[audited.places[audited.subject[0]]]
        if audited.identity != ("id",):
            return
        if name is UNKNOWN:
            self._wanted[audited].add(difference.key[0])
        else:
            self._names[audited][difference.key[0]] = name

    def _look_up_uuids(self, session: Session, differences: Sequence[Difference]) -> None:
        """Learn the UUIDs of groups: a group that was removed has it in its own difference."""
        wanted = {_group_id_of(difference) for difference in differences}
        for difference in differences:
            row = difference.after or difference.before
            if difference.audited is GROUPS and row and row[_UUID] is not UNKNOWN:
                self._uuids[difference.key[0]] = row[_UUID]
        missing = sorted(each for each in wanted - self._uuids.keys() if isinstance(each, int))
        columns = GROUPS.table.columns
        for some in chunked(missing):
            statement = select(columns["id"], columns["uuid"]).where(columns["id"].in_(some))
            self._uuids |= {row[0]: row[1] for row in session.execute(statement)}

    def _look_up(self, session: Session, audited: AuditedTable, ids: Sequence[int]) -> None:
        columns = audited.table.columns
        for some in chunked(ids):
            statement = select(columns["id"], columns[audited.subject[0]])
            rows = session.execute(statement.where(columns["id"].in_(some)))
            self._names[audited] |= {row[0]: row[1] for row in rows}
