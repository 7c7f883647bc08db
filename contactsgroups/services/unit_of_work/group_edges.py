"""Which group is a member of which, kept beside the members for quick walks up and down."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import CTE, ColumnElement, Select, delete, select
from sqlalchemy.orm import Session

from contactsgroups.domain.ways import shortest_ways
from contactsgroups.persistence.models import Group, GroupEdge, Member
from contactsgroups.persistence.queries import (
    chunked,
    has_pair,
    insert_rows,
    rows_where,
    scalars_where,
)


def refresh(session: Session, child_ids: Collection[int]) -> None:
    """Bring the edges whose child is one of these groups up to date."""
    for some in chunked(sorted(child_ids)):
        stored = _read(session, GroupEdge.child_id.in_(some))
        wanted = members_that_are_groups(session, Group.id.in_(some))
        for gone in chunked(sorted(stored - wanted)):
            is_gone = has_pair(GroupEdge.child_id, GroupEdge.parent_id, gone)
            session.execute(delete(GroupEdge).where(is_gone))
        if new := sorted(wanted - stored):
            rows = [{"child_id": child, "parent_id": parent} for child, parent in new]
            insert_rows(session, GroupEdge, rows)


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


def ways_up(
    session: Session, starts: Select[int], targets: Collection[int]
) -> dict[int, tuple[int, ...]]:
    """Return the shortest way from any of the starts up to each target, the target left out.

    Disabled groups hand nothing on. A target that is a start itself has an empty way.

    Args:
        starts: selects the ids of groups.
    """
    ways = ways_above(session, starts, ~Group.disabled)
    return {each: ways[each] for each in targets if each in ways}


def ways_above(
    session: Session, starts: Select[int], condition: ColumnElement[bool]
) -> dict[int, tuple[int, ...]]:
    """Return the shortest way from any of the starts up to each group above, that one left out.

    The starts themselves are there with an empty way.

    Args:
        starts: selects the ids of groups.
        condition: what every group above must meet, those on the way as well.
    """
    above: dict[int, list[int]] = defaultdict(list)
    edges = _edges_above(starts, condition)
    for row in session.execute(select(edges.c.child_id, edges.c.parent_id)):
        above[row.child_id].append(row.parent_id)
    found = sorted(session.scalars(starts))
    return shortest_ways(found, lambda child: sorted(above[child]))


def ids_above(starts: Select[int], condition: ColumnElement[bool]) -> Select[int]:
    """Select the ids of the groups that :func:`ways_above` finds, the starts left out."""
    return select(_edges_above(starts, condition).c.parent_id)


def _edges_above(starts: Select[int], condition: ColumnElement[bool]) -> CTE:
    """Return the edges that lead upwards from groups, with those that lead on from there."""
    edges = (
        select(GroupEdge.child_id, GroupEdge.parent_id)
        .join(Group, Group.id == GroupEdge.parent_id)
        .where(condition)
    )
    above = edges.where(GroupEdge.child_id.in_(starts)).cte("above", recursive=True)
    return above.union(edges.join(above, above.c.parent_id == GroupEdge.child_id))


def children_of(session: Session, ids: Collection[int]) -> dict[int, set[int]]:
    """Return the groups that are direct members of these groups, by the id of the group."""
    found: dict[int, set[int]] = {each: set() for each in ids}
    statement = select(GroupEdge.parent_id, GroupEdge.child_id)
    for row in rows_where(session, statement, GroupEdge.parent_id, ids):
        found[row.parent_id].add(row.child_id)
    return found


def _read(session: Session, condition: ColumnElement[bool]) -> set[tuple[int, int]]:
    statement = select(GroupEdge.child_id, GroupEdge.parent_id).where(condition)
    return {(child, parent) for child, parent in session.execute(statement)}
