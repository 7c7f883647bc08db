"""Whom a department or a rule selects: the one definition, for stored groups and for previews."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.rule import Comparison, Condition, Node, Not, Or
from contactsgroups.domain.rule_text import parse_rule
from contactsgroups.domain.text import fold
from contactsgroups.persistence.models import Account, Department
from contactsgroups.persistence.queries import IS_ACTIVE, AccountFacts, is_at_or_below

Selector = Callable[[AccountFacts], bool]

_ALWAYS_LIMIT = 500
"""More accounts that are members in any case are not given to the database."""
_COLUMNS = {
    "department": Department.path_folded,
    "title": Account.title_folded,
    "location": Account.location_folded,
    "name": Account.name_folded,
}
"""What the database has of the fields that a rule may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the members of a derived group come from.

    Attributes:
        kind: :attr:`GroupKind.DEPARTMENT` or :attr:`GroupKind.DYNAMIC`.
        department: the path of the department; empty for none.
        rule: the text of the rule, for a dynamic group.
        always: accounts that are members whatever those say.
        never: accounts that are not, and that counts more than ``always``.
    """

    kind: str
    department: str = ""
    rule: str = ""
    always: Collection[str] = frozenset()
    never: Collection[str] = frozenset()

    @property
    def attributes(self) -> frozenset[str]:
        """The names of the attributes of accounts that the rule asks for.

        Raises:
            InvalidRule: the rule does not parse.
        """
        is_ruled = self.kind != GroupKind.DEPARTMENT
        return parse_rule(self.rule).attributes if is_ruled else frozenset()

    def selector(self) -> Selector:
        """Return what tells whether an account is a member; only active accounts ever are.

        Raises:
            InvalidRule: the rule does not parse.
        """
        selects = self._of_department() if self.kind == GroupKind.DEPARTMENT else self._of_rule()
        always, never = frozenset(self.always), frozenset(self.never)
        return lambda person: (
            person.active
            and person.address not in never
            and (person.address in always or selects(person))
        )

    def candidates(self) -> ColumnElement[bool]:
        """Return a condition that every member meets, so that few others are read and looked at.

        It may let others pass, as databases compare more loosely: only the selector decides.
        """
        is_department = self.kind == GroupKind.DEPARTMENT
        node = _within(self.department) if is_department else parse_rule(self.rule).root
        required = _required(node)
        if required is None or len(self.always) > _ALWAYS_LIMIT:
            return IS_ACTIVE
        return and_(IS_ACTIVE, or_(required, Account.address.in_(sorted(self.always))))

    def _of_department(self) -> Selector:
        path = self.department
        beginning = f"{path}/"
        return lambda person: bool(path) and f"{person.department}/".startswith(beginning)

    def _of_rule(self) -> Selector:
        rule = parse_rule(self.rule)
        return lambda person: rule.selects(person.folded_fields)


def _within(department: str) -> Node:
    return Condition("department", Comparison.UNDER, (department,))


def _required(node: Node) -> ColumnElement[bool] | None:
    """Return what an account has to meet to be selected, as far as the database can tell."""
    if isinstance(node, Condition):
        return _required_of(node)
    if isinstance(node, Not):
        return None
    found = [_required(part) for part in node.parts]
    known = [each for each in found if each is not None]
    if isinstance(node, Or):
        return or_(*known) if len(known) == len(found) else None
    return and_(*known) if known else None


def _required_of(condition: Condition) -> ColumnElement[bool] | None:
    column = _COLUMNS.get(condition.field)
    values = [fold(each) for each in condition.values]
    if column is None or not all(values):  # An empty value is met by who has nothing there.
        return None
    match condition.comparison:
        case Comparison.EQUALS | Comparison.ONE_OF:
            found: ColumnElement[bool] = column.in_(values)
        case Comparison.CONTAINS:
            found = column.contains(values[0], autoescape=True)
        case Comparison.STARTS_WITH:
            found = column.startswith(values[0], autoescape=True)
        case Comparison.UNDER:
            found = is_at_or_below(column, values[0])
        case _:
            return None
    if condition.field != "department":
        return found
    return Account.department_id.in_(select(Department.id).where(found))
