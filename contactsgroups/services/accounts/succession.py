"""A team always has an owner: who follows when the last one goes.

First a moderator of the team, then whoever has been a member for longest, then an administrator of
the domain; only active accounts, and of those the first by address where nothing else decides.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, func, or_, select
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
from contactsgroups.persistence.queries import chunked, scalars_where
from contactsgroups.services.unit_of_work import Work


def teams_owned_by(session: Session, *addresses: str) -> list[Group]:
    """Return the teams that name one of these addresses as an owner."""
    is_owner = GroupRole.address.in_(addresses) & (GroupRole.role == Role.OWNER)
    statement = select(Group).join(GroupRole).where(is_owner, Group.kind == GroupKind.TEAM)
    return list(session.scalars(statement.order_by(Group.address)).unique())


def ids_with_owner(session: Session, group_ids: Collection[int]) -> set[int]:
    """Return which of the groups an active account owns, by its address or an alias."""
    owners = _accounts_named_in(GroupRole).where(GroupRole.role == Role.OWNER)
    statement = owners.with_only_columns(GroupRole.group_id).distinct()
    return set(scalars_where(session, statement, GroupRole.group_id, group_ids))


def any_active_account(session: Session, addresses: Collection[str]) -> bool:
    """Whether an active account has one of these addresses, as its own or by an alias."""
    active = select(Account.id).where(Account.active)
    aliases = select(Alias.address).join(Account).where(Account.active)
    found = scalars_where(session, active, Account.address, addresses)
    by_alias = scalars_where(session, aliases, Alias.address, addresses)
    return any(True for _ in found) or any(True for _ in by_alias)


def active_responsible(
    session: Session, groups: Select[int], *, passing_over: int | None = None
) -> set[tuple[int, Role]]:
    """Return in which of the groups an active account is an owner, and in which a moderator.

    Args:
        groups: selects their ids.
        passing_over: the id of an account that does not count.
    """
    statement = (
        _accounts_named_in(GroupRole, passing_over)
        .where(GroupRole.group_id.in_(groups), GroupRole.role.in_((Role.OWNER, Role.MODERATOR)))
        .with_only_columns(GroupRole.group_id, GroupRole.role)
        .distinct()
    )
    return {(group_id, Role(role)) for group_id, role in session.execute(statement)}


def appoint_successors_in(
    work: Work, teams: Collection[Group], *, passing_over: int | None = None
) -> None:
    """Give each team without an owner a new one, within a unit of work.

    A team of which nobody is left with an account stays without.

    Args:
        passing_over: the id of an account that is about to leave.
    """
    session = work.session
    session.flush()
    owned = ids_with_owner(session, [team.id for team in teams])
    orphaned = {team.id: team for team in teams if team.id not in owned}
    successors = find_successors(session, orphaned, passing_over=passing_over)
    for team_id, successor in sorted(successors.items()):
        session.add(
            GroupRole(
                group_id=team_id,
                role=Role.OWNER,
                address=successor.address,
                original=successor.original,
            )
        )
        work.changed_group(orphaned[team_id])
    session.flush()
    for team in orphaned.values():
        session.expire(team, ["roles"])


def find_successors(
    session: Session, team_ids: Collection[int], *, passing_over: int | None = None
) -> dict[int, Account]:
    """Return who follows as the owner of each of these teams, where anybody can."""
    found: dict[int, Account] = {}
    for candidates in (_moderators, _members, _administrators):
        for some in chunked(sorted({*team_ids} - found.keys())):
            found |= _first_of_each(session, candidates(some, passing_over))
    return found


def _first_of_each(session: Session, candidates: Select[int, int, int]) -> dict[int, Account]:
    """Return the first candidate of each group, of rows with group, account and place."""
    ranked = candidates.subquery()
    group_id, account_id, place = ranked.c
    first = select(group_id, Account).join(Account, Account.id == account_id).where(place == 1)
    return {row[0]: row[1] for row in session.execute(first)}


def _ranked(
    candidates: Select[Account],
    group_id: SQLColumnExpression[int],
    *order: SQLColumnExpression[Any],
) -> Select[int, int, int]:
    place = func.row_number().over(partition_by=group_id, order_by=order)
    return candidates.with_only_columns(
        group_id.label("group_id"), Account.id.label("account_id"), place.label("place")
    )


def _moderators(team_ids: Sequence[int], passing_over: int | None) -> Select[int, int, int]:
    is_named = GroupRole.group_id.in_(team_ids) & (GroupRole.role == Role.MODERATOR)
    candidates = _accounts_named_in(GroupRole, passing_over).where(is_named)
    return _ranked(candidates, GroupRole.group_id, Account.address)


def _members(team_ids: Sequence[int], passing_over: int | None) -> Select[int, int, int]:
    """Whoever has been a member for longest comes first."""
    candidates = _accounts_named_in(Member, passing_over).where(Member.group_id.in_(team_ids))
    return _ranked(candidates, Member.group_id, Member.added_at, Account.address)


def _administrators(team_ids: Sequence[int], passing_over: int | None) -> Select[int, int, int]:
    """The domain's own ones come before those of all domains."""
    administers = or_(Administrator.domain_id == Group.domain_id, Administrator.domain_id.is_(None))
    candidates = (
        select(Account)
        .join(Administrator, Administrator.account_id == Account.id)
        .join(Group, administers)
        .where(Group.id.in_(team_ids), *_is_candidate(passing_over))
    )
    return _ranked(candidates, Group.id, Administrator.domain_id.is_(None), Account.address)


def _accounts_named_in(
    named: type[GroupRole | Member], passing_over: int | None = None
) -> Select[Account]:
    """Select the active accounts that rows name by their own address or by an alias."""
    is_named = or_(Account.address == named.address, Account.id == Alias.account_id)
    return (
        select(Account)
        .select_from(named)
        .outerjoin(Alias, Alias.address == named.address)
        .join(Account, is_named)
        .where(*_is_candidate(passing_over))
    )


def _is_candidate(passing_over: int | None) -> list[SQLColumnExpression[bool]]:
    conditions: list[SQLColumnExpression[bool]] = [Account.active]
    return conditions if passing_over is None else [*conditions, Account.id != passing_over]
