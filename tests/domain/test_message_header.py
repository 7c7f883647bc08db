"""What is read from the header of a message."""

from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.message_header import (
    LOOP_FIELD,
    is_automatic_reply,
    loop_mark,
    loop_marks,
    read_fields,
)


def automatic(*lines: str) -> bool:
    content = "\r\n".join(["Subject: hello", *lines, "", "Auto-Submitted: auto-replied", ""])
    return is_automatic_reply(read_fields(content.encode()))


ANSWERS = "In-Reply-To: <1@example.org>"
GENERATED = [
    "AUTO-SUBMITTED:Auto-Generated",
    'Auto-Submitted: auto-notified; owner-email="a@example.org"',
    "Precedence: bulk",
    "Precedence: JUNK",
    "X-Auto-Response-Suppress: All",
    "X-Auto-Response-Suppress: DR, OOF, AutoReply",
]


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: auto-replied",
        "AUTO-SUBMITTED:Auto-Replied",
        "Auto-Submitted: auto-replied (vacation)",
        "Auto-Submitted: (a comment) auto-replied",
        "Auto-Submitted:\r\n auto-replied",
        "Auto-Submitted : auto-replied",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "X-Autorespond: holidays",
    ],
)
def test_what_a_vacation_program_sends_is_an_automatic_reply(line: str) -> None:
    assert automatic(line)


@pytest.mark.parametrize("line", GENERATED)
def test_what_a_program_wrote_is_a_reply_only_if_it_answers_and_comes_from_no_list(
    line: str,
) -> None:
    """Cron, monitoring and newsletters may be what a group is there for."""
    assert not automatic(line)
    assert automatic(line, ANSWERS)
    assert not automatic(line, ANSWERS, "List-Id: <news.example.org>")
    assert not automatic(line, "In-Reply-To:")


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: NO (a person)",
        "Auto-Submitted:",
        "Precedence: list",
        "Precedence: first-class",
        "X-Auto-Response-Suppress: None",
        "X-Autoreply: no",
        "X-Auto-Submitted: auto-replied",
        "Comments: Auto-Submitted: auto-replied",
        "Subject: x\r\n Auto-Submitted: auto-replied",
    ],
)
def test_a_message_that_a_person_wrote_is_none(line: str) -> None:
    """What the body says does not count."""
    assert not automatic(line)
    assert not automatic(line, ANSWERS)


def test_one_automatic_field_of_several_is_enough() -> None:
    assert automatic("Auto-Submitted: no", "Auto-Submitted: auto-replied")


def test_a_message_without_a_header_has_no_fields() -> None:
    for content in (b"", b"\r\n", b"\r\nAuto-Submitted: yes\r\n", b"no field\r\nPrecedence: bulk"):
        assert list(read_fields(content)) == []


def test_a_group_finds_its_own_mark_and_nobody_reads_its_name_there() -> None:
    content = f"{LOOP_FIELD}: {loop_mark('a')}\r\n{LOOP_FIELD.upper()}:{loop_mark('b')}\r\n\r\n"
    assert loop_marks(read_fields(content.encode())) == {loop_mark("a"), loop_mark("b")}
    assert loop_mark("a") != loop_mark("b")


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)
TEXTS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30)
VALUES = st.lists(TEXTS, min_size=1, max_size=4)
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=6)


@given(fields=FIELDS, body=st.binary(max_size=60), newline=st.sampled_from(["\r\n", "\n"]))
def test_fields_are_those_that_the_standard_library_reads(
    fields: list[tuple[str, list[str]]], body: bytes, newline: str
) -> None:
    header = "".join(f"{name}: {f'{newline}  '.join(words)}{newline}" for name, words in fields)
    content = header.encode() + newline.encode() + body

    found = list(read_fields(content))

    assert [(name, value.split()) for name, value in found] == fields
    reference = message_from_bytes(content)
    assert [name for name, _ in found] == reference.keys()
    assert [value.split() for _, value in found] == [
        str(each).split() for each in reference.values()
    ]


@given(st.binary(max_size=300))
def test_anything_can_be_read(content: bytes) -> None:
    fields = list(read_fields(content))
    assert is_automatic_reply(fields) in {True, False}
    assert all(name.isascii() and "\n" not in value for name, value in fields)
