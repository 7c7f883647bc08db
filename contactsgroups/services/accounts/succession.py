"""A team always has an owner: who follows when the last one goes.

First a moderator of the team, then whoever has been a member for longest, then an administrator of
the domain; only active accounts, and of those the first by address where nothing else decides.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.persistence.models import (
    Account,
    Administrator,
    Alias,
    Group,
    GroupRole,
    Member,
)
from contactsgroups.persistence.queries import rows_where
from contactsgroups.services.unit_of_work import Work


def teams_owned_by(session: Session, *addresses: str) -> list[Group]:
    """Return the teams that name one of these addresses as an owner."""
    is_owner = GroupRole.address.in_(addresses) & (GroupRole.role == Role.OWNER)
    statement = select(Group).join(GroupRole).where(is_owner, Group.kind == GroupKind.TEAM)
    return list(session.scalars(statement.order_by(Group.address)).unique())


def has_owner(session: Session, group: Group) -> bool:
    """Whether an active account owns a group, by its address or an alias."""
    return Role.OWNER in active_roles(session, [group.id])[group.id]


def active_roles(session: Session, group_ids: Collection[int]) -> Mapping[int, set[str]]:
    """Return the roles that active accounts have in groups, by their address or an alias."""
    found: dict[int, set[str]] = defaultdict(set)
    statement = _accounts_named_in(GroupRole).with_only_columns(GroupRole.group_id, GroupRole.role)
    for row in rows_where(session, statement.distinct(), GroupRole.group_id, group_ids):
        found[row.group_id].add(row.role)
    return found


def appoint_successors_in(work: Work, teams: Collection[Group]) -> None:
    """Give each team without an owner a new one, within a unit of work.

    A team of which nobody is left with an account stays without.
    """
    session = work.session
    session.flush()
    for team in teams:
        if has_owner(session, team):
            continue
        successor = _find_successor(session, team)
        if successor is not None:
            session.add(
                GroupRole(
                    group_id=team.id,
                    role=Role.OWNER,
                    address=successor.address,
                    original=successor.original,
                )
            )
            session.flush()
            session.expire(team, ["roles"])
            work.changed_group(team)


def _find_successor(session: Session, team: Group) -> Account | None:
    candidates: tuple[Select[Account], ...] = (
        _with_role(team, Role.MODERATOR),
        _of_members(team),
        _of_administrators(team),
    )
    found = (session.scalars(each.limit(1)).first() for each in candidates)
    return next(filter(None, found), None)


def _with_role(team: Group, role: Role) -> Select[Account]:
    is_named = (GroupRole.group_id == team.id) & (GroupRole.role == role)
    return _accounts_named_in(GroupRole).where(is_named).order_by(Account.address)


def _of_members(team: Group) -> Select[Account]:
    statement = _accounts_named_in(Member).where(Member.group_id == team.id)
    return statement.order_by(Member.added_at, Account.address)


def _accounts_named_in(named: type[GroupRole | Member]) -> Select[Account]:
    """Select the active accounts that rows name by their own address or by an alias."""
    is_named = or_(Account.address == named.address, Account.id == Alias.account_id)
    return (
        select(Account)
        .select_from(named)
        .outerjoin(Alias, Alias.address == named.address)
        .join(Account, is_named)
        .where(Account.active)
    )


def _of_administrators(team: Group) -> Select[Account]:
    """The domain's own ones come before those of all domains."""
    statement = select(Account).join(Administrator, Administrator.account_id == Account.id)
    administers = or_(Administrator.domain_id == team.domain_id, Administrator.domain_id.is_(None))
    return statement.where(Account.active, administers).order_by(
        Administrator.domain_id.is_(None), Account.address
    )
