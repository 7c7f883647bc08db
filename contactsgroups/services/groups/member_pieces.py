"""Add any number of members in pieces, each a transaction of its own: others write in between."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.queries import chunked
from contactsgroups.services.groups.last_days import LastDays
from contactsgroups.services.groups.members import add_in, editable_group_in
from contactsgroups.services.unit_of_work import write
from contactsgroups.services.unit_of_work.derivation import NO_LAST_DAYS


@dataclass(slots=True)
class AddedMembers:
    """How far it came, and what became of the addresses until there.

    Attributes:
        group: the group's address.
        added: those that are new, in the order of the candidates.
        already: how many were members before.
        dated: how many of these have another last day now.
        refused: why others are not, by the normalised address.
        left: those that were not looked at, because of ``stopped``.
    """

    group: str = ""
    added: list[str] = field(default_factory=list)
    already: int = 0
    dated: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    stopped: ContactsGroupsError | None = None


def add_in_pieces(
    database: Database,
    actor: Principal,
    uuid: str,
    candidates: Mapping[str, Address],
    last_days: LastDays = NO_LAST_DAYS,
) -> AddedMembers:
    """Add members by their normalised addresses; what cannot be one keeps no other from it.

    Everything may be sent again: what was done already stays done.

    Each piece asks for the right; whoever calls has asked for it before it read the addresses.

    Args:
        last_days: of new members, and of those who are members already.

    Raises:
        GroupNotFound, MembersAreDerived, NotPermitted: nothing was changed.
        Unavailable: before the first piece. Later errors are told in the result.
    """
    found = AddedMembers()
    keys = list(candidates)
    done = 0
    for some in chunked(keys):
        try:
            with write(database, actor) as work:
                group = editable_group_in(work, uuid)
                found.group = group.address
                # Neighbours in indexes, as far as the order of the lines allows: what is told at a
                # stop is the first line that was not done.
                asked = {key: candidates[key] for key in sorted(some)}
                report = add_in(work, group, asked, [], last_days=last_days)
        except ContactsGroupsError as error:
            if not done:
                raise
            left = {*keys[done:]}
            found.left, found.stopped = tuple(key for key in candidates if key in left), error
            break
        done += len(some)
        found.added += report.added
        found.already += len(report.already)
        found.dated += len(report.dated)
        for each in report.refused:
            found.refused[str(Address.parse(each.text))] = each.reason
    places = {key: place for place, key in enumerate(candidates)}
    found.added.sort(key=places.__getitem__)
    return found
