"""Members that follow the directory: department groups and dynamic groups."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from contactsgroups.domain.group import GroupKind
from contactsgroups.persistence.models import Account, Department, Group, Member
from contactsgroups.persistence.queries import AccountFacts, account_facts, chunked, scalars_where
from contactsgroups.services.unit_of_work.selection import Source


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
        for group in _derived_groups(session, domain_id):
            move = _find_move(session, group, here)
            if move.entering or move.leaving:
                yield move


def derive_all(session: Session, group: Group) -> None:
    """Give a derived group exactly the members that its department or rule selects now."""
    wanted = selected_accounts(session, group)
    stored = {member.address for member in group.members}
    group.members = [member for member in group.members if member.address in wanted]
    insert_members(session, group, {key: wanted[key] for key in wanted.keys() - stored})


def insert_members(session: Session, group: Group, members: Mapping[str, str]) -> None:
    """Insert members, address to original; entities would take four times as long for many."""
    session.flush()
    rows = [
        {"group_id": group.id, "address": address, "original": original}
        for address, original in sorted(members.items())
    ]
    if rows:
        session.execute(insert(Member), rows)
        session.expire(group, ["members"])


def selected_accounts(session: Session, group: Group) -> dict[str, str]:
    """Return the members that a derived group selects: addresses, normalised to original.

    Only active accounts of the group's own domain are ever selected.
    """
    selects = _source_of(session, group).selector()
    people = account_facts(session, Account.domain_id == group.domain_id)
    return {person.address: person.original for person in people if selects(person)}


def _derived_groups(session: Session, domain_id: int) -> Sequence[Group]:
    kinds = [kind for kind in GroupKind if kind.is_derived]
    statement = select(Group).where(Group.domain_id == domain_id, Group.kind.in_(kinds))
    return session.scalars(statement).all()


def _source_of(session: Session, group: Group) -> Source:
    department = session.get(Department, group.department_id) if group.department_id else None
    path = department.path if department else ""
    return Source(kind=group.kind, department=path, rule=group.rule)


def _find_move(session: Session, group: Group, people: Collection[AccountFacts]) -> Move:
    selects = _source_of(session, group).selector()
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
