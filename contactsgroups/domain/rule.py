"""The rule of a dynamic group: which active accounts of its domain are members.

::

    rule       = condition *( "and" condition )
    condition  = field operator '"' value '"'
    field      = "department" | "title" | "location" | "name" | "address"
    operator   = "=" | "!=" | "contains" | "starts with"

Case and accents do not matter.  ``department`` is the path from the top: ``"Sales/Europe"``;
``starts with`` therefore also selects the departments below.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from contactsgroups.domain.errors import InvalidRule
from contactsgroups.domain.text import fold

FIELDS = ("department", "title", "location", "name", "address")
RULE_LIMIT = 2000

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<value>"(?:[^"\\]|\\.)*")
      | (?P<operator>!=|=|contains\b|starts\s+with\b)
      | (?P<word>[a-z]+)
      | (?P<other>\S)
    )""",
    re.VERBOSE | re.IGNORECASE,
)


class Operator(StrEnum):
    """How a field is compared with a value."""

    EQUALS = "="
    DIFFERS = "!="
    CONTAINS = "contains"
    STARTS_WITH = "starts with"


_COMPARISONS: Mapping[Operator, Callable[[str, str], bool]] = {
    Operator.EQUALS: lambda actual, wanted: actual == wanted,
    Operator.DIFFERS: lambda actual, wanted: actual != wanted,
    Operator.CONTAINS: lambda actual, wanted: wanted in actual,
    Operator.STARTS_WITH: lambda actual, wanted: actual.startswith(wanted),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of an account's field with a value."""

    field: str
    operator: Operator
    value: str

    def holds(self, fields: Mapping[str, str]) -> bool:
        """Whether an account with these fields meets the condition."""
        actual = fold(fields.get(self.field, ""))
        return _COMPARISONS[self.operator](actual, fold(self.value))

    def __str__(self) -> str:
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.field} {self.operator} "{escaped}"'


@dataclass(frozen=True, slots=True)
class Rule:
    """All conditions must hold."""

    conditions: tuple[Condition, ...]

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """Parse a rule.

        Raises:
            InvalidRule: naming what was expected and what was found.
        """
        if not text.strip():
            raise InvalidRule("a dynamic group needs a rule", field="rule")
        if len(text) > RULE_LIMIT:
            raise InvalidRule(f"the rule is longer than {RULE_LIMIT} characters", field="rule")
        return cls(tuple(_parse_conditions(_Tokens(text))))

    def selects(self, fields: Mapping[str, str]) -> bool:
        """Whether an account with these fields is a member."""
        return all(condition.holds(fields) for condition in self.conditions)

    def __str__(self) -> str:
        return " and ".join(str(condition) for condition in self.conditions)


class _Tokens:
    """The words of a rule, taken one after the other."""

    def __init__(self, text: str) -> None:
        self._tokens: Iterator[re.Match[str]] = _TOKEN.finditer(text.rstrip())

    def take(self) -> tuple[str, str]:
        match = next(self._tokens, None)
        if match is None:
            return "end", "the end"
        kind = match.lastgroup or "other"
        return kind, match[kind]


def _parse_conditions(tokens: _Tokens) -> Iterator[Condition]:
    while True:
        yield Condition(_field(*tokens.take()), _operator(*tokens.take()), _value(*tokens.take()))
        kind, text = tokens.take()
        if kind == "end":
            return
        if text.lower() != "and":
            raise InvalidRule(f'expected "and" or the end of the rule, not {text}', field="rule")


def _field(kind: str, text: str) -> str:
    if kind != "word" or text.lower() not in FIELDS:
        raise InvalidRule(f"expected one of {', '.join(FIELDS)}, not {text}", field="rule")
    return text.lower()


def _operator(kind: str, text: str) -> Operator:
    if kind != "operator":
        names = ", ".join(Operator)
        raise InvalidRule(f"expected one of {names}, not {text}", field="rule")
    return Operator(" ".join(text.lower().split()))


def _value(kind: str, text: str) -> str:
    if kind != "value":
        raise InvalidRule(f"expected a value in double quotes, not {text}", field="rule")
    return re.sub(r"\\(.)", r"\1", text[1:-1])
