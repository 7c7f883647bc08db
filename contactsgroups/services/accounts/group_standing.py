"""What a principal is in a stored group, and whether that lets it do something there."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right, Standing
from contactsgroups.domain.errors import GroupNotFound
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Account, Alias, Group, GroupRole, Member, Recipient
from contactsgroups.persistence.queries import rows_where, scalars_where
from contactsgroups.services.accounts.sharing import visible_domain_ids

_STANDING_OF = {Role.OWNER: Standing.OWNER, Role.MODERATOR: Standing.MODERATOR}


def own_addresses(session: Session, principal: Principal) -> frozenset[str]:
    """Return the addresses that stand for a principal: its account's and its aliases'."""
    address = str(principal.address)
    aliases = select(Alias.address).join(Account, Account.id == Alias.account_id)
    return frozenset({address, *session.scalars(aliases.where(Account.address == address))})


def read_standings(
    session: Session, principal: Principal, groups: Collection[Group]
) -> Mapping[int, frozenset[Standing]]:
    """Return what a principal is in each of these groups, by their ids."""
    own, teams = own_addresses(session, principal), _ids_of_teams(groups)
    ids = [group.id for group in groups]
    found: dict[int, set[Standing]] = defaultdict(set)
    roles = select(GroupRole.group_id, GroupRole.role).where(
        GroupRole.address.in_(own), GroupRole.role.in_(_STANDING_OF)
    )
    for row in rows_where(session, roles, GroupRole.group_id, ids):
        found[row.group_id].add(_STANDING_OF[Role(row.role)])
        if row.role == Role.OWNER and row.group_id in teams:
            found[row.group_id].add(Standing.TEAM_OWNER)
    members = select(Member.group_id).where(Member.address.in_(own))
    for group_id in scalars_where(session, members, Member.group_id, ids):
        found[group_id].add(Standing.MEMBER)
    return {each: frozenset(found[each]) for each in ids}


def rights_in_group(session: Session, principal: Principal, group: Group) -> frozenset[Right]:
    """Return every right that a principal has in a group."""
    standings = read_standings(session, principal, [group])[group.id]
    return authority.rights_of(principal, group.domain.name, standings)


def may_in_group(session: Session, principal: Principal, right: Right, group: Group) -> bool:
    """Whether a principal has a right in a group."""
    return bool(groups_where(session, principal, right, [group]))


def groups_where(
    session: Session, principal: Principal, right: Right, groups: Collection[Group]
) -> set[int]:
    """Return the ids of those of the groups in which a principal has a right."""
    found = {each.id for each in groups if authority.may(principal, right, each.domain.name)}
    others = [each for each in groups if each.id not in found]
    if others and authority.comes_with_roles(right):
        standings = read_standings(session, principal, others)
        found |= {
            each.id
            for each in others
            if authority.may(principal, right, each.domain.name, standings[each.id])
        }
    return found


def require_in_group(session: Session, principal: Principal, right: Right, group: Group) -> None:
    """Ask whether a principal has a right in a group.

    Raises:
        NotPermitted: it has not.
        GroupNotFound: it has not, and may not even know that there is such a group.
    """
    if may_in_group(session, principal, right, group):
        return
    if not known_groups(session, principal, [group]):
        raise GroupNotFound("there is no such group")
    authority.require(principal, right, group.domain.name)


def known_groups(session: Session, principal: Principal, groups: Collection[Group]) -> set[int]:
    """Return the ids of those of the groups that a principal may know of.

    They are listed in a domain that it may see; or it has a role in them, or gets what is sent to
    them; or it administers them.
    """
    visible = visible_domain_ids(session, principal.domain)
    found = {each.id for each in groups if each.is_listed and each.domain_id in visible}
    hidden = [each for each in groups if each.id not in found]
    if not hidden:
        return found
    found |= groups_where(session, principal, Right.SEE_SETTINGS, hidden)
    standings = read_standings(session, principal, hidden)
    found |= {each for each, roles in standings.items() if roles}
    reached = select(Recipient.group_id).where(Recipient.address == str(principal.address))
    ids = [each.id for each in hidden]
    return found | set(scalars_where(session, reached, Recipient.group_id, ids))


def groups_open_to(session: Session, principal: Principal, groups: Collection[Group]) -> set[int]:
    """Return the ids of those of the groups whose members a principal may know."""
    shown = [each for each in groups if each.show_members]
    return known_groups(session, principal, shown) | groups_where(
        session, principal, Right.SEE_MEMBERS, groups
    )


def _ids_of_teams(groups: Collection[Group]) -> set[int]:
    return {each.id for each in groups if each.kind == GroupKind.TEAM}
