"""Attributes that a site names itself are bounded, and their names safe everywhere."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.attributes import (
    ATTRIBUTE_NAME_LIMIT,
    ATTRIBUTES_LIMIT,
    attribute_field,
    attributes_among,
    change_attributes,
    clean_attribute_name,
    clean_attributes,
    is_attribute_name,
)
from contactsgroups.domain.errors import InvalidText
from contactsgroups.domain.rule_text import parse_rule


@pytest.mark.parametrize("text", ["cost_center", " Cost_Center ", "employeeType", "x-9", "a" * 64])
def test_case_of_a_name_does_not_matter(text: str) -> None:
    assert clean_attribute_name(text) == text.strip().lower()


@pytest.mark.parametrize("text", ["", " ", "9x", "_x", "cost center", "größe", "a.b", "a" * 65])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidText, match="name of an attribute"):
        clean_attribute_name(text)


@given(st.text(max_size=ATTRIBUTE_NAME_LIMIT + 2))
def test_every_name_that_is_taken_can_stand_in_a_rule(text: str) -> None:
    try:
        name = clean_attribute_name(text)
    except InvalidText:
        return
    assert is_attribute_name(name)
    assert parse_rule(f'{attribute_field(name)} = "1"').attributes == {name}


def test_values_are_single_lines_of_a_bounded_length() -> None:
    assert clean_attributes({"A": "  Köln   4711 "}) == {"a": "Köln 4711"}
    for value in ("a\nb", "x" * 256):
        with pytest.raises(InvalidText):
            clean_attributes({"a": value})


def test_an_empty_value_takes_an_attribute_away_and_what_is_not_named_stays() -> None:
    assert change_attributes({"a": "1", "b": "2"}, {"a": "", "c": "3"}) == {"b": "2", "c": "3"}


def test_an_account_has_a_bounded_number_of_attributes() -> None:
    full = {f"a{number}": "1" for number in range(ATTRIBUTES_LIMIT)}
    assert change_attributes({}, full) == full
    with pytest.raises(InvalidText, match=re.escape(f"at most {ATTRIBUTES_LIMIT} attributes")):
        change_attributes(full, {"one_more": "1"})


def test_attributes_are_found_among_other_values() -> None:
    assert attributes_among({"title": "Boss", "attribute.a": "1"}) == {"a": "1"}
