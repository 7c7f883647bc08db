"""Groups of whose recipients a principal may know every one, so that each may be listed."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Group
from contactsgroups.persistence.queries import scalars_where
from contactsgroups.services.accounts.group_standing import groups_open_to
from contactsgroups.services.accounts.sharing import visible_domain_names
from contactsgroups.services.groups.member_views import groups_with_untold_aliases
from contactsgroups.services.unit_of_work.group_edges import children_of


def groups_known_throughout(
    session: Session, principal: Principal, groups: Collection[Group]
) -> set[int]:
    """Return the ids of those of the groups whose recipients a principal may know one by one.

    It may look into the group and into every group inside that hands a message on, and no alias
    in them leads to an account that it may not know.  Of any other group, the recipients in the
    table are more than :func:`member_views.expand_for` tells: whoever compares their number with
    and without a mailbox learns whether that one is among them.
    """
    parents, found = _read_inside(session, groups)
    handing_on = [each for each in found.values() if not each.disabled]
    ids = {each.id for each in handing_on}
    readable = visible_domain_names(session, principal)
    untold = ids - groups_open_to(session, principal, handing_on)
    untold |= groups_with_untold_aliases(session, ids - untold, readable)
    return {each.id for each in groups} - _with_parents(untold, parents, ids)


def _read_inside(
    session: Session, groups: Collection[Group]
) -> tuple[Mapping[int, set[int]], Mapping[int, Group]]:
    """Return the parents of each group inside these, and all of them by their ids."""
    parents: dict[int, set[int]] = defaultdict(set)
    found = {each.id: each for each in groups}
    level = set(found)
    while level:
        for parent, inside in children_of(session, level).items():
            for child in inside:
                parents[child].add(parent)
        level = parents.keys() - found.keys()
        statement = select(Group).options(joinedload(Group.domain))
        found |= {each.id: each for each in scalars_where(session, statement, Group.id, level)}
    return parents, found


def _with_parents(
    starts: Collection[int], parents: Mapping[int, Collection[int]], among: Collection[int]
) -> set[int]:
    """Return groups and those around them, as far as they are ``among`` some."""
    reached, waiting = set(starts), list(starts)
    while waiting:
        around = {each for each in parents.get(waiting.pop(), ()) if each in among} - reached
        reached |= around
        waiting += around
    return reached
