"""Files as text: encodings, and what is no text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.text_files import DecodedText, decode_file, encoding_told_by

_PLAIN = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@given(text=_PLAIN)
def test_unicode_is_read_as_it_was_written(encoding: str, text: str) -> None:
    written = f"ab{text}"  # Two letters of ASCII are enough to tell UTF-16 from UTF-8.
    assert decode_file(written.encode(encoding), field="file") == DecodedText(written)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(encoding: str) -> None:
    data = "ada@example.org".encode(encoding)
    assert encoding_told_by(data[:4]) == encoding
    assert decode_file(data, field="file").text == "ada@example.org"


def test_what_is_not_utf_8_is_guessed_and_said() -> None:
    decoded = decode_file("Jürgen <j@example.org>".encode("cp1252"), field="file")
    assert decoded == DecodedText("Jürgen <j@example.org>", is_guessed=True)


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04\x14\x00\x06\x00", b"\x89PNG\r\n\x1a\n\x00", b"%PDF-1.7\n\x81\xff\x00", b"a\x00b"],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="no text"):
        decode_file(data, field="file")


@given(st.binary())
def test_any_file_is_text_or_refused(data: bytes) -> None:
    try:
        decoded = decode_file(data, field="file")
    except InvalidInput:
        return
    assert "\0" not in decoded.text
