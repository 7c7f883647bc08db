"""Members that follow the directory: department groups and dynamic groups."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.rule import Rule
from contactsgroups.persistence.models import Account, Department, Group, Member
from contactsgroups.persistence.queries import chunked

Selector = Callable[[Account], bool]


def follow_accounts(session: Session, account_ids: Collection[int]) -> set[int]:
    """Let accounts that came, moved or left join and leave groups; return the groups' ids.

    Accounts that no longer exist have left their groups already, with their rows.
    """
    accounts: dict[int, list[Account]] = defaultdict(list)
    for account in _load_accounts(session, account_ids):
        accounts[account.domain_id].append(account)
    return {
        group.id
        for domain_id, some in accounts.items()
        for group, selects in _derived_groups(session, domain_id)
        if _move(session, group, some, selects)
    }


def derive_all(session: Session, group: Group) -> None:
    """Give a derived group exactly the members that its department or rule selects now."""
    wanted = selected_accounts(session, group)
    stored = {member.address for member in group.members}
    group.members = [member for member in group.members if member.address in wanted]
    group.members.extend(
        Member(address=address, original=wanted[address].original)
        for address in sorted(wanted.keys() - stored)
    )


def selected_accounts(session: Session, group: Group) -> dict[str, Account]:
    """Return the active accounts that a derived group's department or rule selects, by address."""
    selects = _selector(session, group)
    accounts = session.scalars(
        select(Account)
        .where(Account.domain_id == group.domain_id, Account.active)
        .options(selectinload(Account.department))
    )
    return {account.address: account for account in accounts if selects(account)}


def _load_accounts(session: Session, ids: Collection[int]) -> list[Account]:
    found: list[Account] = []
    for some in chunked(sorted(ids)):
        statement = select(Account).where(Account.id.in_(some))
        found += session.scalars(statement.options(selectinload(Account.department)))
    return found


def _derived_groups(session: Session, domain_id: int) -> list[tuple[Group, Selector]]:
    kinds = [kind for kind in GroupKind if kind.is_derived]
    groups = session.scalars(
        select(Group).where(Group.domain_id == domain_id, Group.kind.in_(kinds))
    )
    return [(group, _selector(session, group)) for group in groups]


def _selector(session: Session, group: Group) -> Selector:
    if group.kind == GroupKind.DEPARTMENT:
        department = session.get(Department, group.department_id) if group.department_id else None
        return partial(_is_in_department, department.path if department else None)
    rule = Rule.parse(group.rule)
    return lambda account: account.active and rule.selects(fields_of(account))


def _is_in_department(path: str | None, account: Account) -> bool:
    if path is None or not account.active or account.department is None:
        return False
    return account.department.path == path or account.department.path.startswith(path + "/")


def fields_of(account: Account) -> dict[str, str]:
    """Return the fields that a rule may name."""
    return {
        "department": account.department.path if account.department else "",
        "title": account.title,
        "location": account.location,
        "name": account.display_name,
        "address": account.address,
    }


def _move(session: Session, group: Group, accounts: Collection[Account], selects: Selector) -> bool:
    """Make each account a member or not; return whether that changed anything."""
    stored = _members_among(session, group, [account.address for account in accounts])
    wanted = {account.address: account.original for account in accounts if selects(account)}
    joining, leaving = wanted.keys() - stored, stored - wanted.keys()
    session.add_all(
        Member(group_id=group.id, address=address, original=wanted[address])
        for address in sorted(joining)
    )
    for some in chunked(sorted(leaving)):
        session.execute(delete(Member).where(Member.group_id == group.id, Member.address.in_(some)))
    return bool(joining or leaving)


def _members_among(session: Session, group: Group, addresses: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in chunked(addresses):
        statement = select(Member.address).where(Member.group_id == group.id)
        found.update(session.scalars(statement.where(Member.address.in_(some))))
    return found
