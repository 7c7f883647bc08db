"""What would follow if an address left its groups, to be said before it does."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import exists, false, or_, select
from sqlalchemy.orm import Session

from contactsgroups.domain.authority import Right
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Group, GroupRole, Member, Recipient
from contactsgroups.services.accounts.succession import active_responsible, find_successors
from contactsgroups.services.groups.address_holders import AddressHolder, find_holder
from contactsgroups.services.groups.reading import GroupSummary
from contactsgroups.services.groups.whereabouts import (
    Presence,
    Whereabouts,
    groups_with_right,
    ids_with_member,
    read_whereabouts,
)
from contactsgroups.services.unit_of_work.group_edges import ids_above, ways_above

_RESPONSIBLE = frozenset({Role.OWNER, Role.MODERATOR})
_DERIVED = tuple(kind for kind in GroupKind if kind.is_derived)


class Lack(StrEnum):
    """What a group would have none of."""

    MEMBER = "member"
    OWNER = "owner"
    MODERATOR = "moderator"


class Remedy(StrEnum):
    """What may be done about it."""

    TAKE_OVER = "take_over"
    """The actor becomes the moderator, or the owner of a team."""
    DISABLE = "disable"
    """Messages to the group are refused; its settings are kept."""
    STAY = "stay"
    """The address keeps what it is in the group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A group that would be without somebody it needs, or owned by somebody else.

    Attributes:
        successor: the name or address of whoever follows as the owner of a team.
        remedies: one of them has to be chosen, the first is what usually helps; empty where the
            group can do without.
    """

    presence: Presence
    lacks: frozenset[Lack]
    successor: str = ""
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingPlan:
    """What follows if an address leaves groups.

    Attributes:
        leaves: the groups that it is taken out of, as a member and for its roles.
        ends: the groups that it is in through those, and then no more.
        remains: the groups that it stays in, and through what: a department, a rule, or a group.
        forgets: the groups that it would have come back to with their kind, and then does not.
        deserted: the ids of those of ``leaves`` and ``ends`` that reach nobody else.
    """

    whereabouts: Whereabouts
    leaves: tuple[Presence, ...]
    concerns: tuple[Concern, ...]
    ends: tuple[Presence, ...]
    remains: tuple[Presence, ...]
    forgets: tuple[GroupSummary, ...]
    deserted: frozenset[int]

    @property
    def changes_something(self) -> bool:
        """Whether there is anything that the address can be taken out of."""
        return bool(self.leaves or self.forgets)


def plan_leaving(
    database: Database, actor: Principal, address: str, *, only: Collection[str] | None = None
) -> LeavingPlan:
    """Return what would follow if an address left its groups.

    Args:
        only: the UUIDs of the groups that it is to leave; None for all.

    Raises:
        InvalidAddress: it is none.
    """
    with database.read() as session:
        holder = find_holder(session, actor, address)
        return read_plan(session, actor, holder, only)


def read_plan(
    session: Session, actor: Principal, holder: AddressHolder, only: Collection[str] | None = None
) -> LeavingPlan:
    """Return what would follow, whatever is decided about the groups that need a decision."""
    whereabouts = read_whereabouts(session, actor, holder)
    leaves = tuple(
        each for each in whereabouts.removable if only is None or each.group.uuid in only
    )
    ways = _ways_that_remain(session, actor, holder, only)
    left = {each.id for each in leaves if each.is_named}
    others = [each for each in whereabouts.groups if each.is_member and each.id not in ways]
    kept_in = whereabouts.kept_in
    return LeavingPlan(
        whereabouts=whereabouts,
        leaves=leaves,
        concerns=_find_concerns(session, actor, holder, leaves),
        ends=tuple(each for each in others if each.id not in left),
        remains=_remaining(whereabouts, left, {each.id for each in leaves}, ways),
        forgets=tuple(each for each in kept_in if only is None or each.uuid in only),
        deserted=_find_deserted(session, actor, holder, [each.id for each in others]),
    )


def _find_deserted(
    session: Session, actor: Principal, holder: AddressHolder, ids: Collection[int]
) -> frozenset[int]:
    """Return which of the groups reach no mailbox but the holder's."""
    is_open = groups_with_right(session, actor, Right.SEE_MEMBERS)
    starts = ids_with_member(holder.addresses).where(is_open)
    is_other = (Recipient.group_id == Group.id) & Recipient.address.not_in(holder.addresses)
    # Joined, for MariaDB asks a union behind IN about every group.
    around = starts.union(ids_above(starts, is_open)).subquery()
    reaches = select(Group.id).join(around, around.c[0] == Group.id)
    statement = reaches.where(exists().where(is_other))
    return frozenset({*ids} - set(session.scalars(statement)))


