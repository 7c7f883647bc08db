"""Queries that more than one use case needs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from contactsgroups.persistence.models import (
    Account,
    Alias,
    ClaimedAddress,
    Department,
    Group,
    Member,
)

_CHUNK = 500

T = TypeVar("T")


def chunked(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a long sequence into parts that fit into one IN list on every database."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def groups_containing(session: Session, addresses: Collection[str]) -> list[Group]:
    """Return the groups that have one of the addresses as a direct member."""
    found: dict[int, Group] = {}
    for some in chunked(sorted(addresses)):
        statement = select(Group).join(Member).where(Member.address.in_(some)).distinct()
        found |= {group.id: group for group in session.scalars(statement)}
    return list(found.values())


def group_ids_containing(session: Session, addresses: Collection[str]) -> set[int]:
    """Return the ids of the groups that have one of the addresses as a direct member."""
    found: set[int] = set()
    for some in chunked(sorted(addresses)):
        statement = select(Member.group_id).where(Member.address.in_(some)).distinct()
        found.update(session.scalars(statement))
    return found


def holders(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """Return the kind of holder of each address in use: account, alias or group."""
    taken: dict[str, str] = {}
    for some in chunked(sorted(addresses)):
        statement = select(ClaimedAddress).where(ClaimedAddress.address.in_(some))
        taken |= {row.address: row.holder for row in session.scalars(statement)}
    return taken


def contains(statement: Select[Group], text: str) -> Select[Group]:
    """Keep the groups whose address, name or a member contains every word of ``text``."""
    for word in text.casefold().split()[:10]:
        member = select(Member.group_id).where(Member.address.contains(word, autoescape=True))
        statement = statement.where(
            Group.search_text.contains(word, autoescape=True) | Group.id.in_(member)
        )
    return statement


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as departments and rules see it; ``fields`` are those that a rule may name."""

    domain_id: int
    address: str
    original: str
    active: bool
    fields: Mapping[str, str]


def account_facts(session: Session, condition: ColumnElement[bool]) -> Iterator[AccountFacts]:
    """Yield what departments and rules ask of each account that meets the condition."""
    statement = (
        select(
            Account.domain_id,
            Account.address,
            Account.original,
            Account.active,
            Account.display_name,
            Account.title,
            Account.location,
            Department.path,
        )
        .outerjoin(Department, Department.id == Account.department_id)
        .where(condition)
    )
    for row in session.execute(statement):
        fields = {
            "department": row.path or "",
            "title": row.title,
            "location": row.location,
            "name": row.display_name,
            "address": row.address,
        }
        yield AccountFacts(row.domain_id, row.address, row.original, row.active, fields)


_Owner = aliased(Group, name="owner_group")
_Nested = aliased(Group, name="nested_group")
_Target = aliased(Account, name="alias_target")


def member_rows(session: Session, ids: list[int]) -> Iterator[Any]:
    """Yield the direct members of these groups, with the account or group that each one is."""
    statement = (
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
        )
        .select_from(Member)
        .join(_Owner, _Owner.id == Member.group_id)
        .outerjoin(Account, Account.address == Member.address)
        .outerjoin(Alias, Alias.address == Member.address)
        .outerjoin(_Target, _Target.id == Alias.account_id)
        .outerjoin(_Nested, _Nested.address == Member.address)
    )
    for some in chunked(ids):
        yield from session.execute(statement.where(Member.group_id.in_(some)))
