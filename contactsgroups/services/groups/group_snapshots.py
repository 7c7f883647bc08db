"""What is kept of a group that is deleted: all that its restoration needs.

Rows are kept as they are stored, whatever columns they have, but for what is derived from others
and for numbers that mean nothing once the row is gone.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.persistence.models import (
    Account,
    Base,
    DeletedGroup,
    Group,
    GroupMail,
    GroupRole,
    KeptMember,
    Member,
    MembershipRequest,
)
from contactsgroups.services.accounts.addresses import RESTORABLE
from contactsgroups.services.unit_of_work import Work

Values = dict[str, Any]

_DERIVED = frozenset({"external_count", "lmtp_lane", "native", "recipient_count"})
_NUMBERS = frozenset(
    {"account_id", "department_id", "domain_id", "external_id", "group_id", "id", "source_id"}
)
_LEFT_OUT = _DERIVED | _NUMBERS | {"picture"}
_AT = "__at__"
"""Marks a moment in JSON."""
_ON = "__on__"
"""Marks a day in JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A row that named the deleted group in another one."""

    uuid: str
    address: str
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSnapshot:
    """A deleted group: the values of its rows, and of those that named it in other groups.

    ``department`` is a path; it and ``members`` are empty where they say nothing.  ``requests`` are
    also those that were decided, each with the address of its ``applicant``.
    """

    group: Values
    department: str
    members: list[Values]
    roles: list[Values]
    kept_members: list[Values]
    memberships: list[Elsewhere]
    roles_elsewhere: list[Elsewhere]
    kept_elsewhere: list[Elsewhere]
    requests: list[Values] = field(default_factory=list)
    mail: list[Values] = field(default_factory=list)


def keep_in(work: Work, group: Group) -> None:
    """Keep a group that is about to be deleted, with its place in the groups around it."""
    session, now = work.session, datetime.now(UTC)
    owners = sorted({row.address for row in group.roles if row.role == Role.OWNER})
    is_team = group.kind == GroupKind.TEAM
    session.add(
        DeletedGroup(
            uuid=group.uuid,
            address=group.address,
            original=group.original,
            domain_id=group.domain_id,
            display_name=group.display_name,
            kind=group.kind,
            owners="\n".join(["", *owners, ""]) if is_team else "",
            deleted_at=now,
            deleted_by=str(work.actor.address),
            expires_at=now + RESTORABLE,
            content=_packed(_snapshot_of(session, group)),
            picture=group.picture,
        )
    )


def read_snapshot(deleted: DeletedGroup) -> GroupSnapshot:
    """Return what was kept of a deleted group."""
    content = json.loads(zlib.decompress(deleted.content), object_hook=_from_json)
    elsewhere = ("memberships", "roles_elsewhere", "kept_elsewhere")
    return GroupSnapshot(
        **content | {name: [Elsewhere(**each) for each in content[name]] for name in elsewhere}
    )


def columns_of(entity: type[Base]) -> frozenset[str]:
    """Return the columns that a snapshot keeps of a table's rows."""
    return frozenset(entity.__table__.columns.keys()) - _LEFT_OUT


def _snapshot_of(session: Session, group: Group) -> Values:
    is_derived = GroupKind(group.kind).is_derived
    return {
        "group": {name: getattr(group, name) for name in sorted(columns_of(Group))},
        "department": group.department.path if group.department else "",
        "members": [] if is_derived else _rows(session, Member, Member.group_id == group.id),
        "roles": _rows(session, GroupRole, GroupRole.group_id == group.id),
        "kept_members": _rows(session, KeptMember, KeptMember.group_id == group.id),
        "memberships": _elsewhere(session, Member, group.address),
        "roles_elsewhere": _elsewhere(session, GroupRole, group.address),
        "kept_elsewhere": _elsewhere(session, KeptMember, group.address),
        "requests": _requests(session, group),
        "mail": _rows(session, GroupMail, GroupMail.group_id == group.id),
    }


def _columns(entity: type[Base]) -> list[Any]:
    return [entity.__table__.columns[name] for name in sorted(columns_of(entity))]


def _rows(session: Session, entity: type[Base], condition: Any) -> list[Values]:
    statement: Select[Any] = select(*_columns(entity)).where(condition)
    if "address" in entity.__table__.columns:
        statement = statement.order_by(entity.__table__.columns["address"])
    return [dict(row) for row in session.execute(statement).mappings()]


def _requests(session: Session, group: Group) -> list[Values]:
    """Return who has asked to join or leave, and what became of it, the oldest first."""
    statement: Select[Any] = (
        select(Account.address.label("applicant"), *_columns(MembershipRequest))
        .join_from(MembershipRequest, Account, MembershipRequest.account_id == Account.id)
        .where(MembershipRequest.group_id == group.id)
        .order_by(MembershipRequest.id)
    )
    return [dict(row) for row in session.execute(statement).mappings()]


def _elsewhere(session: Session, entity: type[Base], address: str) -> list[Values]:
    """Return the rows of an address in groups, with the group's UUID and address."""
    columns = entity.__table__.columns
    about = Group.uuid.label("of_uuid"), Group.address.label("of_address")
    statement: Select[Any] = (
        select(*about, *_columns(entity))
        .join_from(Group, entity.__table__, columns["group_id"] == Group.id)
        .where(columns["address"] == address)
        .order_by(Group.address)
    )
    return [_told(dict(row)) for row in session.execute(statement).mappings()]


def _told(values: Values) -> Values:
    uuid, address = values.pop("of_uuid"), values.pop("of_address")
    return {"uuid": uuid, "address": address, "values": values}


def _packed(content: Values) -> bytes:
    text = json.dumps(content, default=_to_json, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode())


def _to_json(value: object) -> object:
    if isinstance(value, datetime):
        return {_AT: value.isoformat()}
    if isinstance(value, date):
        return {_ON: value.isoformat()}
    raise TypeError(f"{type(value).__name__} cannot be kept")


def _from_json(value: Mapping[str, Any]) -> Any:
    if value.keys() == {_AT}:
        return datetime.fromisoformat(value[_AT])
    return date.fromisoformat(value[_ON]) if value.keys() == {_ON} else dict(value)


def known_values(entity: type[Base], values: Iterable[Values]) -> list[Values]:
    """Return the values for those columns that a table has today."""
    known = columns_of(entity)
    return [{name: each[name] for name in each if name in known} for each in values]