def _ways_that_remain(
    session: Session, actor: Principal, holder: AddressHolder, only: Collection[str] | None
) -> Mapping[int, tuple[int, ...]]:
    """Return the ways from what stays: from groups that select it, and those it does not leave."""
    is_open = groups_with_right(session, actor, Right.SEE_MEMBERS)
    is_kept = false() if only is None else Group.uuid.not_in(only)
    stays = or_(Group.kind.in_(_DERIVED), is_kept)
    return ways_above(session, ids_with_member(holder.addresses).where(is_open, stays), is_open)


def _remaining(
    whereabouts: Whereabouts,
    left: Collection[int],
    without_role: Collection[int],
    ways: Mapping[int, tuple[int, ...]],
) -> tuple[Presence, ...]:
    """Return where it still is: not as a member of those that are left, nor by a role or a pin."""
    names = {
        each.id: each.group.settings.display_name or each.group.original
        for each in whereabouts.groups
    }
    return tuple(
        replace(
            each,
            members=() if each.id in left else each.members,
            roles=() if each.id in without_role else each.roles,
            way=tuple(names[passed] for passed in ways[each.id]),
        )
        for each in whereabouts.groups
        if each.id in ways and (each.id in left or not each.is_named)
    )


def _find_concerns(
    session: Session, actor: Principal, holder: AddressHolder, leaves: Collection[Presence]
) -> tuple[Concern, ...]:
    with_others = _ids_with_other_members(session, holder)
    named = select(GroupRole.group_id).where(GroupRole.address.in_(holder.addresses))
    responsible = active_responsible(session, named, passing_over=holder.account_id)
    lacks = {each.id: _lacks(each, with_others, responsible) for each in leaves}
    teams = [each.id for each in leaves if _is_team(each) and Lack.OWNER in lacks[each.id]]
    successors = find_successors(session, teams, passing_over=holder.account_id)
    has_account = actor.account_id not in {None, holder.account_id}
    return tuple(
        _concern(each, lacks[each.id], successors.get(each.id), has_account)
        for each in leaves
        if lacks[each.id]
    )


def _ids_with_other_members(session: Session, holder: AddressHolder) -> set[int]:
    own = holder.addresses
    is_other = (Member.group_id == Group.id) & Member.address.not_in(own)
    statement = select(Group.id).where(Group.id.in_(ids_with_member(own)), exists().where(is_other))
    return set(session.scalars(statement))


def _lacks(
    presence: Presence, with_others: Collection[int], responsible: Collection[tuple[int, Role]]
) -> frozenset[Lack]:
    """Return what the group would have none of; a disabled one needs nobody but an owner."""
    settings = presence.group.settings
    roles = {held.role for held in presence.roles}
    found = set()
    if Role.OWNER in roles and (presence.id, Role.OWNER) not in responsible:
        found.add(Lack.OWNER)
    if settings.disabled:
        return frozenset(found)
    if presence.is_named and presence.id not in with_others:
        found.add(Lack.MEMBER)
    is_moderated = any((presence.id, role) in responsible for role in _RESPONSIBLE)
    if settings.moderated and roles & _RESPONSIBLE and not is_moderated:
        found.add(Lack.MODERATOR)
    return frozenset(found)


def _concern(
    presence: Presence, lacks: frozenset[Lack], successor: Account | None, has_account: bool
) -> Concern:
    """A successor moderates as well; whoever takes over is no member."""
    if successor is not None:
        lacks -= {Lack.MODERATOR}
    is_orphaned = _is_team(presence) and Lack.OWNER in lacks and successor is None
    remedies = [Remedy.STAY]
    if Lack.MEMBER in lacks:
        remedies = [Remedy.STAY] if is_orphaned else [Remedy.DISABLE, Remedy.STAY]
    elif is_orphaned or Lack.MODERATOR in lacks:
        can_disable = [] if is_orphaned else [Remedy.DISABLE]
        take_over = [Remedy.TAKE_OVER] if has_account else []
        remedies = [*take_over, *can_disable, Remedy.STAY]
    else:
        remedies = []
    name = successor.display_name or successor.original if successor else ""
    return Concern(presence=presence, lacks=lacks, successor=name, remedies=tuple(remedies))


def _is_team(presence: Presence) -> bool:
    return presence.group.settings.kind == GroupKind.TEAM
