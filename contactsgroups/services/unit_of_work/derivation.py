"""Members that follow the directory: department groups and dynamic groups."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contactsgroups.domain.group import PINS, GroupKind, Role
from contactsgroups.persistence.models import Account, Department, Group, GroupRole, Member
from contactsgroups.persistence.queries import (
    AccountFacts,
    account_facts,
    chunked,
    insert_rows,
    rows_where,
    scalars_where,
)
from contactsgroups.services.unit_of_work.selection import Source

NO_LAST_DAYS: Mapping[str, date | None] = MappingProxyType({})
"""Nobody's membership has an end."""

_Pins = defaultdict[tuple[int, str], set[str]]
"""The pinned addresses by group and role."""


def follow_accounts(session: Session, account_ids: Collection[int]) -> set[int]:
    """Update the groups that new, changed or removed accounts join or leave; return their ids.

    Accounts that no longer exist have left their groups already, with their rows.
    """
    people = (
        person
        for some in chunked(sorted(account_ids))
        for person in account_facts(session, Account.id.in_(some))
    )
    moved = set()
    for move in find_moves(session, people):
        _apply(session, move)
        moved.add(move.group.id)
    return moved


def follow_pins(session: Session, pinned: Collection[tuple[int, str]]) -> set[int]:
    """Update members where an account was pinned or is no more; return the groups' ids.

    Args:
        pinned: ids of groups, and addresses; both need not exist any more.
    """
    addresses: dict[int, set[str]] = defaultdict(set)
    for group_id, address in pinned:
        addresses[group_id].add(address)
    kinds = [kind for kind in GroupKind if kind.is_derived]
    derived = select(Group).where(Group.kind.in_(kinds))
    moved = set()
    for group in scalars_where(session, derived, Group.id, addresses):
        here = Account.domain_id == group.domain_id
        people = [
            person
            for some in chunked(sorted(addresses[group.id]))
            for person in account_facts(session, here & Account.address.in_(some))
        ]
        move = _find_move(session, group, _pins_of(session, [group]), people)
        if move.entering or move.leaving:
            _apply(session, move)
            moved.add(group.id)
    return moved


@dataclass(frozen=True, slots=True)
class Move:
    """Accounts that enter a derived group, address to original, and addresses that leave it."""

    group: Group
    entering: Mapping[str, str]
    leaving: Collection[str]


def find_moves(session: Session, people: Iterable[AccountFacts]) -> Iterator[Move]:
    """Yield for each derived group who of these accounts has to enter or leave it.

    The accounts need not be stored as they are given: so a move can be foreseen.
    """
    by_domain: dict[int, list[AccountFacts]] = defaultdict(list)
    for person in people:
        by_domain[person.domain_id].append(person)
    for domain_id, here in by_domain.items():
        groups = _derived_groups(session, domain_id)
        pins = _pins_of(session, groups)
        for group in groups:
            move = _find_move(session, group, pins, here)
            if move.entering or move.leaving:
                yield move


def derive_all(session: Session, group: Group) -> None:
    """Give a derived group exactly the members that its department or rule selects now."""
    wanted = selected_accounts(session, group)
    stored = {member.address for member in group.members}
    group.members = [member for member in group.members if member.address in wanted]
    for member in group.members:
        member.until = None  # The directory says how long.
    insert_members(session, group, {key: wanted[key] for key in wanted.keys() - stored})


def insert_members(
    session: Session,
    group: Group,
    members: Mapping[str, str],
    last_days: Mapping[str, date | None] = NO_LAST_DAYS,
) -> None:
    """Insert members, address to original; entities would take four times as long for many.

    Args:
        last_days: until when they are members, by address; those that are left out have no end.
    """
    session.flush()
    if members:
        insert_all_members(session, {group.id: members}, last_days)
        session.expire(group, ["members"])


def insert_all_members(
    session: Session,
    members: Mapping[int, Mapping[str, str]],
    last_days: Mapping[str, date | None] = NO_LAST_DAYS,
) -> None:
    """Insert members of many groups, address to original, by the ids of the groups."""
    rows = [
        {
            "group_id": group_id,
            "address": address,
            "original": original,
            "until": last_days.get(address),
        }
        for group_id, some in members.items()
        for address, original in sorted(some.items())
    ]
    insert_rows(session, Member, rows)


def selected_accounts(session: Session, group: Group) -> dict[str, str]:
    """Return the members that a derived group selects: addresses, normalised to original.

    Only active accounts of the group's own domain are ever selected.
    """
    selects = _source_of(session, group, _pins_of(session, [group])).selector()
    people = account_facts(session, Account.domain_id == group.domain_id)
    return {person.address: person.original for person in people if selects(person)}


def _derived_groups(session: Session, domain_id: int) -> Sequence[Group]:
    kinds = [kind for kind in GroupKind if kind.is_derived]
    statement = select(Group).where(Group.domain_id == domain_id, Group.kind.in_(kinds))
    return session.scalars(statement).all()


def _source_of(session: Session, group: Group, pins: _Pins) -> Source:
    department = session.get(Department, group.department_id) if group.department_id else None
    path = department.path if department else ""
    return Source(
        kind=group.kind,
        department=path,
        rule=group.rule,
        always=pins[group.id, Role.ALWAYS_MEMBER],
        never=pins[group.id, Role.NEVER_MEMBER],
    )


def _pins_of(session: Session, groups: Collection[Group]) -> _Pins:
    found: _Pins = defaultdict(set)
    columns = (GroupRole.group_id, GroupRole.role, GroupRole.address)
    statement = select(*columns).where(GroupRole.role.in_(PINS))
    for row in rows_where(session, statement, GroupRole.group_id, [each.id for each in groups]):
        found[row.group_id, row.role].add(row.address)
    return found


def _find_move(
    session: Session, group: Group, pins: _Pins, people: Collection[AccountFacts]
) -> Move:
    selects = _source_of(session, group, pins).selector()
    stored = _members_among(session, group, [person.address for person in people])
    wanted = {person.address: person.original for person in people if selects(person)}
    entering = {key: wanted[key] for key in wanted.keys() - stored}
    return Move(group, entering, stored - wanted.keys())


def _apply(session: Session, move: Move) -> None:
    insert_members(session, move.group, move.entering)
    for some in chunked(sorted(move.leaving)):
        is_one = Member.address.in_(some)
        session.execute(delete(Member).where(Member.group_id == move.group.id, is_one))


def _members_among(session: Session, group: Group, addresses: Sequence[str]) -> set[str]:
    statement = select(Member.address).where(Member.group_id == group.id)
    return set(scalars_where(session, statement, Member.address, addresses))
