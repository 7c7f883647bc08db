"""Names and descriptions cannot forge headers, cards or pages."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.errors import InvalidText
from contactsgroups.domain.text import (
    DESCRIPTION_LIMIT,
    NOTE_LIMIT,
    casemap,
    clean_department,
    clean_description,
    clean_name,
    clean_note,
    fold,
    words_in,
)


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


def test_a_note_has_a_thousand_characters_and_its_line_breaks_count_once() -> None:
    assert clean_note("x\r\n" * (NOTE_LIMIT // 2)) == ("x\n" * (NOTE_LIMIT // 2)).strip()
    with pytest.raises(InvalidText, match="the note is longer than 1000 characters"):
        clean_note("x" * (NOTE_LIMIT + 1))


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    try:
        once = clean_name(text, field="name", required=False)
    except InvalidText:
        return
    assert clean_name(once, field="name", required=False) == once


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Große MÜHLE", "grosse muhle"),
        ("Mu\u0308hle", "muhle"),
        ("ΆΛΦΑ", "αλφα"),
        ("İzmir", "izmir"),
        ("שָׁלוֹם", "שלום"),
        ("ＡＢ①", "ab1"),
        ("Ёж", "еж"),
        # Ligatures, and letters with a stroke.
        ("CHŒUR, Æsir, ﬁn", "choeur, aesir, fin"),
        ("Łódź Ørsted Đurđa þór", "lodz orsted durda thor"),
        # Marks that make another letter, or another sound.
        ("Київ й", "киів й"),
        ("ガ", "ガ"),
        ("ｶﾞ", "ガ"),
        ("ก่า", "ก่า"),
        ("क्षि", "क्षि"),
        ("한국", "한국"),
        # A space decides in a rule such as: name starts with "Sales ".
        ("Sales ", "sales "),
    ],
)
def test_folding_leaves_case_and_accents_out_and_keeps_letters(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_does_not_depend_on_how_a_text_is_composed(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert fold(unicodedata.normalize(form, text)) == once


@given(st.text())
def test_address_books_compare_without_case_and_with_accents(text: str) -> None:
    assert casemap(casemap(text)) == casemap(text)
    assert casemap("GRÖSSE") == casemap("größe") != casemap("grosse")


def test_words_are_letters_digits_and_their_marks() -> None:
    assert words_in("a.b-c_d o'neil 42 क्षि 北京") == {
        "a",
        "b",
        "c",
        "d",
        "o",
        "neil",
        "42",
        "क्षि",
        "北京",
    }


@pytest.mark.parametrize("path", ["A//B", "/A", "A/", "A/ /B", "/"])
def test_a_slash_too_many_is_told_as_such(path: str) -> None:
    with pytest.raises(InvalidText, match="a slash stands between two departments"):
        clean_department(path)


@pytest.mark.parametrize("path", [".", "..", "Sales/..", "A/. ./B", " ... "])
def test_dots_alone_are_no_department(path: str) -> None:
    with pytest.raises(InvalidText, match="has dots only"):
        clean_department(path)


def test_dots_beside_letters_are_part_of_a_name() -> None:
    assert clean_department("St. Gallen/.NET") == ["St. Gallen", ".NET"]
