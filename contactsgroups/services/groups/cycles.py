"""Groups that may not be members of a group because it is in them, however deeply."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import InvalidAddress, MembershipCycle
from contactsgroups.domain.expansion import find_cycle
from contactsgroups.persistence.models import Group, Member
from contactsgroups.persistence.queries import rows_where


def find_cycles(
    session: Session, group: str, nested: Sequence[str]
) -> dict[str, InvalidAddress | MembershipCycle]:
    """Return those of the groups that contain a group, each with the fault that it would be."""
    if not nested:
        return {}
    ways = _ways_to(session, group)
    found: dict[str, InvalidAddress | MembershipCycle] = {}
    for key in nested:
        path = find_cycle(group, key, ways.get)
        if path is not None:
            found[key] = MembershipCycle(path)
    return found


def _ways_to(session: Session, group: str) -> Mapping[str, Collection[str]]:
    """Return which members of the groups that contain a group, however deeply, lead to it.

    Upwards, because few groups are around one that has thousands of members.
    """
    found: dict[str, list[str]] = defaultdict(list)
    statement = select(Group.address, Member.address.label("member"))
    statement = statement.join(Member, Member.group_id == Group.id)
    waiting, seen = {group}, {group}
    while waiting:
        around = list(rows_where(session, statement, Member.address, waiting))
        for row in around:
            found[row.address].append(row.member)
        waiting = {row.address for row in around} - seen
        seen |= waiting
    return found
