"""Which group is a member of which, kept beside the members for quick walks up and down."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from contactsgroups.persistence.models import Group, GroupEdge, Member
from contactsgroups.persistence.queries import chunked, scalars_where


def refresh(session: Session, parent_ids: Collection[int]) -> None:
    """Bring the edges whose parent is one of these groups up to date."""
    for some in chunked(sorted(parent_ids)):
        stored = _read(session, GroupEdge.parent_id.in_(some))
        wanted = members_that_are_groups(session, Member.group_id.in_(some))
        for child, parent in sorted(stored - wanted):
            session.execute(
                delete(GroupEdge).where(GroupEdge.child_id == child, GroupEdge.parent_id == parent)
            )
        if new := sorted(wanted - stored):
            rows = [{"child_id": child, "parent_id": parent} for child, parent in new]
            session.execute(insert(GroupEdge), rows)


def members_that_are_groups(
    session: Session, condition: ColumnElement[bool]
) -> set[tuple[int, int]]:
    """Return child and parent of each membership of a group in a group, from the members."""
    statement = (
        select(Group.id, Member.group_id)
        .join(Member, Member.address == Group.address)
        .where(condition)
    )
    return {(child, parent) for child, parent in session.execute(statement)}


def with_ancestors(session: Session, ids: Iterable[int]) -> set[int]:
    """Return these groups and every group that contains one of them, however deeply nested."""
    found = set(ids)
    waiting = found
    while waiting:
        statement = select(GroupEdge.parent_id)
        waiting = {*scalars_where(session, statement, GroupEdge.child_id, waiting)} - found
        found |= waiting
    return found


def _read(session: Session, condition: ColumnElement[bool]) -> set[tuple[int, int]]:
    statement = select(GroupEdge.child_id, GroupEdge.parent_id).where(condition)
    return {(child, parent) for child, parent in session.execute(statement)}
