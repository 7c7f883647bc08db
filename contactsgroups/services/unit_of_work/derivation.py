"""Members that follow the directory: department groups and dynamic groups."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contactsgroups.domain.group import PINS, GroupKind, Role
from contactsgroups.persistence.models import Account, Department, Group, GroupRole, Member
from contactsgroups.persistence.models.base import utc_now
from contactsgroups.persistence.queries import (
    AccountFacts,
    account_facts,
    chunked,
    has_pair,
    insert_rows,
    rows_where,
    scalars_where,
)
from contactsgroups.services.unit_of_work.selection import Source

NO_LAST_DAYS: Mapping[str, date | None] = MappingProxyType({})
"""Nobody's membership has an end."""

_Pins = defaultdict[tuple[int, str], dict[str, date | None]]
"""The pinned addresses by group and role, each with the last day of its pin."""


def follow_accounts(session: Session, account_ids: Collection[int]) -> set[int]:
    """Update the groups that new, changed or removed accounts join or leave; return their ids.

    Accounts that no longer exist have left their groups already, with their rows.
    """
    people = (
        person
        for some in chunked(sorted(account_ids))
        for person in account_facts(session, Account.id.in_(some))
    )
    moves = list(find_moves(session, people))
    _apply(session, moves)
    return {each.group.id for each in moves}


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
    groups = list(scalars_where(session, derived, Group.id, addresses))
    people = _people_among(session, set[str]().union(*(addresses[each.id] for each in groups)))
    pinned_in = {each.id: _people_in(each, people, addresses[each.id]) for each in groups}
    moves = list(_find_moves_of(session, groups, pinned_in, dates_all=True))
    _apply(session, moves)
    return {each.group.id for each in moves}


def _people_among(session: Session, addresses: Collection[str]) -> Mapping[str, AccountFacts]:
    """Return the accounts that have these addresses, by address."""
    return {
        person.address: person
        for some in chunked(sorted(addresses))
        for person in account_facts(session, Account.address.in_(some))
    }


def _people_in(
    group: Group, people: Mapping[str, AccountFacts], addresses: Collection[str]
) -> Mapping[str, AccountFacts]:
    """Return those of the people with these addresses who are of a group's own domain."""
    found = {key: people[key] for key in addresses if key in people}
    return {key: each for key, each in found.items() if each.domain_id == group.domain_id}


@dataclass(frozen=True, slots=True)
class Move:
    """Accounts that enter a derived group, address to original, and addresses that leave it.

    ``last_days`` has those that its members are to have, of whom that may have changed.
    """

    group: Group
    entering: Mapping[str, str]
    leaving: Collection[str]
    last_days: Mapping[str, date | None]


def find_moves(session: Session, people: Iterable[AccountFacts]) -> Iterator[Move]:
    """Yield for each derived group who of these accounts has to enter or leave it.

    The accounts need not be stored as they are given: so a move can be foreseen.
    """
    by_domain: dict[int, dict[str, AccountFacts]] = defaultdict(dict)
    for person in people:
        by_domain[person.domain_id][person.address] = person
    for domain_id, here in by_domain.items():
        groups = _derived_groups(session, domain_id)
        yield from _find_moves_of(session, groups, {each.id: here for each in groups})


def derive_all(session: Session, group: Group) -> None:
    """Give a derived group exactly the members that its department or rule selects now."""
    session.flush()
    source, pins = _stored_source(session, group)
    people = [each for each in _candidates(session, group, source) if source.selector()(each)]
    wanted = {person.address: person.original for person in people}
    stored = set(session.scalars(select(Member.address).where(Member.group_id == group.id)))
    ending = select(Member.address).where(Member.group_id == group.id, Member.until.is_not(None))
    last_days = {**dict.fromkeys(session.scalars(ending)), **_last_days(source, pins, people)}
    _apply(session, [_move(group, wanted, stored, last_days)])


