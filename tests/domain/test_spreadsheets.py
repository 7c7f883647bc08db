"""Cells that no spreadsheet takes for a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.spreadsheets import as_text, from_text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_begins_like_a_formula_is_marked_as_text(start: str) -> None:
    assert as_text(f"{start}1+1") == f"'{start}1+1"


def test_other_text_stays_as_it_is() -> None:
    assert [as_text(each) for each in ("", "a=1", "1-2", "ada@example.org")] == [
        "",
        "a=1",
        "1-2",
        "ada@example.org",
    ]


@given(st.text(st.sampled_from("=+-@'\t\raü "), max_size=6))
def test_what_is_read_again_is_what_was_written(cell: str) -> None:
    assert from_text(as_text(cell)) == cell


@given(st.text(max_size=6))
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    assert not as_text(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
