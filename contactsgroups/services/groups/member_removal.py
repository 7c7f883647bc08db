"""Remove many members of a group: those that are named, or all that a filter finds."""

from collections.abc import Sequence
from dataclasses import dataclass

from contactsgroups.domain.errors import ContactsGroupsError, Unavailable
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.services.groups.member_changes import (
    CHANGES_LIMIT,
    Outcome,
    Result,
    change_members,
)
from contactsgroups.services.groups.member_filtering import MemberFilter
from contactsgroups.services.groups.member_listing import addresses_found


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What became of the members that were to be removed.

    Attributes:
        removed: their addresses, as they were named.
        refused: those that stay, each with the reason.
        left: how many were not looked at, because of ``stopped``.
    """

    removed: tuple[str, ...] = ()
    refused: tuple[Outcome, ...] = ()
    left: int = 0
    stopped: ContactsGroupsError | None = None


def remove_members(
    database: Database, actor: Principal, uuid: str, addresses: Sequence[str]
) -> Removal:
    """Remove members in pieces, as :func:`change_members` does; who is none any more is no fault.

    Raises:
        GroupNotFound, MembersAreDerived, NotPermitted: nothing was changed.
    """
    found: list[Outcome] = []
    stopped = None
    for start in range(0, len(addresses), CHANGES_LIMIT):
        some = addresses[start : start + CHANGES_LIMIT]
        try:
            found += change_members(database, actor, uuid, add=[], remove=some)
        except Unavailable as error:
            if not start:
                raise
            stopped = error
            break
    return Removal(
        removed=tuple(each.text for each in found if each.result is Result.REMOVED),
        refused=tuple(each for each in found if each.result is Result.REFUSED),
        left=len(addresses) - len(found),
        stopped=stopped,
    )


def remove_found(database: Database, actor: Principal, uuid: str, wanted: MemberFilter) -> Removal:
    """Remove all members that a filter finds now; of a group's last members, one stays.

    Raises:
        GroupNotFound, MembersAreDerived, NotPermitted: nothing was changed.
    """
    addresses = addresses_found(database, actor, uuid, wanted)
    return remove_members(database, actor, uuid, addresses)
