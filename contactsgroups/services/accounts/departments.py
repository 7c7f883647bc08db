"""The tree of a domain's departments."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import DepartmentNotFound, InvalidText
from contactsgroups.domain.text import clean_department, fold
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Department, DomainRow
from contactsgroups.services.accounts import domains
from contactsgroups.services.unit_of_work import Work


def ensure_department_in(work: Work, domain: DomainRow, path: str) -> Department:
    """Find or create a department, with those above it, within a unit of work.

    One that is there is found in capitals and accents of any kind, as rules find it.
    """
    authority.require(work.actor, Right.MANAGE_ACCOUNTS, domain.name)
    parent: Department | None = None
    for name in clean_department(path):
        parent = _ensure_one_department(work.session, domain, parent, name)
    if parent is None:
        raise InvalidText("a department needs a name", field="department")
    return parent


def find_department(session: Session, domain: DomainRow, path: str) -> Department:
    """Return a department by its path, in capitals and accents of any kind.

    Raises:
        DepartmentNotFound: there is none.
    """
    row = session.scalar(_of_path(domain, path)) if _is_path(path) else None
    if row is None:
        raise DepartmentNotFound(
            "there is no department {path} in {domain}", path=path, domain=domain.name
        )
    return row


def _is_path(text: str) -> bool:
    """Whether a department can have this path: databases refuse some control characters."""
    try:
        return "/".join(clean_department(text)) == text
    except InvalidText:
        return False


def list_departments(database: Database, domain: str) -> list[str]:
    """Return the paths of a domain's departments, in order."""
    with database.read() as session:
        row = domains.require_domain(session, domain)
        statement = select(Department.path).where(Department.domain_id == row.id)
        return sorted(session.scalars(statement))


def _ensure_one_department(
    session: Session, domain: DomainRow, parent: Department | None, name: str
) -> Department:
    path = f"{parent.path}/{name}" if parent else name
    row = session.scalar(_of_path(domain, path))
    if row is None:
        row = Department(
            domain_id=domain.id,
            parent_id=parent.id if parent else None,
            name=name,
            path=path,
            path_folded=fold(path),
        )
        session.add(row)
        session.flush()
    return row


def _of_path(domain: DomainRow, path: str) -> Select[Department]:
    return select(Department).where(
        Department.domain_id == domain.id, Department.path_folded == fold(path)
    )
