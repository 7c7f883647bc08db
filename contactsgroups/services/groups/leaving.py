"""An address leaves its groups, with its roles there, in one change."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from sqlalchemy import delete, select

from contactsgroups.domain.authority import Right
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, GroupRole, KeptMember, Member
from contactsgroups.persistence.queries import chunked, scalars_where
from contactsgroups.services.accounts.succession import appoint_successors_in
from contactsgroups.services.groups.address_holders import AddressHolder, find_holder
from contactsgroups.services.groups.leaving_plan import LeavingPlan, Remedy, read_plan
from contactsgroups.services.groups.whereabouts import (
    Presence,
    groups_with_right,
    read_whereabouts,
)
from contactsgroups.services.unit_of_work import Work, write

_NO_REMEDIES: Mapping[str, Remedy] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What became of an address that was to leave its groups: the groups' addresses, in order.

    Attributes:
        left: it was removed there, as a member and from its roles.
        disabled: those of them that were disabled, because they had nobody else.
        taken_over: those of them that the actor moderates now, or owns.
        kept: it stays there as it was, because they have nobody else.
        remains: it is in them still, through a department, a rule or another group.
        forgotten: it does not come back in these when their members are named one by one again.
    """

    left: tuple[str, ...]
    disabled: tuple[str, ...]
    taken_over: tuple[str, ...]
    kept: tuple[str, ...]
    remains: tuple[str, ...]
    forgotten: tuple[str, ...]


def remove_everywhere(
    database: Database,
    actor: Principal,
    address: str,
    *,
    only: Collection[str] | None = None,
    remedies: Mapping[str, Remedy] = _NO_REMEDIES,
) -> Removal:
    """Remove an address, and all that stand for the same account, from groups and their roles.

    From the groups whose members and settings the actor may edit. What a department or a rule gives
    cannot be taken away here. A team that loses its last owner gets another one.

    Args:
        only: the UUIDs of the groups that it leaves; None for all.
        remedies: by a group's UUID, what to do where it would be without a member, without a
            moderator though it is moderated, or a team without an owner. Where nothing is said, or
            nothing that is possible, the address stays.

    Raises:
        InvalidAddress, NotPermitted: nothing was changed.
    """
    with write(database, actor) as work:
        holder = find_holder(work.session, actor, address)
        plan = read_plan(work.session, actor, holder, only)
        chosen = _choose(plan, remedies)
        leaving = [each for each in plan.leaves if chosen.get(each.id) != Remedy.STAY]
        groups = _editable_groups(work, leaving)
        _remove_in(work, holder, leaving, groups)
        _forget_kept_in(work, holder, only)
        for group_id, group in groups.items():
            _apply_in(work, group, chosen.get(group_id))
        teams = [each for each in groups.values() if each.kind == GroupKind.TEAM]
        appoint_successors_in(work, teams, passing_over=holder.account_id)
        return _removal(work, holder, plan, groups, chosen)


def _choose(plan: LeavingPlan, remedies: Mapping[str, Remedy]) -> dict[int, Remedy]:
    """Return what is done where something has to be, by the group's id."""
    found = {}
    for concern in plan.concerns:
        if concern.remedies:
            wanted = remedies.get(concern.presence.group.uuid, Remedy.STAY)
            is_possible = wanted in concern.remedies
            found[concern.presence.id] = wanted if is_possible else Remedy.STAY
    return found


def _editable_groups(work: Work, presences: Sequence[Presence]) -> dict[int, Group]:
    """Return the rows of the groups that the actor may change, by id, in order of addresses."""
    rights = (Right.EDIT_MEMBERS, Right.EDIT_SETTINGS)
    conditions = (groups_with_right(work.session, work.actor, right) for right in rights)
    statement = select(Group).where(*conditions)
    rows = scalars_where(work.session, statement, Group.id, [each.id for each in presences])
    return {group.id: group for group in sorted(rows, key=lambda group: group.address)}


def _remove_in(
    work: Work, holder: AddressHolder, presences: Sequence[Presence], groups: Collection[int]
) -> None:
    """Remove memberships, derived ones excepted, and roles."""
    session = work.session
    named = [each.id for each in presences if each.is_named and each.id in groups]
    for some in chunked(sorted(named)):
        is_own = Member.address.in_(holder.addresses)
        session.execute(delete(Member).where(Member.group_id.in_(some), is_own))
    with_roles = [each.id for each in presences if each.roles and each.id in groups]
    for some in chunked(sorted(with_roles)):
        # Whoever leaves for good is still never to come back by a rule.
        stays = GroupRole.role == Role.NEVER_MEMBER
        is_held = GroupRole.address.in_(holder.addresses) & ~stays
        session.execute(delete(GroupRole).where(GroupRole.group_id.in_(some), is_held))


def _forget_kept_in(work: Work, holder: AddressHolder, only: Collection[str] | None) -> None:
    """Forget the address among typed members that would come back with a group's kind."""
    groups = select(Group.id).where(groups_with_right(work.session, work.actor, Right.EDIT_MEMBERS))
    if only is not None:
        groups = groups.where(Group.uuid.in_(only))
    is_own = KeptMember.address.in_(holder.addresses)
    work.session.execute(delete(KeptMember).where(is_own, KeptMember.group_id.in_(groups)))


def _apply_in(work: Work, group: Group, remedy: Remedy | None) -> None:
    """Do what was chosen; a form that shows the group as it was is not to be saved over it."""
    work.session.expire(group, ["members", "roles"])
    if remedy == Remedy.DISABLE:
        group.disabled = True
    elif remedy == Remedy.TAKE_OVER:
        role = Role.OWNER if group.kind == GroupKind.TEAM else Role.MODERATOR
        actor = work.actor.address
        work.session.add(
            GroupRole(group_id=group.id, role=role, address=str(actor), original=actor.original)
        )
    group.version += 1
    group.updated_at, group.updated_by = datetime.now(UTC), str(work.actor.address)
    work.changed_group(group)


def _removal(
    work: Work,
    holder: AddressHolder,
    plan: LeavingPlan,
    groups: Mapping[int, Group],
    chosen: Mapping[int, Remedy],
) -> Removal:
    work.session.flush()
    after = read_whereabouts(work.session, work.actor, holder)

    def with_remedy(remedy: Remedy) -> tuple[str, ...]:
        return tuple(each.address for id_, each in groups.items() if chosen.get(id_) == remedy)

    return Removal(
        left=tuple(each.address for each in groups.values()),
        disabled=with_remedy(Remedy.DISABLE),
        taken_over=with_remedy(Remedy.TAKE_OVER),
        kept=tuple(each.group.address for each in plan.leaves if each.id not in groups),
        remains=tuple(each.group.address for each in after.reached),
        forgotten=tuple(each.address for each in plan.forgets),
    )