def _last_days(
    source: Source, pins: Mapping[str, date | None], people: Iterable[AccountFacts]
) -> dict[str, date | None]:
    """Return until when pinned accounts are members: no end has who would be one without a pin.

    Only of those whose pin ends.
    """
    ending = [each for each in people if pins.get(each.address) is not None]
    if not ending:
        return {}
    selects = replace(source, always=frozenset()).selector()
    return {each.address: None if selects(each) else pins[each.address] for each in ending}


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
    now = utc_now()  # SQLAlchemy would ask for each row.
    rows = [
        {
            "group_id": group_id,
            "address": address,
            "original": original,
            "added_at": now,
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
    source, _ = _stored_source(session, group)
    selects = source.selector()
    people = _candidates(session, group, source)
    return {person.address: person.original for person in people if selects(person)}


def _stored_source(session: Session, group: Group) -> tuple[Source, Mapping[str, date | None]]:
    """Return where a group's members come from, and those pinned in it with their last days."""
    pins = _pins_of(session, [group])
    paths = _paths_of(session, [group])
    return _source_of(group, pins, paths), pins[group.id, Role.ALWAYS_MEMBER]


def _candidates(session: Session, group: Group, source: Source) -> Iterator[AccountFacts]:
    """Yield every account that may be selected, and perhaps others."""
    is_here = Account.domain_id == group.domain_id
    return account_facts(session, is_here & source.candidates(), attributes=source.attributes)


def _derived_groups(session: Session, domain_id: int) -> Sequence[Group]:
    kinds = [kind for kind in GroupKind if kind.is_derived]
    statement = select(Group).where(Group.domain_id == domain_id, Group.kind.in_(kinds))
    return session.scalars(statement).all()


def _source_of(group: Group, pins: _Pins, paths: Mapping[int, str]) -> Source:
    return Source(
        kind=group.kind,
        department=paths.get(group.department_id or 0, ""),
        rule=group.rule,
        always=pins[group.id, Role.ALWAYS_MEMBER].keys(),
        never=pins[group.id, Role.NEVER_MEMBER].keys(),
    )


def _paths_of(session: Session, groups: Collection[Group]) -> dict[int, str]:
    """Return the paths of the departments that groups follow, by the departments' ids."""
    ids = {each.department_id for each in groups if each.department_id is not None}
    rows = rows_where(session, select(Department.id, Department.path), Department.id, ids)
    return {row.id: row.path for row in rows}


def _pins_of(session: Session, groups: Collection[Group]) -> _Pins:
    found: _Pins = defaultdict(dict)
    columns = (GroupRole.group_id, GroupRole.role, GroupRole.address, GroupRole.until)
    statement = select(*columns).where(GroupRole.role.in_(PINS))
    for row in rows_where(session, statement, GroupRole.group_id, [each.id for each in groups]):
        found[row.group_id, row.role][row.address] = row.until
    return found


def _find_moves_of(
    session: Session,
    groups: Sequence[Group],
    people_of: Mapping[int, Mapping[str, AccountFacts]],
    *,
    dates_all: bool = False,
) -> Iterator[Move]:
    """Yield for each of the groups who of some accounts has to enter or leave it.

    In as many statements for many groups as for few.

    Args:
        people_of: the accounts that are asked about, by the id of a group of their domain, and by
            address.
        dates_all: whether the accounts' pins may have changed, so that their last days may have.
    """
    pins = _pins_of(session, groups)
    paths = _paths_of(session, groups)
    stored = _members_among(session, groups, set[str]().union(*people_of.values()))
    for group in groups:
        people = people_of[group.id]
        source = _source_of(group, pins, paths)
        selects = source.selector()
        wanted = {key: each.original for key, each in people.items() if selects(each)}
        last_days = dict.fromkeys(people) if dates_all else {}
        last_days |= _last_days(source, pins[group.id, Role.ALWAYS_MEMBER], people.values())
        move = _move(group, wanted, stored[group.id] & people.keys(), last_days)
        if move.entering or move.leaving or move.last_days:
            yield move


def _move(
    group: Group,
    wanted: Mapping[str, str],
    stored: Collection[str],
    last_days: Mapping[str, date | None],
) -> Move:
    present = frozenset(stored)
    entering = {key: wanted[key] for key in wanted.keys() - present}
    days = {key: last_days[key] for key in last_days.keys() & wanted.keys()}
    return Move(group, entering, present - wanted.keys(), days)


def _apply(session: Session, moves: Collection[Move]) -> None:
    """Write the moves: as many statements for many groups as for few."""
    session.flush()
    insert_all_members(session, {each.group.id: each.entering for each in moves})
    leaving = [(each.group.id, key) for each in moves for key in sorted(each.leaving)]
    for some in chunked(leaving):
        session.execute(delete(Member).where(has_pair(Member.group_id, Member.address, some)))
    _write_last_days(session, moves)
    for each in moves:
        session.expire(each.group, ["members"])


def _write_last_days(session: Session, moves: Collection[Move]) -> None:
    wanted = {(each.group.id, key): day for each in moves for key, day in each.last_days.items()}
    for some in chunked(sorted(wanted)):
        rows = select(Member).where(has_pair(Member.group_id, Member.address, some))
        for member in session.scalars(rows):
            member.until = wanted[member.group_id, member.address]
    session.flush()


def _members_among(
    session: Session, groups: Sequence[Group], addresses: Collection[str]
) -> Mapping[int, set[str]]:
    """Return which of the addresses are members of each group, by its id."""
    found: dict[int, set[str]] = defaultdict(set)
    for some in chunked([each.id for each in groups]):
        statement = select(Member.group_id, Member.address).where(Member.group_id.in_(some))
        for row in rows_where(session, statement, Member.address, addresses):
            found[row.group_id].add(row.address)
    return found
