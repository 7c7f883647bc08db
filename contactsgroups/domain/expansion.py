"""From a group to the mailboxes that get a copy, through nested groups.

This is the one definition of a group's recipients: Postfix maps, member counts, previews and
the expand button all come from here.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

MembersOf = Callable[[str], Collection[str] | None]
"""Gives the direct members of a group address, or None where the address is no enabled group."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """The mailboxes of a group, each once, in a stable order; and the groups passed through."""

    mailboxes: tuple[str, ...]
    groups: tuple[str, ...]


def expand(group: str, members_of: MembersOf) -> Expansion:
    """Walk from ``group`` to mailboxes, depth first, each address visited once.

    Use cases refuse cycles, but data may have come from elsewhere: a cycle ends the walk, because
    a group that has been visited is not entered again.
    """
    seen = {group}
    mailboxes: list[str] = []
    groups: list[str] = []
    waiting = sorted(members_of(group) or (), reverse=True)
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        members = members_of(address)
        if members is None:
            mailboxes.append(address)
        else:
            groups.append(address)
            waiting.extend(sorted(members, reverse=True))
    return Expansion(tuple(mailboxes), tuple(groups))


def find_cycle(group: str, member: str, members_of: MembersOf) -> tuple[str, ...] | None:
    """Return the path ``group → member → … → group`` that adding ``member`` would close, if any."""
    if group == member:
        return (group, member)
    came_from: dict[str, str] = {member: group}
    waiting = [member]
    while waiting:
        current = waiting.pop()
        for nested in sorted(members_of(current) or ()):
            if nested == group:
                return (*reversed(list(_walk_back(current, came_from, group))), group)
            if nested not in came_from:
                came_from[nested] = current
                waiting.append(nested)
    return None


def _walk_back(start: str, came_from: dict[str, str], end: str) -> Iterator[str]:
    current = start
    while current != end:
        yield current
        current = came_from[current]
    yield end
