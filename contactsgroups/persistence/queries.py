"""Queries that more than one use case needs."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    and_,
    false,
    insert,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from contactsgroups.domain.attributes import attribute_field
from contactsgroups.domain.rule import fold_domain
from contactsgroups.domain.text import fold
from contactsgroups.persistence.models import (
    Account,
    AccountAttribute,
    Alias,
    Base,
    ClaimedAddress,
    Department,
    DomainRow,
    Group,
    Member,
)

_CHUNK = 500

DELETED = "deleted"
"""What holds an address that is reserved for a group that was deleted."""

IS_ACTIVE = Account.active == true()
IS_INACTIVE = Account.active == false()
"""Compared, for MariaDB answers ``IS TRUE`` and ``IS FALSE`` from no index."""

T = TypeVar("T")


def chunked(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a long sequence into parts that fit into one IN list on every database."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def rows_where(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    column: InstrumentedAttribute[Any],
    values: Collection[Any],
) -> Iterator[Row[Any]]:
    """Yield the rows whose ``column`` has one of the values, however many values there are."""
    for some in chunked(sorted(values)):
        yield from session.execute(statement.where(column.in_(some)))


def scalars_where(
    session: Session,
    statement: Select[T],
    column: InstrumentedAttribute[Any],
    values: Collection[Any],
) -> Iterator[T]:
    """Yield what stands first in each of the rows that :func:`rows_where` yields."""
    for some in chunked(sorted(values)):
        yield from session.scalars(statement.where(column.in_(some)))


def insert_rows(session: Session, entity: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, by the names of columns, in half the time that entities take."""
    table = entity.__table__
    assert isinstance(table, Table)  # noqa: S101 - narrows the type
    if rows:
        session.execute(insert(table), rows)


def has_pair(
    first: InstrumentedAttribute[Any],
    second: InstrumentedAttribute[Any],
    pairs: Collection[tuple[Any, Any]],
) -> ColumnElement[bool]:
    """Return the condition that two columns are one of the pairs, of which there are 500 at most.

    SQLite finds a comparison of rows, ``(a, b) IN (...)``, by no index.
    """
    seconds: dict[Any, list[Any]] = defaultdict(list)
    for one, other in sorted(pairs):
        seconds[one].append(other)
    return or_(false(), *(and_(first == one, second.in_(some)) for one, some in seconds.items()))


def local_domain_names(session: Session) -> frozenset[str]:
    """Return every domain that is served here, as A-labels."""
    return frozenset(session.scalars(select(DomainRow.name)))


def groups_by_address(session: Session, addresses: Collection[str]) -> dict[str, Group]:
    """Return those of the normalised addresses that are groups, with the group."""
    rows = scalars_where(session, select(Group), Group.address, addresses)
    return {group.address: group for group in rows}


def groups_containing(session: Session, addresses: Collection[str]) -> list[Group]:
    """Return the groups that have one of the addresses as a direct member."""
    statement = select(Group).join(Member).distinct()
    rows = scalars_where(session, statement, Member.address, addresses)
    return list({group.id: group for group in rows}.values())


def group_ids_containing(session: Session, addresses: Collection[str]) -> set[int]:
    """Return the ids of the groups that have one of the addresses as a direct member."""
    statement = select(Member.group_id).distinct()
    return set(scalars_where(session, statement, Member.address, addresses))


