"""Rules of dynamic groups are parsed and written as documented."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.errors import InvalidRule
from contactsgroups.domain.rule import FIELDS, And, Comparison, Condition, Not, Or, Rule
from contactsgroups.domain.rule_text import (
    NESTING_LIMIT,
    RULE_LIMIT,
    attributes_named,
    parse_rule,
)
from tests.documents import ROOT
from tests.domain.rules import rules


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "needs a rule"),
        ('title =\n"a\0"', "control character U+0000 (line 2, column 3)"),
        ("\ud800", "control character U+D800 (line 1, column 1)"),
        ('title = "\u202e"', "control character U+202E (line 1, column 10)"),
        ('title = "x"\x1f', "control character U+001F (line 1, column 12)"),
        ("salary", "salary"),
        ('salary = "1"', "salary"),
        ("title", "not the end of the rule (line 1, column 6)"),
        ("title = manager", "manager (line 1, column 9)"),
        ('title = "manager" xor name = "x"', 'expected "and", "or" or the end'),
        ('title = "manager', '" (line 1, column 9)'),
        ('title = "manager" and', "the end"),
        ('title = "manager" or', "the end"),
        ("title = 'x'", "'"),
        ("not", "the end"),
        ("()", ")"),
        ('(title = "x"', 'expected ")"'),
        ('title = "x")', ")"),
        ('title one of "x"', 'expected "("'),
        ('title one of ("x" "y")', 'expected ")"'),
        ("title one of ()", "a value in double quotes"),
        ('title is "x"', "is set"),
        ('title under "Sales"', "has nothing under it"),
        ('"title" = "x"', '"title"'),
        ('department under ""', 'the path of a department, not "" (line 1, column 18)'),
        ('department under " / "', "the path of a department"),
        ('attribute. = "1"', "not attribute. (line 1, column 1)"),
        ('attribute = "1"', "attribute.NAME"),
        ('title = "x" and attribute.größe = "1"', 'behind "attribute."'),
        ('attribute.9 = "1"', "letters"),
        (f'attribute.{"a" * 65} = "1"', "letters"),
        ('attribute.x under "1"', "has nothing under it"),
        ('title.x = "1"', "not title.x"),
        ("x" * 5000, "longer than"),
        ("(" * 500, "within each other"),
        ("not " * 400 + 'title = "x"', "within each other"),
    ],
)
def test_a_faulty_rule_is_refused_and_the_fault_named(text: str, fault: str) -> None:
    with pytest.raises(InvalidRule) as caught:
        parse_rule(text)
    assert fault in str(caught.value)


@pytest.mark.parametrize("path", ["Sales/", "/Sales", " Sales / ", "Sales//"])
def test_slashes_too_many_in_the_path_of_a_department_do_not_count(path: str) -> None:
    assert str(parse_rule(f'department under "{path}"')) == 'department under "Sales"'


def test_attributes_are_named_with_their_places() -> None:
    text = 'attribute.A = "1"\r\nor (title = "x" and\n  attribute.b-2 is set)'
    assert attributes_named(text) == [("a", 1, 1), ("b-2", 3, 3)]


def test_not_binds_closest_then_and_then_or() -> None:
    a, b, c = (Condition("title", Comparison.EQUALS, (value,)) for value in "abc")

    assert parse_rule('title = "a" or title = "b" and title = "c"').root == Or((a, And((b, c))))
    assert parse_rule('not title = "a" and title = "b"').root == And((Not(a), b))
    assert parse_rule('(title = "a" or title = "b") and title = "c"').root == And((Or((a, b)), c))


@given(st.text(), st.sampled_from("\0\x1b\x7f\x85\ud800\udfff\u2028\u202e"), st.text())
def test_no_rule_has_what_databases_and_pages_do_not_take(a: str, sign: str, b: str) -> None:
    for text in (a + sign + b, f'title = "{sign}"', f'title{sign}= "x"', f'attribute.{sign} = "x"'):
        with pytest.raises(InvalidRule) as caught:
            parse_rule(text)
        str(caught.value).encode()


@given(rules())
def test_a_written_rule_parses_to_the_same_rule(rule: Rule) -> None:
    assert parse_rule(str(rule)) == rule


@given(rules())
def test_a_parsed_rule_is_written_as_one_that_parses(rule: Rule) -> None:
    """What is stored is the written form, however the rule was typed."""
    typed = str(rule).replace(" and ", "  AND\n").replace(" or ", "\tOr ")
    with contextlib.suppress(InvalidRule):
        parsed = parse_rule(f"( {typed} )")
        assert parse_rule(str(parsed)) == parsed


@pytest.mark.parametrize("sign", ["(", "not "])
def test_a_rule_may_be_as_deep_as_the_refusal_of_a_deeper_one_says(sign: str) -> None:
    def nested(depth: int) -> str:
        return sign * depth + 'title = "x"' + ")" * (depth * sign.count("("))

    assert parse_rule(nested(NESTING_LIMIT)).root
    with pytest.raises(InvalidRule, match=f"more than {NESTING_LIMIT} parentheses"):
        parse_rule(nested(NESTING_LIMIT + 1))


@given(st.integers(1, NESTING_LIMIT + 3), st.sampled_from(["(", "not ", "not("]))
def test_however_deep_what_was_accepted_is_stored_in_a_form_that_is(depth: int, sign: str) -> None:
    text = sign * depth + 'title = "x"' + ")" * (depth * sign.count("("))
    with contextlib.suppress(InvalidRule):
        assert parse_rule(str(parse_rule(text))).selects({}) is not None


@given(st.text(max_size=200))
def test_any_text_parses_or_is_refused(text: str) -> None:
    with contextlib.suppress(InvalidRule):
        assert parse_rule(text).root


_PIECES = [
    "title",
    "is",
    "not",
    "set",
    "one",
    "of",
    "(",
    ")",
    ",",
    "and",
    "or",
    "=",
    '"x"',
    "under",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map(" ".join))
def test_any_row_of_words_parses_or_is_refused(text: str) -> None:
    with contextlib.suppress(InvalidRule):
        rule = parse_rule(text)
        assert parse_rule(str(rule)) == rule


def test_a_rule_that_would_be_stored_too_long_is_refused() -> None:
    """Written anew, a rule may be longer than it was typed."""
    crowded = "or ".join(['title="a"'] * (RULE_LIMIT // 12))
    assert len(crowded) <= RULE_LIMIT

    with pytest.raises(InvalidRule, match="longer than"):
        parse_rule(crowded)


def test_the_examples_of_the_documentation_are_rules() -> None:
    page = (ROOT / "docs" / "dynamic-groups.md").read_text(encoding="utf-8")
    examples = page.split("```")[1].strip().splitlines()

    assert len(examples) > 3
    for example in examples:
        assert str(parse_rule(example)) == example


def test_the_documentation_names_every_field_and_comparison() -> None:
    page = (ROOT / "docs" / "dynamic-groups.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]

    for name in (*FIELDS, *Comparison):
        assert any(f"`{name}" in row for row in rows), name
