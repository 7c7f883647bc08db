"""Lists of main.cf are read as Postfix reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.delivery.postfix_configuration import split_list


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("", []),
        (" , ", []),
        ("a, b c,d", ["a", "b", "c", "d"]),
        ("check { unix:x, timeout=1s }, defer", ["check", "{ unix:x, timeout=1s }", "defer"]),
        ("a {b {c, d} e} f", ["a", "{b {c, d} e}", "f"]),
    ],
)
def test_commas_and_spaces_part_what_is_not_in_braces(text: str, elements: list[str]) -> None:
    assert split_list(text) == elements


@given(st.text("ab ,{}", max_size=30))
def test_nothing_but_separators_is_lost_whatever_the_braces(text: str) -> None:
    def essence(shown: str) -> str:
        return shown.replace(" ", "").replace(",", "")

    assert essence("".join(split_list(text))) == essence(text)
