r"""Rules as people write them.

::

    rule       = all *( "or" all )
    all        = one *( "and" one )
    one        = "not" one / "(" rule ")" / condition
    condition  = field comparison value
               / field "one of" "(" value *( "," value ) ")"
               / field ( "is set" / "is not set" )
    field      = "department" / "title" / "location" / "name" / "address" / "domain"
               / "attribute." ALPHA *( ALPHA / DIGIT / "_" / "-" )
    comparison = "=" / "!=" / "contains" / "starts with" / "under"
    value      = DQUOTE *( any character, with "\" before DQUOTE and "\" ) DQUOTE

in the notation of RFC 5234.  Of control characters, there are only tabs and ends of lines.
``not`` binds closest, then ``and``, then ``or``.
"""

import re
from typing import NamedTuple, NoReturn

from contactsgroups.domain.attributes import PREFIX, is_attribute_name
from contactsgroups.domain.errors import InvalidRule
from contactsgroups.domain.rule import FIELDS, And, Comparison, Condition, Node, Not, Or, Rule
from contactsgroups.domain.sentence import Sentence
from contactsgroups.domain.text import is_control

RULE_LIMIT = 2000
"""The most characters of a rule."""

NESTING_LIMIT = 30
"""The most parentheses and "not" within each other: deeper, nobody could tell what it says."""

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<value>"(?:[^"\\]|\\.)*")
      | (?P<sign>!=|[=(),])
      | (?P<word>\w+(?:\.[\w-]*)?)
      | (?P<other>\S)
    )""",
    re.VERBOSE | re.DOTALL,
)
_BETWEEN_WORDS = "\t\r\n"
_WORDS_OF_COMPARISONS = {tuple(comparison.split()): comparison for comparison in Comparison}
_MOST_WORDS = max(map(len, _WORDS_OF_COMPARISONS))


def parse_rule(text: str) -> Rule:
    """Parse a rule.

    Raises:
        InvalidRule: naming what was expected, what was found, and at which line and column.
    """
    if not text.strip():
        raise InvalidRule("a dynamic group needs a rule", field="rule")
    _refuse_long(text)
    parser = _Parser(text)
    rule = parser.whole()
    # Written anew it may have more spaces; what is stored must be valid too.
    _refuse_long(str(rule))
    return rule


class NamedAttribute(NamedTuple):
    """An attribute that a rule asks for, and where it names it: both are counted from 1."""

    name: str
    line: int
    column: int


def attributes_named(text: str) -> list[NamedAttribute]:
    """Return each place where a rule, which must be valid, names an attribute.

    Raises:
        InvalidRule: as :func:`parse_rule` does.
    """
    parser = _Parser(text)
    parser.whole()
    return parser.attributes


def _refuse_long(text: str) -> None:
    if len(text) > RULE_LIMIT:
        raise InvalidRule(
            "the rule is longer than {limit} characters", field="rule", limit=RULE_LIMIT
        )


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    """How many characters of the rule stand before it."""

    @property
    def word(self) -> str:
        """The token as words and signs are compared; empty for a value."""
        return "" if self.kind == "value" else self.text.lower()


class _Parser:
    """Reads one token after the other, one method for each line of the grammar."""

    def __init__(self, text: str) -> None:
        self._text = text
        found = _TOKEN.finditer(text.rstrip())
        self._tokens = [
            _Token(kind, match[kind], match.start(kind))
            for match in found
            if (kind := match.lastgroup) is not None
        ]
        self._end = _Token("end", Sentence("the end of the rule"), len(text.rstrip()))
        _refuse_controls(text)
        self._next = 0
        self.attributes: list[NamedAttribute] = []

    def whole(self) -> Rule:
        """Parse the whole text."""
        rule = Rule(self.rule(NESTING_LIMIT))
        self.expect_end()
        return rule

    def rule(self, depth: int) -> Node:
        """Parse conditions between which ``or`` stands."""
        parts = [self._all(depth)]
        while self._takes("or"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def expect_end(self) -> None:
        """Refuse whatever stands behind the rule."""
        if self._peek() is not self._end:
            self._refuse(Sentence('"and", "or" or the end of the rule'))

    def _all(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._takes("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self, depth: int) -> Node:
        if depth < 0:
            raise InvalidRule(
                'more than {limit} parentheses and "not" stand within each other',
                field="rule",
                limit=NESTING_LIMIT,
            )
        if self._takes("not"):
            return Not(self._one(depth - 1))
        if self._takes("("):
            inner = self.rule(depth - 1)
            self._expect(")")
            return inner
        return self._condition()

    def _condition(self) -> Condition:
        field = self._field()
        comparison = self._comparison(field)
        if comparison is Comparison.ONE_OF:
            return Condition(field, comparison, self._values())
        if comparison is Comparison.UNDER:
            return Condition(field, comparison, (self._department(),))
        return Condition(field, comparison, (self._value(),) if comparison.takes_value else ())

    def _department(self) -> str:
        """Take the path of a department; one with a slash too many would select nobody."""
        path = "/".join(filter(None, (name.strip() for name in self._value().split("/"))))
        if not path:
            self._next -= 1
            self._refuse(Sentence("the path of a department"))
        return path

    def _field(self) -> str:
        word = self._peek().word
        if word.startswith(PREFIX):
            return self._attribute(word)
        if word not in FIELDS:
            self._refuse(
                Sentence('one of {fields}, attribute.NAME, "not" or "("', fields=", ".join(FIELDS))
            )
        return self._take().word

    def _attribute(self, field: str) -> str:
        name = field.removeprefix(PREFIX)
        if not is_attribute_name(name):
            self._refuse(
                Sentence(
                    'a name of letters a to z, digits, "_" and "-" behind "{prefix}"', prefix=PREFIX
                )
            )
        place = _line_and_column(self._text, self._take().start)
        self.attributes.append(NamedAttribute(name, *place))
        return field

    def _comparison(self, field: str) -> Comparison:
        for count in range(_MOST_WORDS, 0, -1):
            words = tuple(self._peek(ahead).word for ahead in range(count))
            if (comparison := _WORDS_OF_COMPARISONS.get(words)) is not None:
                break
        else:
            self._refuse(Sentence("one of {comparisons}", comparisons=", ".join(Comparison)))
        if comparison is Comparison.UNDER and field != "department":
            self._refuse(
                Sentence("another comparison, as {field} has nothing under it", field=field)
            )
        self._next += count
        return comparison

    def _values(self) -> tuple[str, ...]:
        self._expect("(")
        values = [self._value()]
        while self._takes(","):
            values.append(self._value())
        self._expect(")")
        return tuple(values)

    def _value(self) -> str:
        if self._peek().kind != "value":
            self._refuse(Sentence("a value in double quotes"))
        return re.sub(r"\\(.)", r"\1", self._take().text[1:-1], flags=re.DOTALL)

    def _peek(self, ahead: int = 0) -> _Token:
        place = self._next + ahead
        return self._tokens[place] if place < len(self._tokens) else self._end

    def _take(self) -> _Token:
        token = self._peek()
        self._next += 1
        return token

    def _takes(self, word: str) -> bool:
        """Take the next token if it is this word or sign; return whether it was."""
        if self._peek().word != word:
            return False
        self._take()
        return True

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            self._refuse(f'"{sign}"')

    def _refuse(self, expected: str) -> NoReturn:
        found = self._peek()
        line, column = _line_and_column(self._text, found.start)
        raise InvalidRule(
            "expected {expected}, not {found} (line {line}, column {column})",
            field="rule",
            line=line,
            column=column,
            expected=expected,
            found=found.text,
        )


def _refuse_controls(text: str) -> None:
    """Refuse what no text may have, wherever it stands: databases do not take it."""
    fault = next((place for place, each in enumerate(text) if _is_refused(each)), None)
    if fault is None:
        return
    line, column = _line_and_column(text, fault)
    raise InvalidRule(
        "the rule must not contain the control character {code} (line {line}, column {column})",
        field="rule",
        line=line,
        column=column,
        code=f"U+{ord(text[fault]):04X}",
    )


def _is_refused(character: str) -> bool:
    return character not in _BETWEEN_WORDS and is_control(character)


def _line_and_column(text: str, start: int) -> tuple[int, int]:
    """Return where a character stands, both counted from 1; browsers end lines with CR LF."""
    before = text[:start]
    line_start = before.rfind("\n") + 1
    return before.count("\n") + 1, start - line_start + 1
