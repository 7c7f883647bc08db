"""Rules of dynamic groups parse, print and select as documented."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.errors import InvalidRule
from contactsgroups.domain.rule import FIELDS, Condition, Operator, Rule

ADA = {
    "department": "Sales/Europe",
    "title": "Account Manager",
    "location": "Zürich",
    "name": 'Ada "Ace" Example',
    "address": "ada@example.org",
}


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ('department = "Sales/Europe"', True),
        ('department = "sales/europe"', True),
        ('department = "Sales"', False),
        ('department starts with "Sales"', True),
        ('title contains "manager" and location = "ZÜRICH"', True),
        ('title contains "manager" and location != "Zürich"', False),
        ('location = "zurich" and location starts with "Zu\u0308"', True),
        ('title starts with "account "', True),
        ('title starts with "acc "', False),
        ('name contains "\\"Ace\\""', True),
        ('TITLE CONTAINS "x" AND location = "Zürich"', False),
    ],
)
def test_a_rule_selects_whom_it_says(text: str, selected: bool) -> None:
    assert Rule.parse(text).selects(ADA) is selected


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "needs a rule"),
        ("salary", "salary"),
        ('salary = "1"', "salary"),
        ("title", "the end"),
        ("title = manager", "manager"),
        ('title = "manager" or name = "x"', "or"),
        ('title = "manager', '"'),
        ('title = "manager" and', "the end"),
        ("title = 'x'", "'"),
        ("x" * 5000, "longer than"),
    ],
)
def test_a_faulty_rule_is_refused_and_the_fault_named(text: str, fault: str) -> None:
    with pytest.raises(InvalidRule) as caught:
        Rule.parse(text)
    assert fault in str(caught.value)


_CONDITIONS = st.builds(
    Condition, st.sampled_from(FIELDS), st.sampled_from(list(Operator)), st.text(max_size=20)
)


@given(st.lists(_CONDITIONS, min_size=1, max_size=5))
def test_a_printed_rule_parses_to_the_same_rule(conditions: list[Condition]) -> None:
    rule = Rule(tuple(conditions))
    assert Rule.parse(str(rule)) == rule


@given(st.text(max_size=200))
def test_any_text_parses_or_is_refused(text: str) -> None:
    with contextlib.suppress(InvalidRule):
        assert Rule.parse(text).conditions
