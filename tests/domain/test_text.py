"""Names and descriptions cannot forge headers, cards or pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.errors import InvalidText
from contactsgroups.domain.text import DESCRIPTION_LIMIT, clean_description, clean_name


@pytest.mark.parametrize(
    "text",
    [
        "Sales\r\nBcc: everyone@example.org",
        "Sales\nTeam",
        "Sales\x00Team",
        "a\u202eb",
        "a\u2028b",
        "\ud800",
        "",
        "   ",
        "x" * 256,
    ],
)
def test_a_name_that_could_do_harm_is_refused(text: str) -> None:
    with pytest.raises(InvalidText) as caught:
        clean_name(text, field="display_name")
    assert caught.value.field == "display_name"


def test_a_name_is_one_line_with_single_spaces() -> None:
    assert clean_name("  Sales   Te\u0301am ", field="display_name") == "Sales T\u00e9am"


def test_a_name_that_is_not_text_is_refused() -> None:
    with pytest.raises(InvalidText):
        clean_name(7, field="display_name")  # type: ignore[arg-type]


def test_a_description_has_lines_but_no_other_controls() -> None:
    assert clean_description("one\r\ntwo\rthree\n") == "one\ntwo\nthree"
    with pytest.raises(InvalidText):
        clean_description("bell\x07")
    with pytest.raises(InvalidText):
        clean_description("x" * (DESCRIPTION_LIMIT + 1))


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    try:
        once = clean_name(text, field="name", required=False)
    except InvalidText:
        return
    assert clean_name(once, field="name", required=False) == once
