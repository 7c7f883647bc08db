"""Rules of dynamic groups select whom they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.rule import FIELDS, And, Comparison, Condition, Node, Not, Or, Rule
from contactsgroups.domain.rule_text import parse_rule
from contactsgroups.domain.text import fold
from tests.domain.rules import conditions, rules

ADA = {
    field: fold(value)
    for field, value in {
        "department": "Sales/Europe",
        "title": "Account Manager",
        "location": "Zürich",
        "name": 'Ada "Ace" Example',
        "address": "ada@example.org",
    }.items()
}


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ('department = "Sales/Europe"', True),
        ('department = "sales/europe"', True),
        ('department = "Sales"', False),
        ('department starts with "Sales"', True),
        ('department under "Sales"', True),
        ('department under "sales/EUROPE"', True),
        ('department under "Sal"', False),
        ('department under "Sales/Europe/North"', False),
        ('title contains "manager" and location = "ZÜRICH"', True),
        ('title contains "manager" and location != "Zürich"', False),
        ('location = "zurich" and location starts with "Zu\u0308"', True),
        ('title starts with "account "', True),
        ('title starts with "acc "', False),
        ('name contains "\\"Ace\\""', True),
        ('TITLE CONTAINS "x" AND location = "Zürich"', False),
        ('location = "Bern" or location = "Zürich"', True),
        ('location one of ("Bern", "ZURICH")', True),
        ('location one of ("Bern")', False),
        ("title is set", True),
        ("title is not set", False),
        ("not title is set", False),
        ('not (location = "Bern" or title = "Boss")', True),
        ('location = "Zürich" or title = "x" and title = "y"', True),
        ('(location = "Zürich" or title = "x") and title = "y"', False),
        ('not location = "Bern" and title = "Boss"', False),
        ('location="Zürich"and(title is set)', True),
    ],
)
def test_a_rule_selects_whom_it_says(text: str, selected: bool) -> None:
    assert parse_rule(text).selects(ADA) is selected


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ('title = "Boss"', False),
        ('title != "Boss"', True),
        ('title = ""', True),
        ("title is set", False),
        ("title is not set", True),
        ('title one of ("Boss", "")', True),
        ('department under "Sales"', False),
    ],
)
def test_a_field_that_is_not_set_is_empty(text: str, selected: bool) -> None:
    assert parse_rule(text).selects({}) is selected
    assert parse_rule(text).selects(dict.fromkeys(FIELDS, "")) is selected


_ACCOUNTS = st.fixed_dictionaries({field: st.sampled_from("ab") for field in FIELDS})


def _expected(node: Node, account: dict[str, str]) -> bool:
    """The plain meaning of and, or and not, without closures."""
    match node:
        case Condition(field, Comparison.EQUALS, (value,)):
            return account[field] == value
        case Not(part):
            return not _expected(part, account)
        case And(parts):
            return all(_expected(part, account) for part in parts)
        case Or(parts):
            return any(_expected(part, account) for part in parts)
    raise AssertionError(node)


@given(rules(conditions([Comparison.EQUALS], st.sampled_from("ab"))), _ACCOUNTS)
def test_and_or_and_not_mean_what_they_say(rule: Rule, account: dict[str, str]) -> None:
    assert rule.selects(account) is _expected(rule.root, account)


@given(rules(), st.fixed_dictionaries({field: st.text(max_size=5) for field in FIELDS}))
def test_a_rule_and_its_opposite_share_the_accounts(rule: Rule, account: dict[str, str]) -> None:
    folded = {field: fold(value) for field, value in account.items()}
    assert rule.selects(folded) is not Rule(Not(rule.root)).selects(folded)
