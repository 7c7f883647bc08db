"""The rule of a dynamic group: which active accounts of its domain are members.

A rule is a syntax tree of conditions.  ``domain.rule_text`` reads it from text; ``str`` writes it.
Case and accents never matter: both sides of a comparison are folded (``domain.text.fold``).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from contactsgroups.domain.address import display_domain, normalise_domain
from contactsgroups.domain.attributes import PREFIX
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.text import fold

FIELDS = ("department", "title", "location", "name", "address", "domain")
"""What a rule may ask of an account.  A department is its path from the top: "Sales/Europe".

A rule may ask for attributes that a site names itself as well (``domain.attributes``), with
``attribute.`` before the name.
"""

Fields = Mapping[str, str]
"""An account's fields, by their names in rules, folded; one that is missing is not set.

A domain is folded by :func:`fold_domain`.
"""

_Test = Callable[[Fields], bool]


class Comparison(StrEnum):
    """How a field is compared with values."""

    EQUALS = "="
    DIFFERS = "!="
    CONTAINS = "contains"
    STARTS_WITH = "starts with"
    UNDER = "under"
    """The department or one below it."""
    ONE_OF = "one of"
    IS_SET = "is set"
    IS_NOT_SET = "is not set"

    @property
    def takes_value(self) -> bool:
        """Whether it compares with a value, or with several."""
        return self not in {Comparison.IS_SET, Comparison.IS_NOT_SET}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of an account's field with a value, with several, or with none."""

    field: str
    comparison: Comparison
    values: tuple[str, ...] = ()

    def test(self) -> _Test:
        """Return what tells whether an account with these fields meets the condition."""
        folded = fold_domain if self.field == "domain" else fold
        return _TESTS[self.comparison](self.field, tuple(map(folded, self.values)))

    def __str__(self) -> str:
        if not self.values:
            return f"{self.field} {self.comparison}"
        quoted = ", ".join(map(_quoted, self.values))
        written = f"({quoted})" if self.comparison is Comparison.ONE_OF else quoted
        return f"{self.field} {self.comparison} {written}"


@dataclass(frozen=True, slots=True)
class Not:
    """Selects whom its part does not select."""

    part: "Node"

    def test(self) -> _Test:
        """Return what tells whether an account with these fields is selected."""
        holds = self.part.test()
        return lambda fields: not holds(fields)

    def __str__(self) -> str:
        return f"not {_in_parentheses(self.part, And, Or)}"


@dataclass(frozen=True, slots=True)
class And:
    """Selects whom each of its parts selects; two parts or more."""

    parts: tuple["Node", ...]

    def test(self) -> _Test:
        """Return what tells whether an account with these fields is selected."""
        tests = [part.test() for part in self.parts]
        return lambda fields: all(holds(fields) for holds in tests)

    def __str__(self) -> str:
        return " and ".join(_in_parentheses(part, And, Or) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """Selects whom any of its parts selects; two parts or more."""

    parts: tuple["Node", ...]

    def test(self) -> _Test:
        """Return what tells whether an account with these fields is selected."""
        tests = [part.test() for part in self.parts]
        return lambda fields: any(holds(fields) for holds in tests)

    def __str__(self) -> str:
        return " or ".join(_in_parentheses(part, Or) for part in self.parts)


Node = Condition | Not | And | Or


@dataclass(frozen=True)
class Rule:
    """A whole rule."""

    root: Node

    @cached_property
    def selects(self) -> _Test:
        """What tells whether an account with these folded fields is a member."""
        return self.root.test()

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The names of the attributes that it asks for."""
        return frozenset(_attributes_of(self.root))

    def __str__(self) -> str:
        return str(self.root)


def fold_domain(text: str) -> str:
    """Return a domain, or a piece of one, as rules compare it: as people read it, then folded.

    >>> fold_domain("XN--Bcher-KVA.example"), fold_domain("bücher。example"), fold_domain(".org")
    ('bucher.example', 'bucher.example', '.org')

    So ``xn--bcher-kva.example`` and ``bücher.example`` are one, and pieces of a name can be asked
    for.
    """
    try:
        domain = normalise_domain(text.strip())
    except InvalidAddress:
        domain = text.lower()  # A piece of a domain, which need not be one.
    return fold(display_domain(domain))


def _attributes_of(node: Node) -> Iterator[str]:
    match node:
        case Condition(field) if field.startswith(PREFIX):
            yield field.removeprefix(PREFIX)
        case Not(part):
            yield from _attributes_of(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _attributes_of(part)


def _in_parentheses(part: Node, *kinds: type) -> str:
    """Return the part as text, in parentheses if it is of one of these kinds."""
    return f"({part})" if isinstance(part, kinds) else str(part)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _equals(field: str, values: tuple[str, ...]) -> _Test:
    (wanted,) = values
    return lambda fields: fields.get(field, "") == wanted


def _differs(field: str, values: tuple[str, ...]) -> _Test:
    (unwanted,) = values
    return lambda fields: fields.get(field, "") != unwanted


def _contains(field: str, values: tuple[str, ...]) -> _Test:
    (part,) = values
    return lambda fields: part in fields.get(field, "")


def _starts_with(field: str, values: tuple[str, ...]) -> _Test:
    (beginning,) = values
    return lambda fields: fields.get(field, "").startswith(beginning)


def _under(field: str, values: tuple[str, ...]) -> _Test:
    (path,) = values
    return lambda fields: (fields.get(field, "") + "/").startswith(path + "/")


def _one_of(field: str, values: tuple[str, ...]) -> _Test:
    wanted = frozenset(values)
    return lambda fields: fields.get(field, "") in wanted


def _is_set(field: str, _values: tuple[str, ...]) -> _Test:
    return lambda fields: bool(fields.get(field))


def _is_not_set(field: str, _values: tuple[str, ...]) -> _Test:
    return lambda fields: not fields.get(field)


_TESTS: Mapping[Comparison, Callable[[str, tuple[str, ...]], _Test]] = {
    Comparison.EQUALS: _equals,
    Comparison.DIFFERS: _differs,
    Comparison.CONTAINS: _contains,
    Comparison.STARTS_WITH: _starts_with,
    Comparison.UNDER: _under,
    Comparison.ONE_OF: _one_of,
    Comparison.IS_SET: _is_set,
    Comparison.IS_NOT_SET: _is_not_set,
}
