"""The directory: domains, departments, accounts and aliases."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import (
    Address,
    display_domain,
    lookup_spellings,
    normalise_domain,
)
from contactsgroups.domain.errors import AccountNotFound, DepartmentNotFound, InvalidText
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import clean_name
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Account,
    Administrator,
    Alias,
    Department,
    DomainRow,
    Group,
    GroupRole,
    Member,
    Recipient,
)
from contactsgroups.persistence.queries import groups_containing
from contactsgroups.services import addresses
from contactsgroups.services.passwords import hash_password
from contactsgroups.services.work import Work, write

DEPARTMENT_PATH_LIMIT = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """What an account is to be; ``department`` is a path such as ``Sales/Europe``."""

    address: str
    display_name: str = ""
    department: str = ""
    title: str = ""
    location: str = ""
    active: bool = True


def add_domain(database: Database, actor: Principal, name: str) -> str:
    """Serve a mail domain and return its normalised name; harmless if it is served already."""
    with write(database, actor) as work:
        return put_domain(work, name).name


def put_domain(work: Work, name: str) -> DomainRow:
    """Find or add a domain within a unit of work."""
    normalised = normalise_domain(name.strip())
    work.actor.require_management(normalised)
    row = work.session.scalar(select(DomainRow).where(DomainRow.name == normalised))
    if row is None:
        row = DomainRow(name=normalised, unicode_name=_unicode_name(normalised))
        work.session.add(row)
        work.session.flush()
        work.changed_domain(row)
        work.audit("add domain", display_domain(normalised))
        _recount_members_in(work, normalised)
    return row


def _recount_members_in(work: Work, domain: str) -> None:
    """Let groups that had addresses of this domain as outside members be counted anew."""
    inside = Recipient.address.endswith("@" + domain, autoescape=True)
    statement = select(Group).join(Recipient, Recipient.group_id == Group.id).where(inside)
    for group in work.session.scalars(statement.distinct()):
        work.changed_group(group)


def put_department(work: Work, domain: DomainRow, path: str) -> Department:
    """Find or add a department, with those above it, within a unit of work."""
    names = clean_department(path)
    parent: Department | None = None
    for depth in range(1, len(names) + 1):
        parent = _put_one_department(work.session, domain, parent, names[:depth])
    if parent is None:
        raise InvalidText("a department needs a name", field="department")
    return parent


def clean_department(path: str) -> list[str]:
    """Return the names in a department's path, from the top.

    Raises:
        InvalidText: one of them is empty or unfit, or all together are too long.
    """
    names = [clean_name(name, field="department") for name in path.split("/")]
    if len("/".join(names)) > DEPARTMENT_PATH_LIMIT:
        raise InvalidText(
            f"a department's path is longer than {DEPARTMENT_PATH_LIMIT} characters",
            field="department",
        )
    return names


def find_department(session: Session, domain: DomainRow, path: str) -> Department:
    """Return a department by its path.

    Raises:
        DepartmentNotFound: there is none.
    """
    row = session.scalar(
        select(Department).where(Department.domain_id == domain.id, Department.path == path)
    )
    if row is None:
        raise DepartmentNotFound(f"there is no department {path} in {domain.name}")
    return row


def list_departments(database: Database, domain: str) -> list[str]:
    """Return the paths of a domain's departments, in order."""
    with database.read() as session:
        row = addresses.require_domain(session, domain)
        statement = select(Department.path).where(Department.domain_id == row.id)
        return sorted(session.scalars(statement))


def list_domains(database: Database, actor: Principal) -> list[str]:
    """Return the names of the domains that this principal administers, in order."""
    with database.read() as session:
        names = session.scalars(select(DomainRow.name).order_by(DomainRow.name))
        return [name for name in names if actor.may_manage(name)]


def put_account(work: Work, draft: AccountDraft) -> Account:
    """Add an account or bring it up to date within a unit of work.

    Raises:
        InvalidInput, DomainNotFound, AddressInUse, NotPermitted: nothing was changed.
    """
    address = Address.parse(draft.address)
    work.actor.require_management(address.domain)
    domain = addresses.require_domain(work.session, address.domain)
    account = find_account_row(work.session, str(address))
    values = _account_values(work, domain, draft)
    if account is None:
        addresses.claim(work.session, address, "account")
        account = Account(
            address=str(address), original=address.original, domain_id=domain.id, **values
        )
        work.session.add(account)
        action = "add account"
    elif all(getattr(account, name) == value for name, value in values.items()):
        return account
    else:
        for name, value in values.items():
            setattr(account, name, value)
        action = "change account"
    work.session.flush()
    work.changed_account(account)
    work.audit(action, account.address)
    return account


def save_account(database: Database, actor: Principal, draft: AccountDraft) -> None:
    """Add an account or bring it up to date, in a transaction of its own."""
    with write(database, actor) as work:
        put_account(work, draft)


def remove_account(database: Database, actor: Principal, address: str) -> None:
    """Remove an account with its aliases, memberships and roles.

    Raises:
        AccountNotFound: there is none.
    """
    with write(database, actor) as work:
        account = require_account(work.session, address)
        work.actor.require_management(account.domain.name)
        for alias in _aliases_of(work.session, account):
            delete_alias(work, alias)
        forget_member(work, account.address)
        work.changed_account(account)
        work.audit("remove account", account.address)
        work.session.delete(account)
        work.session.flush()
        addresses.release(work.session, account.address)


