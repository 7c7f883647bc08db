"""The tree of a domain's departments, as administrators see and change it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import DepartmentInUse, InvalidRule, InvalidText
from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.rule import Rule
from contactsgroups.domain.rule_moves import follow_move
from contactsgroups.domain.rule_text import parse_rule
from contactsgroups.domain.sentence import Sentence
from contactsgroups.domain.text import clean_department, fold
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Department, DomainRow, Group
from contactsgroups.persistence.queries import scalars_where
from contactsgroups.services.accounts.departments import ensure_department_in, find_department
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.unit_of_work import Work, derivation, write

_NAMED_LIMIT = 3


@dataclass(frozen=True, slots=True)
class DepartmentNode:
    """A department in the tree."""

    path: str
    accounts: int
    """People in it, without those below."""
    accounts_below: int
    """People in it and in all departments below."""
    groups: tuple[tuple[str, str], ...] = ()
    """The groups of this department, each with its uuid and its address."""
    closed: int = 0
    """Closed accounts in it: nobody counts them as its people, but they belong to it still."""

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> str:
        """The path of the one above; empty at the top."""
        return self.path.rpartition("/")[0]

    @property
    def depth(self) -> int:
        """How many are above it."""
        return self.path.count("/")


def read_tree(database: Database, actor: Principal, domain: str) -> tuple[DepartmentNode, ...]:
    """Return a domain's departments, each followed by those below it.

    Raises:
        DomainNotFound: it is not served here.
        NotPermitted: this principal does not manage its accounts.
    """
    with database.read() as session:
        row = _require(session, actor, domain)
        statement = select(Department.path).where(Department.domain_id == row.id)
        paths = sorted(session.scalars(statement), key=lambda path: fold(path).split("/"))
        people, closed = _count_accounts(session, row)
        return _views(paths, people, closed, _groups_of(session, row))


def add_department(database: Database, actor: Principal, domain: str, path: str) -> str:
    """Make a department, with those above it, and return its path; harmless if it is there.

    Raises:
        InvalidText: a name in the path is empty or unfit.
    """
    with write(database, actor) as work:
        return ensure_department_in(work, require_domain(work.session, domain), path).path


def move_department(
    database: Database, actor: Principal, domain: str, path: str, new_path: str
) -> str:
    """Give a department another name or place, with all below it; return its path then.

    Groups of the department keep it, and rules that name it name its new path.  Groups of those
    above, the old and the new ones, lose and gain its people.

    Raises:
        DepartmentInUse: there is another one with this path, or the rule of a group would be too
            long with it.
        DepartmentNotFound: there is none to move.
        InvalidText: the new path is unfit, or within the department itself.
    """
    with write(database, actor) as work:
        row = _require(work.session, actor, domain)
        department = find_department(work.session, row, path)
        new = "/".join(clean_department(new_path))
        if new != department.path:
            _check_move(work.session, department, new)
            _move(work, row, department, new)
        return department.path


def remove_department(database: Database, actor: Principal, domain: str, path: str) -> None:
    """Remove a department that nobody and nothing is in.

    Raises:
        DepartmentInUse: people, departments or groups belong to it.
        DepartmentNotFound: there is none.
    """
    with write(database, actor) as work:
        row = _require(work.session, actor, domain)
        department = find_department(work.session, row, path)
        _check_unused(work.session, department)
        work.session.delete(department)


def _require(session: Session, actor: Principal, domain: str) -> DomainRow:
    row = require_domain(session, domain)
    authority.require(actor, Right.MANAGE_ACCOUNTS, row.name)
    return row


def _views(
    paths: Sequence[str],
    counts: Mapping[str, int],
    closed: Mapping[str, int],
    groups: Mapping[str, tuple[tuple[str, str], ...]],
) -> tuple[DepartmentNode, ...]:
    below: Counter[str] = Counter()
    for path, count in counts.items():
        names = path.split("/")
        for depth in range(1, len(names) + 1):
            below["/".join(names[:depth])] += count
    return tuple(
        DepartmentNode(
            path, counts.get(path, 0), below[path], groups.get(path, ()), closed.get(path, 0)
        )
        for path in paths
    )


def _count_accounts(session: Session, domain: DomainRow) -> tuple[Counter[str], Counter[str]]:
    """Return how many active and how many closed accounts each department has."""
    statement = (
        select(Department.path, Account.active, func.count(Account.id).label("people"))
        .join_from(Department, Account, Account.department_id == Department.id)
        .where(Department.domain_id == domain.id)
        .group_by(Department.path, Account.active)
    )
    active, closed = Counter[str](), Counter[str]()
    for row in session.execute(statement):
        (active if row.active else closed)[row.path] = row.people
    return active, closed


def _groups_of(session: Session, domain: DomainRow) -> dict[str, tuple[tuple[str, str], ...]]:
    statement = (
        select(Department.path, Group.uuid, Group.original)
        .join_from(Group, Department, Group.department_id == Department.id)
        .where(Department.domain_id == domain.id, Group.kind == GroupKind.DEPARTMENT)
        .order_by(Group.address)
    )
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for path, uuid, address in session.execute(statement):
        found[path] = (*found.get(path, ()), (uuid, address))
    return found


def _check_move(session: Session, department: Department, new: str) -> None:
    folded = fold(new)
    if folded.startswith(f"{fold(department.path)}/"):
        raise InvalidText("a department cannot be moved into itself", field="new_path")
    statement = select(Department.path).where(
        Department.domain_id == department.domain_id,
        Department.path_folded == folded,
        Department.id != department.id,
    )
    if there := session.scalar(statement):
        raise DepartmentInUse("there is a department {there} already", there=there)


def _move(work: Work, domain: DomainRow, department: Department, new: str) -> None:
    old = department.path
    parent = new.rpartition("/")[0]
    above = ensure_department_in(work, domain, parent) if parent else None
    department.parent_id = above.id if above else None
    department.name = new.rpartition("/")[2]
    new = f"{above.path}/{department.name}" if above else department.name
    moved = _with_those_below(work.session, department)
    for each in moved:
        # A path that is too long with its new beginning is refused before anything is stored.
        each.path = "/".join(clean_department(new + each.path[len(old) :]))
        each.path_folded = fold(each.path)
    work.session.flush()
    statement = select(Account)
    ids = [each.id for each in moved]
    for account in scalars_where(work.session, statement, Account.department_id, ids):
        work.changed_account(account)
    _follow_in_rules(work, domain, old, new)


def _with_those_below(session: Session, department: Department) -> list[Department]:
    beginning = f"{department.path}/"
    within = Department.path.startswith(beginning, autoescape=True)
    statement = select(Department).where(Department.domain_id == department.domain_id, within)
    # SQLite's LIKE does not know capital letters from small ones.
    below = [each for each in session.scalars(statement) if each.path.startswith(beginning)]
    return [department, *below]


def _follow_in_rules(work: Work, domain: DomainRow, old: str, new: str) -> None:
    statement = select(Group).where(Group.domain_id == domain.id, Group.kind == GroupKind.DYNAMIC)
    for group in work.session.scalars(statement).all():
        rule = parse_rule(group.rule)
        followed = follow_move(rule, old, new)
        if followed != rule:
            group.rule = _text_for(group, followed)
            group.version += 1  # Who has its settings open must not save the old rule.
            group.updated_at, group.updated_by = datetime.now(UTC), str(work.actor.address)
            derivation.derive_all(work.session, group)
            work.changed_group(group)


def _text_for(group: Group, rule: Rule) -> str:
    """Return what is stored of a rule; the name of its group tells where a fault has to be mended.

    Raises:
        DepartmentInUse: with the new path, the rule is too long.
    """
    text = str(rule)
    try:
        parse_rule(text)
    except InvalidRule as error:
        problem = Sentence("the rule of {group} cannot name the new path", group=group.original)
        raise DepartmentInUse("{problem}: {error}", problem=problem, error=error) from error
    return text


def _check_unused(session: Session, department: Department) -> None:
    children = select(Department.path).where(Department.parent_id == department.id)
    people = select(Account.original).where(Account.department_id == department.id)
    groups = select(Group.original).where(Group.department_id == department.id)
    for what, statement in (("departments", children), ("accounts", people), ("groups", groups)):
        found = session.scalars(statement.limit(_NAMED_LIMIT + 1)).all()
        if found:
            named = ", ".join(sorted(found)[:_NAMED_LIMIT])
            values = {"path": department.path, "what": Sentence(what), "named": named}
            sentence = Sentence("{path} still has {what}: {named}", **values)
            if len(found) > _NAMED_LIMIT:
                sentence = Sentence("{path} still has {what}: {named} and others", **values)
            raise DepartmentInUse(sentence)
