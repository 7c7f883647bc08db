"""Members that follow the directory: department groups and dynamic groups."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.rule_text import parse_rule
from contactsgroups.persistence.models import Account, Department, Group, Member
from contactsgroups.persistence.queries import (
    AccountFacts,
    account_facts,
    chunked,
    insert_rows,
    scalars_where,
)

_Selector = Callable[[AccountFacts], bool]


def follow_accounts(session: Session, account_ids: Collection[int]) -> set[int]:
    """Update the groups that new, changed or removed accounts join or leave; return their ids.

    Accounts that no longer exist have left their groups already, with their rows.
    """
    people: dict[int, list[AccountFacts]] = defaultdict(list)
    for some in chunked(sorted(account_ids)):
        for person in account_facts(session, Account.id.in_(some)):
            people[person.domain_id].append(person)
    return {
        group.id
        for domain_id, here in people.items()
        for group in _derived_groups(session, domain_id)
        if _move(session, group, here)
    }


def derive_all(session: Session, group: Group) -> None:
    """Give a derived group exactly the members that its department or rule selects now."""
    wanted = selected_accounts(session, group)
    stored = {member.address for member in group.members}
    group.members = [member for member in group.members if member.address in wanted]
    insert_members(session, group, {key: wanted[key] for key in wanted.keys() - stored})


def insert_members(session: Session, group: Group, members: Mapping[str, str]) -> None:
    """Insert members, address to original; entities would take four times as long for many."""
    session.flush()
    if members:
        insert_all_members(session, {group.id: members})
        session.expire(group, ["members"])


def insert_all_members(session: Session, members: Mapping[int, Mapping[str, str]]) -> None:
    """Insert members of many groups, address to original, by the ids of the groups."""
    rows = [
        {"group_id": group_id, "address": address, "original": original}
        for group_id, some in members.items()
        for address, original in sorted(some.items())
    ]
    insert_rows(session, Member, rows)


def selected_accounts(session: Session, group: Group) -> dict[str, str]:
    """Return the members that a derived group selects: addresses, normalised to original.

    Only active accounts of the group's own domain are ever selected.
    """
    selects = _selector(session, group)
    people = account_facts(session, Account.domain_id == group.domain_id)
    return {person.address: person.original for person in people if selects(person)}


def _derived_groups(session: Session, domain_id: int) -> Sequence[Group]:
    kinds = [kind for kind in GroupKind if kind.is_derived]
    statement = select(Group).where(Group.domain_id == domain_id, Group.kind.in_(kinds))
    return session.scalars(statement).all()


def _selector(session: Session, group: Group) -> _Selector:
    if group.kind == GroupKind.DEPARTMENT:
        department = session.get(Department, group.department_id) if group.department_id else None
        path = department.path if department else None
        return lambda person: person.active and _is_within(person.department, path)
    rule = parse_rule(group.rule)
    return lambda person: person.active and rule.selects(person.folded_fields)


def _is_within(department: str, path: str | None) -> bool:
    return path is not None and (department == path or department.startswith(path + "/"))


def _move(session: Session, group: Group, people: Collection[AccountFacts]) -> bool:
    """Make each of the accounts a member or not; return whether that changed anything."""
    selects = _selector(session, group)
    stored = _members_among(session, group, [person.address for person in people])
    wanted = {person.address: person.original for person in people if selects(person)}
    joining, leaving = wanted.keys() - stored, stored - wanted.keys()
    insert_members(session, group, {key: wanted[key] for key in joining})
    for some in chunked(sorted(leaving)):
        session.execute(delete(Member).where(Member.group_id == group.id, Member.address.in_(some)))
    return bool(joining or leaving)


def _members_among(session: Session, group: Group, addresses: Sequence[str]) -> set[str]:
    statement = select(Member.address).where(Member.group_id == group.id)
    return set(scalars_where(session, statement, Member.address, addresses))
