"""The groups inside a group, as far as a principal may know who is in them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain.principal import Principal
from contactsgroups.domain.ways import shortest_ways
from contactsgroups.persistence.models import Group, GroupEdge
from contactsgroups.persistence.queries import scalars_where
from contactsgroups.services.accounts.group_standing import groups_open_to


@dataclass(frozen=True, slots=True)
class GroupsInside:
    """A group, and those inside it that hand a message on.

    Attributes:
        open: by their ids, the group itself first: those whose members the principal may know.
        closed: those that it may not look into.
        ways: for each of the open ones, the groups that a message passes to it, the group itself
            left out: empty for the group itself, and its last one is the open one.
    """

    open: Mapping[int, Group]
    closed: tuple[Group, ...]
    ways: Mapping[int, tuple[Group, ...]]


def read_groups_inside(session: Session, principal: Principal, group: Group) -> GroupsInside:
    """Return the groups that a message to this one goes through.

    Disabled groups pass nothing on, and nothing is behind a group that the principal may not look
    into.  As many statements for many groups as for few.
    """
    children = _read_edges(session, group)
    ids = {each for some in children.values() for each in some} - {group.id}
    statement = select(Group).options(joinedload(Group.domain))
    nested = {each.id: each for each in scalars_where(session, statement, Group.id, ids)}
    seen = groups_open_to(session, principal, nested.values())
    groups = {group.id: group, **nested}

    def open_inside(parent: int) -> list[int]:
        inside = (each for each in children[parent] if each in seen)
        return sorted(inside, key=lambda each: groups[each].address)

    ways = shortest_ways([group.id], open_inside)
    reached = {each for parent in ways for each in children[parent]} - ways.keys()
    return GroupsInside(
        open={each: groups[each] for each in ways},
        closed=tuple(sorted((groups[each] for each in reached), key=lambda row: row.address)),
        ways={
            each: tuple(groups[passed] for passed in (*way, each))[1:] for each, way in ways.items()
        },
    )


def _read_edges(session: Session, group: Group) -> Mapping[int, set[int]]:
    """Return the groups directly inside each that a message goes through."""
    edges = (
        select(GroupEdge.parent_id, GroupEdge.child_id)
        .join(Group, Group.id == GroupEdge.child_id)
        .where(Group.disabled.is_(False), Group.recipient_count > 0)
    )
    inside = edges.where(GroupEdge.parent_id == group.id).cte("inside", recursive=True)
    inside = inside.union(edges.join(inside, inside.c.child_id == GroupEdge.parent_id))
    found: dict[int, set[int]] = defaultdict(set)
    for row in session.execute(select(inside.c.parent_id, inside.c.child_id)):
        found[row.parent_id].add(row.child_id)
    return found
