"""The whole directory as records, in an order that depends on nothing but their content."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from contactsgroups.domain.group import GroupKind
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Account,
    AccountAttribute,
    Administrator,
    Alias,
    Department,
    DomainRow,
    Group,
    GroupRole,
    Member,
)
from contactsgroups.persistence.queries import local_domain_names
from contactsgroups.services.groups.stored_settings import settings_of
from contactsgroups.services.transfer.records import (
    ALL_DOMAINS,
    DATED,
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DepartmentRecord,
    DomainRecord,
    GroupRecord,
    MemberRole,
    MembershipRecord,
    Record,
)

_PORTION = 5000


def export_records(database: Database) -> list[Record]:
    """Return every domain, department, account, alias, administrator, group and membership.

    Passwords and pictures are left out; members of department and dynamic groups too, because
    they follow from the accounts.
    """
    with database.read_snapshot() as session:
        return list(read_records(session))


def read_records(session: Session) -> Iterator[Record]:
    """Yield all records within a session: what is referred to comes before what refers to it."""
    yield from _domains(session)
    yield from _departments(session)
    yield from _accounts(session)
    yield from _aliases(session)
    yield from _administrators(session)
    yield from _groups(session)
    yield from _members(session)
    yield from _roles(session)


def _domains(session: Session) -> Iterator[Record]:
    for name in sorted(local_domain_names(session)):
        yield DomainRecord(name=name)


def _departments(session: Session) -> Iterator[Record]:
    rows = session.execute(select(DomainRow.name, Department.path).join_from(Department, DomainRow))
    for domain, path in sorted((row.name, row.path) for row in rows):
        yield DepartmentRecord(domain=domain, path=path)


def _accounts(session: Session) -> Iterator[Record]:
    attributes = _attributes(session)
    statement = (
        select(
            Account.id,
            Account.original,
            Account.display_name,
            Department.path,
            Account.title,
            Account.location,
            Account.active,
        )
        .outerjoin(Department, Department.id == Account.department_id)
        .order_by(Account.address)
        .execution_options(yield_per=_PORTION)
    )
    for row in session.execute(statement):
        yield AccountRecord(
            address=row.original,
            display_name=row.display_name,
            department=row.path or "",
            title=row.title,
            location=row.location,
            active=row.active,
            attributes=attributes.get(row.id, {}),
            has_all_attributes=True,
        )


def _attributes(session: Session) -> dict[int, dict[str, str]]:
    """Return the attributes of all accounts, by the accounts' ids, in the order of their names."""
    row = AccountAttribute
    statement = select(row.account_id, row.name, row.value).order_by(row.account_id, row.name)
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for account_id, name, value in session.execute(statement):
        found[account_id][name] = value
    return found


def _aliases(session: Session) -> Iterator[Record]:
    statement = select(Alias.original, Account.address).join_from(Alias, Account)
    for original, account in session.execute(statement.order_by(Alias.address)):
        yield AliasRecord(address=original, account=account)


def _administrators(session: Session) -> Iterator[Record]:
    rows = session.execute(
        select(Account.address, DomainRow.name)
        .join_from(Administrator, Account)
        .outerjoin(DomainRow, DomainRow.id == Administrator.domain_id)
    )
    for address, domain in sorted((row[0], row[1] or ALL_DOMAINS) for row in rows):
        yield AdministratorRecord(address=address, domain=domain)


def _groups(session: Session) -> Iterator[Record]:
    statement = select(Group).options(selectinload(Group.department)).order_by(Group.address)
    for group in session.scalars(statement.execution_options(yield_per=_PORTION)):
        yield GroupRecord(address=group.original, settings=settings_of(group).values())


def _members(session: Session) -> Iterator[Record]:
    edited = [kind for kind in GroupKind if not kind.is_derived]
    statement = (
        select(Group.address, Member.original, Member.until)
        .join_from(Member, Group)
        .where(Group.kind.in_(edited))
        .order_by(Group.address, Member.address)
        .execution_options(yield_per=_PORTION)
    )
    for group, original, until in session.execute(statement):
        last_day = "" if until is None else until.isoformat()
        yield MembershipRecord(group=group, address=original, until=last_day)


def _roles(session: Session) -> Iterator[Record]:
    statement = (
        select(Group.address, GroupRole.original, GroupRole.role, GroupRole.until)
        .join_from(GroupRole, Group)
        .order_by(Group.address, GroupRole.role, GroupRole.address)
    )
    for group, original, name, until in session.execute(statement):
        role = MemberRole(name)
        last_day = None if role not in DATED else "" if until is None else until.isoformat()
        yield MembershipRecord(group=group, address=original, role=role, until=last_day)
