"""Whom a department or a rule selects: the one definition, for stored groups and for previews."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.rule_text import parse_rule
from contactsgroups.persistence.queries import AccountFacts

Selector = Callable[[AccountFacts], bool]


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

    def _of_department(self) -> Selector:
        path = self.department
        beginning = f"{path}/"
        return lambda person: bool(path) and f"{person.department}/".startswith(beginning)

    def _of_rule(self) -> Selector:
        rule = parse_rule(self.rule)
        return lambda person: rule.selects(person.folded_fields)