def put_alias(work: Work, address: str, account_address: str) -> Alias:
    """Let one more address stand for an account, or for another one than before."""
    parsed = Address.parse(address)
    work.actor.require_management(parsed.domain)
    domain = addresses.require_domain(work.session, parsed.domain)
    account = require_account(work.session, account_address)
    work.actor.require_management(account.domain.name)
    alias = work.session.scalar(select(Alias).where(Alias.address == str(parsed)))
    if alias is None:
        addresses.claim(work.session, parsed, "alias")
        alias = Alias(
            address=str(parsed),
            original=parsed.original,
            domain_id=domain.id,
            account_id=account.id,
        )
        work.session.add(alias)
    elif alias.account_id == account.id:
        return alias
    else:
        alias.account_id = account.id
    work.session.flush()
    work.changed_alias(alias)
    work.audit("set alias", alias.address, account=account.address)
    return alias


def remove_alias(database: Database, actor: Principal, address: str) -> None:
    """Remove an alias, also from the groups it is a member of."""
    with write(database, actor) as work:
        parsed = Address.parse(address)
        work.actor.require_management(parsed.domain)
        alias = work.session.scalar(select(Alias).where(Alias.address == str(parsed)))
        if alias is None:
            raise AccountNotFound(f"there is no alias {parsed}")
        delete_alias(work, alias)


def delete_alias(work: Work, alias: Alias) -> None:
    """Remove an alias within a unit of work."""
    forget_member(work, alias.address)
    work.changed_alias(alias)
    work.audit("remove alias", alias.address)
    work.session.delete(alias)
    work.session.flush()
    addresses.release(work.session, alias.address)


def forget_member(work: Work, address: str) -> None:
    """Take an address out of every group, whatever its role there."""
    for group in groups_containing(work.session, [address]):
        work.changed_group(group)
        work.audit("remove member", group.address, members=[address])
    for role in work.session.scalars(select(GroupRole).where(GroupRole.address == address)):
        work.audit("remove role", address, role=str(role.role), group=role.group_id)
    work.session.execute(delete(Member).where(Member.address == address))
    work.session.execute(delete(GroupRole).where(GroupRole.address == address))


def set_password(database: Database, actor: Principal, address: str, password: str) -> None:
    """Set the password of an account.

    Raises:
        InvalidText: it is shorter than eight characters.
    """
    if len(password) < 8:
        raise InvalidText("a password needs at least 8 characters", field="password")
    hashed = hash_password(password)
    with write(database, actor) as work:
        account = require_account(work.session, address)
        work.actor.require_management(account.domain.name)
        account.password_hash = hashed
        work.audit("set password", account.address)


def appoint_administrator(
    database: Database, actor: Principal, address: str, *, domain: str | None
) -> None:
    """Let an account administer one domain, or all of them if ``domain`` is None."""
    with write(database, actor) as work:
        put_administrator(work, address, domain)


def put_administrator(work: Work, address: str, domain: str | None) -> None:
    """Let an account administer a domain, or all of them, within a unit of work."""
    account = require_account(work.session, address)
    row = addresses.require_domain(work.session, domain) if domain else None
    if work.actor.managed_domains is not None:
        work.actor.require_management(row.name if row else "every domain")
    domain_id = row.id if row else None
    known = select(Administrator.id).where(
        Administrator.account_id == account.id,
        Administrator.domain_id.is_(None) if row is None else Administrator.domain_id == row.id,
    )
    if work.session.scalar(known) is None:
        work.session.add(Administrator(account_id=account.id, domain_id=domain_id))
        work.audit("appoint administrator", account.address, domain=domain or "*")


def require_account(session: Session, address: str) -> Account:
    """Return an account by its address, in any spelling.

    Raises:
        AccountNotFound: there is none.
    """
    parsed = Address.parse(address)
    account = find_account_row(session, str(parsed))
    if account is None:
        raise AccountNotFound(f"there is no account {parsed}")
    return account


def find_account_row(session: Session, address: str) -> Account | None:
    """Return an account by its normalised address."""
    return session.scalar(select(Account).where(Account.address == address))


def _unicode_name(domain: str) -> str | None:
    return next(iter(lookup_spellings(domain)[1:]), None)


def _account_values(work: Work, domain: DomainRow, draft: AccountDraft) -> dict[str, object]:
    department = put_department(work, domain, draft.department) if draft.department else None
    return {
        "display_name": clean_name(draft.display_name, field="display_name", required=False),
        "department_id": department.id if department else None,
        "title": clean_name(draft.title, field="title", required=False),
        "location": clean_name(draft.location, field="location", required=False),
        "active": draft.active,
    }


def _put_one_department(
    session: Session, domain: DomainRow, parent: Department | None, names: list[str]
) -> Department:
    path = "/".join(names)
    row = session.scalar(
        select(Department).where(Department.domain_id == domain.id, Department.path == path)
    )
    if row is None:
        row = Department(
            domain_id=domain.id, parent_id=parent.id if parent else None, name=names[-1], path=path
        )
        session.add(row)
        session.flush()
    return row


def _aliases_of(session: Session, account: Account) -> list[Alias]:
    return list(session.scalars(select(Alias).where(Alias.account_id == account.id)))
