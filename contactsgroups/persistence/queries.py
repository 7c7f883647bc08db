"""Queries that more than one use case needs."""

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from contactsgroups.persistence.models import ClaimedAddress, Group, Member

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


def holders(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """Return who holds each address that is taken: account, alias or group."""
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