def holders(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """Return the kind of holder of each address in use: account, alias or group.

    One that is only reserved, for a group that was deleted, is not in use.
    """
    statement = select(ClaimedAddress.address, ClaimedAddress.holder)
    in_use = statement.where(ClaimedAddress.holder != DELETED)
    rows = rows_where(session, in_use, ClaimedAddress.address, addresses)
    return {row.address: row.holder for row in rows}


def name_contains(text: str) -> ColumnElement[bool]:
    """Whether a group's address or name contains every word of ``text``."""
    words = (fold(word) for word in text.split()[:10])
    return and_(true(), *(Group.search_text.contains(word, autoescape=True) for word in words))


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as departments and rules see it."""

    domain_id: int
    address: str
    original: str
    active: bool
    department: str
    """The path of its department; empty if it is in none."""
    folded_fields: Mapping[str, str]
    """Those that a rule may name (``domain.rule``)."""


_ACCOUNTS = select(
    Account.id,
    Account.domain_id,
    Account.address,
    Account.original,
    Account.active,
    Account.name_folded,
    Account.title_folded,
    Account.location_folded,
    Department.path,
).outerjoin(Department, Department.id == Account.department_id)


def account_facts(
    session: Session,
    condition: ColumnElement[bool],
    *,
    attributes: Collection[str] | None = None,
) -> Iterator[AccountFacts]:
    """Yield what departments and rules ask of each account that meets the condition.

    Args:
        attributes: the names of those that are asked for; None for all.
    """
    own = _folded_attributes(session, condition, attributes)
    folded_path = cache(fold)  # Many accounts share a department.
    folded_domain = cache(fold_domain)
    for row in session.execute(_ACCOUNTS.where(condition)):
        path = row.path or ""
        fields = fields_for_rules(
            row.address,
            department=folded_path(path),
            domain=folded_domain(row.address.rpartition("@")[2]),
            title=row.title_folded,
            location=row.location_folded,
            name=row.name_folded,
            attributes=own.get(row.id, {}),
        )
        yield AccountFacts(row.domain_id, row.address, row.original, row.active, path, fields)


def fields_for_rules(
    address: str,
    *,
    department: str,
    domain: str,
    title: str,
    location: str,
    name: str,
    attributes: Mapping[str, str],
) -> Mapping[str, str]:
    """Return what rules compare of an account.

    Args:
        address: as it is stored; everything else is folded already.
        attributes: by the names that rules have for them (``attribute.cost_center``).
    """
    return {
        "department": department,
        "title": title,
        "location": location,
        "name": name,
        "address": fold(address),
        "domain": domain,
        **attributes,
    }


def is_at_or_below(
    column: ColumnElement[str] | InstrumentedAttribute[str], path: str
) -> ColumnElement[bool]:
    """Whether a path with slashes is this one or one below it; both are folded, or neither is."""
    return or_(column == path, column.startswith(path + "/", autoescape=True))


def _folded_attributes(
    session: Session, condition: ColumnElement[bool], names: Collection[str] | None
) -> Mapping[int, Mapping[str, str]]:
    """Return the attributes of the accounts that meet the condition, by the accounts' ids."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    if names is not None and not names:
        return found
    row = AccountAttribute
    statement = select(row.account_id, row.name, row.value_folded).join(
        Account, Account.id == row.account_id
    )
    if names is not None:
        statement = statement.where(row.name.in_(sorted(names)))
    for account_id, name, value in session.execute(statement.where(condition)):
        found[account_id][attribute_field(name)] = value
    return found


_Owner = aliased(Group, name="owner_group")
_Nested = aliased(Group, name="nested_group")
_Target = aliased(Account, name="alias_target")

_MEMBERS = (
    select(
        _Owner.address.label("owner"),
        Member.address.label("address"),
        Account.active.label("active"),
        Alias.id.label("alias_id"),
        _Target.address.label("target"),
        _Target.active.label("target_active"),
        _Nested.id.label("nested_id"),
        _Nested.disabled.label("disabled"),
        _Nested.moderated.label("moderated"),
        _Nested.ignore_auto_replies.label("ignore_auto_replies"),
    )
    .select_from(Member)
    .join(_Owner, _Owner.id == Member.group_id)
    .outerjoin(Account, Account.address == Member.address)
    .outerjoin(Alias, Alias.address == Member.address)
    .outerjoin(_Target, _Target.id == Alias.account_id)
    .outerjoin(_Nested, _Nested.address == Member.address)
)


def member_rows(
    session: Session, ids: list[int], addresses: Collection[str] | None = None
) -> Iterator[Any]:
    """Yield the direct members of these groups, with the account or group that each one is.

    With ``addresses``, only those that have one of them.
    """
    if addresses is None:
        yield from rows_where(session, _MEMBERS, Member.group_id, ids)
    else:
        of_groups = _MEMBERS.where(Member.group_id.in_(ids))
        yield from rows_where(session, of_groups, Member.address, addresses)
