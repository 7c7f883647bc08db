"""What the audit log records: which tables, which of their columns, and what rows are called."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, inspect, select

from contactsgroups.persistence.models import (
    Account,
    AccountAttribute,
    Administrator,
    Alias,
    Base,
    DeletedGroup,
    Department,
    DomainRow,
    DomainShare,
    Group,
    GroupRole,
    KeptMember,
    Member,
    MembershipRequest,
    TokenKey,
)

Row = tuple[Any, ...]
"""The values of a row, in the order of :attr:`AuditedTable.columns`."""
Key = tuple[Any, ...]
"""What makes a row the same as another one that was there before it."""

UNKNOWN: Any = object()
"""Stands in a row for a value that has not changed and was not read."""

NOT_AUDITED = frozenset(
    {
        "added_at",
        "asked_at",
        "created_at",
        "decided_at",
        "decided_by",
        "external_count",
        "language",
        "lmtp_lane",
        "location_folded",
        "name_folded",
        "native",
        "path_folded",
        "picture_digest",
        "recipient_count",
        "search_text",
        "sort_key",
        "title_folded",
        "updated_at",
        "updated_by",
        "value_folded",
        "version",
    }
)
"""Columns that follow from others, or say when and by whom: the log does so itself.

What an account reads is not the directory's, but noted when it signs in.

Every other column is audited, also one that is added later.
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class AuditedTable:
    """A table whose changes are audited.

    Attributes:
        noun: what the log calls a row; empty for rows that are part of another, such as a
            group's members.
        identity: the columns that tell rows apart.  Where that is the primary key, a row that
            was removed and made anew is another one; elsewhere it is the same.
        subject: the columns that name a row in the log.
        domain: that of them which says whose administrators read of it: it names a domain, or
            something that has an address there.  Empty: only those of all domains do.
        passed_over: further columns that are not audited in this table.
    """

    entity: type[Base]
    noun: str = ""
    identity: tuple[str, ...] = ("id",)
    subject: tuple[str, ...] = ()
    domain: str = ""
    passed_over: frozenset[str] = frozenset()

    @cached_property
    def table(self) -> Table:
        """The table itself."""
        table = self.entity.__table__
        assert isinstance(table, Table)  # noqa: S101 - narrows the type
        return table

    @cached_property
    def columns(self) -> tuple[Column[Any], ...]:
        """The columns that are recorded, and those that tell rows apart."""
        return tuple(
            column
            for column in self.table.columns
            if column.name in self.identity
            or not (column.name in {*NOT_AUDITED, *self.passed_over} or column.name == "id")
        )

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The attributes of the entity that hold the columns."""
        mapper = inspect(self.entity)
        return tuple(mapper.get_property_by_column(column).key for column in self.columns)

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each column in a row."""
        return {column.name: place for place, column in enumerate(self.columns)}

    @cached_property
    def fields(self) -> tuple[tuple[int, Column[Any]], ...]:
        """The columns that the log shows, with their places; of members and roles, what is more.

        Whose member an address is stands where the log names it.
        """
        hidden = {"id", *(self.identity if self.whole else ())}
        return tuple(
            (place, column)
            for place, column in enumerate(self.columns)
            if column.name not in hidden
        )

    @cached_property
    def references(self) -> tuple[tuple[int, "AuditedTable"], ...]:
        """The places of ids of other audited rows, and whose they are."""
        targets = ((place, reference_of(column)) for place, column in enumerate(self.columns))
        return tuple((place, target) for place, target in targets if target is not None)

    @cached_property
    def whole(self) -> "AuditedTable | None":
        """The table with whose rows the log shows those of this one, if it shows them so."""
        return None if self.noun else reference_of(self.table.columns[self.identity[0]])

    def key_of(self, row: Row) -> Key:
        """Return what tells a row from others."""
        return tuple(row[self.places[name]] for name in self.identity)

    def select(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        """Ask for the stored rows that meet the conditions."""
        return select(*self.columns).where(*conditions)

    @cached_property
    def cascading(self) -> Collection[tuple["AuditedTable", Column[Any]]]:
        """Return whose rows the database deletes along with one of this table, and by which key."""
        return [
            (other, column)
            for other in AUDITED
            for column in other.columns
            for key in column.foreign_keys
            if key.ondelete == "CASCADE" and key.column.table is self.table
        ]


ATTRIBUTES = AuditedTable(
    entity=AccountAttribute,
    identity=("account_id", "name"),
    passed_over=frozenset({"domain_id"}),
)
MEMBERS = AuditedTable(entity=Member, identity=("group_id", "address"))
KEPT = AuditedTable(entity=KeptMember, identity=("group_id", "address"))
"""Typed members of a group that follows the directory now: they come back with its kind."""
ROLES = AuditedTable(entity=GroupRole, identity=("group_id", "role", "address"))
RESERVED = AuditedTable(
    entity=DeletedGroup,
    noun="address",
    identity=("uuid",),
    subject=("address",),
    domain="address",
    passed_over=frozenset({"content", "deleted_at", "deleted_by", "expires_at", "owners"}),
)
"""Where a group is deleted or restored, the log has that; else its address was released."""
GROUPS = AuditedTable(entity=Group, noun="group", subject=("address",), domain="address")
REQUESTS = AuditedTable(
    entity=MembershipRequest,
    noun="request",
    subject=("group_id", "account_id"),
    domain="group_id",
)
AUDITED = (
    AuditedTable(entity=DomainRow, noun="domain", subject=("name",), domain="name"),
    AuditedTable(
        entity=DomainShare,
        noun="share",
        identity=("domain_id", "visible_domain_id"),
        subject=("visible_domain_id",),
        domain="visible_domain_id",
    ),
    AuditedTable(
        entity=Department, noun="department", subject=("path", "domain_id"), domain="domain_id"
    ),
    AuditedTable(entity=Account, noun="account", subject=("address",), domain="address"),
    AuditedTable(
        entity=Administrator,
        noun="administrator",
        identity=("account_id", "domain_id"),
        subject=("account_id",),
        domain="account_id",
    ),
    AuditedTable(entity=Alias, noun="alias", subject=("address",), domain="address"),
    REQUESTS,
    AuditedTable(entity=TokenKey, noun="token key", identity=("key_id",), subject=("key_id",)),
    ATTRIBUTES,
    RESERVED,
    GROUPS,
    MEMBERS,
    KEPT,
    ROLES,
)
BY_NAME = {audited.table.name: audited for audited in AUDITED}


@cache
def reference_of(column: Column[Any]) -> AuditedTable | None:
    """Return the audited table whose ids a column holds."""
    tables = (key.column.table for key in column.foreign_keys if key.column.name == "id")
    return next((BY_NAME[table.name] for table in tables if table.name in BY_NAME), None)
