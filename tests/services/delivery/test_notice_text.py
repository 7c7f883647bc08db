"""Names and quotations are short, and stay what they are."""

from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.services.delivery.notice_text import (
    Quoted,
    name_in_line,
    name_with_address,
)


@given(st.text())
def test_a_name_is_one_short_line(name: str) -> None:
    shown = name_in_line(name, "a@example.org")
    assert 0 < len(shown) <= 101
    assert len(shown.splitlines()) == 1


def test_an_address_stands_where_there_is_no_name_and_behind_one() -> None:
    assert name_in_line(" ", "a@example.org") == "a@example.org"
    assert name_with_address("", "a@example.org") == "a@example.org"
    assert name_with_address("Ada", "a@example.org") == "Ada (a@example.org)"


def test_what_was_written_keeps_its_lines_up_to_a_length() -> None:
    assert Quoted(" one\n\ntwo \n") == "one\n\ntwo"
    assert Quoted("x" * 2000) == "x" * 1000 + "…"
