"""Rules of dynamic groups select whom they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.address import display_domain, normalise_domain
from contactsgroups.domain.rule import (
    FIELDS,
    And,
    Comparison,
    Condition,
    Node,
    Not,
    Or,
    Rule,
    fold_domain,
)
from contactsgroups.domain.rule_text import parse_rule
from contactsgroups.domain.text import fold
from tests.domain.rules import ATTRIBUTES, conditions, rules

ADA = {
    field: fold(value)
    for field, value in {
        "department": "Sales/Europe",
        "title": "Account Manager",
        "location": "Zürich",
        "name": 'Ada "Ace" Example',
        "address": "ada@example.org",
        "domain": "example.org",
        "attribute.cost_center": "Köln 4711",
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
        ('domain = "EXAMPLE.org."', True),
        ('domain one of ("example.net", "example.org")', True),
        ('domain starts with "example."', True),
        ('domain contains ".net"', False),
        ('attribute.cost_center = "koln 4711"', True),
        ('Attribute.Cost_Center starts with "KÖLN"', True),
        ("attribute.cost_center is set and attribute.badge is not set", True),
        ('attribute.badge != "7"', True),
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


_NAMES = (*FIELDS, *ATTRIBUTES)
_ACCOUNTS = st.fixed_dictionaries({field: st.sampled_from("ab") for field in _NAMES})


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


_TEXTS = st.one_of(st.text(max_size=5), st.sampled_from(["Sales/Europe", "ß", "bücher.de"]))


def _naive(node: Node, account: dict[str, str]) -> bool:
    """What a condition means, worked out for one account at a time from texts as they are typed."""
    match node:
        case Not(part):
            return not _naive(part, account)
        case And(parts):
            return all(_naive(part, account) for part in parts)
        case Or(parts):
            return any(_naive(part, account) for part in parts)
        case Condition():
            return _naive_condition(node, account)
    raise AssertionError(node)


def _naive_condition(condition: Condition, account: dict[str, str]) -> bool:
    folded = fold_domain if condition.field == "domain" else fold
    has = folded(account.get(condition.field, ""))
    wanted = [folded(each) for each in condition.values]
    first = next(iter(wanted), "")
    meanings = {
        Comparison.EQUALS: has == first,
        Comparison.DIFFERS: has != first,
        Comparison.CONTAINS: has.find(first) >= 0,
        Comparison.STARTS_WITH: has[: len(first)] == first,
        Comparison.UNDER: has == first or has.startswith(first + "/"),
        Comparison.ONE_OF: has in wanted,
        Comparison.IS_SET: has != "",
        Comparison.IS_NOT_SET: has == "",
    }
    return meanings[condition.comparison]


@given(rules(conditions(values=_TEXTS)), st.dictionaries(st.sampled_from(_NAMES), _TEXTS))
def test_a_rule_selects_as_a_plain_reading_of_it_does(rule: Rule, account: dict[str, str]) -> None:
    folded = {
        field: fold_domain(value) if field == "domain" else fold(value)
        for field, value in account.items()
    }
    assert rule.selects(folded) is _naive(rule.root, account)


@pytest.mark.parametrize(
    "typed",
    ["bücher.example", "BÜCHER.example.", "xn--bcher-kva.example", "XN--BCHER-KVA.EXAMPLE"],
)
def test_a_domain_is_the_same_however_it_is_spelt(typed: str) -> None:
    account = {"domain": fold_domain("xn--bcher-kva.example")}

    assert parse_rule(f'domain = "{typed}"').selects(account)
    assert parse_rule(f'domain one of ("example.org", "{typed}")').selects(account)
    assert parse_rule('domain starts with "büch"').selects(account)
    assert not parse_rule('domain = "xn--mller-kva.example"').selects(account)


@given(st.from_regex(r"[a-zäöéß0-9]{1,9}\.example", fullmatch=True))
def test_both_spellings_of_a_domain_are_one(domain: str) -> None:
    encoded = normalise_domain(domain)
    assert fold_domain(encoded) == fold_domain(display_domain(encoded)) == fold_domain(domain)


def test_a_rule_knows_which_attributes_it_asks_for() -> None:
    rule = parse_rule('attribute.b = "1" and not (attribute.A is set or title = "x")')
    assert rule.attributes == {"a", "b"}


@given(rules(), st.fixed_dictionaries({field: st.text(max_size=5) for field in FIELDS}))
def test_a_rule_and_its_opposite_share_the_accounts(rule: Rule, account: dict[str, str]) -> None:
    folded = {field: fold(value) for field, value in account.items()}
    assert rule.selects(folded) is not Rule(Not(rule.root)).selects(folded)
