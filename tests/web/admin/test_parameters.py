"""What pages are asked with becomes what every database takes."""

from uuid import UUID

import pytest

from contactsgroups.web.admin.parameters import TEXT_LIMIT, one_line, only_uuids

UUID_TEXT = "0a8b4c1e-5f7d-4a3b-9c2d-1e0f9a8b7c6d"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" a\0b\r\nc\t", "a b  c"),
        ("\ud800", ""),
        ("x" * 1000, "x" * TEXT_LIMIT),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian is spelled with joiners.
        ("\u202eabc", "abc"),
    ],
)
def test_a_text_is_one_line_that_keeps_the_letters_of_every_language(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    "text", ["", "x", "\0", f"{UUID_TEXT}\0", UUID_TEXT[:-1], "٣" * 31, "-" * 36]
)
def test_what_is_no_uuid_counts_as_none(text: str) -> None:
    assert only_uuids([text, UUID_TEXT]) == [UUID_TEXT]


def test_each_uuid_is_there_once_and_in_order() -> None:
    other = str(UUID(int=7))
    assert only_uuids([other, UUID_TEXT.upper(), UUID_TEXT, other]) == [other, UUID_TEXT]
