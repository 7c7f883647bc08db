"""Everybody of a department becomes a member now: a snapshot, which follows no later change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address, display_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import fold
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Department, Group, Member
from contactsgroups.persistence.queries import is_at_or_below
from contactsgroups.services.accounts.departments import find_department
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.groups.member_pieces import add_in_pieces
from contactsgroups.services.groups.members import editable_group, require_editable


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentChoice:
    """A department of a domain, with all below it or without."""

    domain: str
    path: str
    with_below: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentCount:
    """How many active accounts are in a department, and how many of them are members already."""

    domain: str
    path: str
    found: int
    already: int

    @property
    def new(self) -> int:
        """How many would be added."""
        return self.found - self.already


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentReport:
    """What became of a department's people.

    Attributes:
        refused: why somebody cannot be a member.
        left: how many were not looked at, because of ``stopped``; do it again then.
    """

    path: str
    added: tuple[str, ...]
    already: int
    refused: tuple[str, ...] = ()
    left: int = 0
    stopped: ContactsGroupsError | None = None


def count_department(
    database: Database, actor: Principal, uuid: str, choice: DepartmentChoice
) -> DepartmentCount:
    """Return what :func:`add_department` would do.

    Raises:
        GroupNotFound, MembersAreDerived, NotPermitted: the actor may not do it.
        DomainNotFound, DepartmentNotFound
    """
    with database.read() as session:
        group = editable_group(session, actor, uuid)
        department = _require(session, actor, choice)
        people = _people(department, choice, func.count())
        return DepartmentCount(
            domain=display_domain(department.domain.name),
            path=department.path,
            found=session.scalar(people) or 0,
            already=session.scalar(people.where(_is_member(group))) or 0,
        )


def add_department(
    database: Database, actor: Principal, uuid: str, choice: DepartmentChoice
) -> DepartmentReport:
    """Add the active accounts of a department, in pieces.

    Only who manages accounts knows their departments, and may do it.

    Raises:
        GroupNotFound, MembersAreDerived, NotPermitted, DomainNotFound, DepartmentNotFound: nothing
            was changed.
    """
    require_editable(database, actor, uuid)
    with database.read() as session:
        department = _require(session, actor, choice)
        path = department.path
        people = _people(department, choice, Account.address).order_by(Account.address)
        addresses: Sequence[str] = session.scalars(people).all()
    candidates = {each: Address.parse(each) for each in addresses}
    result = add_in_pieces(database, actor, uuid, candidates)
    return DepartmentReport(
        path=path,
        added=tuple(result.added),
        already=result.already,
        refused=tuple(result.refused.values()),
        left=len(result.left),
        stopped=result.stopped,
    )


def _require(session: Session, actor: Principal, choice: DepartmentChoice) -> Department:
    if authority.domains_where(actor, Right.MANAGE_ACCOUNTS) == frozenset():
        authority.require(actor, Right.MANAGE_ACCOUNTS, actor.domain)  # Whatever was chosen.
    domain = require_domain(session, choice.domain)
    authority.require(actor, Right.MANAGE_ACCOUNTS, domain.name)
    return find_department(session, domain, choice.path)


def _people(department: Department, choice: DepartmentChoice, column: Any) -> Select[Any]:
    """Select something of the active accounts of a department."""
    is_here = Department.id == department.id
    if choice.with_below:
        is_here = is_at_or_below(Department.path_folded, fold(department.path))
    return (
        select(column)
        .select_from(Account)
        .join(Department, Department.id == Account.department_id)
        .where(Department.domain_id == department.domain_id, Account.active, is_here)
    )


def _is_member(group: Group) -> ColumnElement[bool]:
    return exists().where(Member.group_id == group.id, Member.address == Account.address)
