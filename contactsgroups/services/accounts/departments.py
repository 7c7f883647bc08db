"""The tree of a domain's departments."""

from sqlalchemy import select
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
    """Find or create a department, with those above it, within a unit of work."""
    authority.require(work.actor, Right.MANAGE_ACCOUNTS, domain.name)
    names = clean_department(path)
    parent: Department | None = None
    for depth in range(1, len(names) + 1):
        parent = _ensure_one_department(work.session, domain, parent, names[:depth])
    if parent is None:
        raise InvalidText("a department needs a name", field="department")
    return parent


def find_department(session: Session, domain: DomainRow, path: str) -> Department:
    """Return a department by its path.

    Raises:
        DepartmentNotFound: there is none.
    """
    is_it = Department.domain_id == domain.id, Department.path == path
    row = session.scalar(select(Department).where(*is_it)) if _is_path(path) else None
    if row is None:
        raise DepartmentNotFound(f"there is no department {path} in {domain.name}")
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
    session: Session, domain: DomainRow, parent: Department | None, names: list[str]
) -> Department:
    path = "/".join(names)
    row = session.scalar(
        select(Department).where(Department.domain_id == domain.id, Department.path == path)
    )
    if row is None:
        row = Department(
            domain_id=domain.id,
            parent_id=parent.id if parent else None,
            name=names[-1],
            path=path,
            path_folded=fold(path),
        )
        session.add(row)
        session.flush()
    return row
