"""Whatever was typed is read in a header as it was typed, and makes no other field."""

from base64 import b64encode
from email import message_from_bytes, policy
from email.parser import BytesParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.delivery.header_fields import (
    NOBODY_NAMED,
    address_value,
    text_value,
    write_fields,
)
from contactsgroups.domain.text import is_control

_HIDDEN = st.sampled_from(["you\r\nBcc: x", "\n\n<b>", "\xff", "\u202e", "a b", "=?x?=", ""])


@st.composite
def encoded_words(draw: st.DrawFn) -> str:
    """What stands for something else in a header, of any kind, or nearly so."""
    content = draw(_HIDDEN).encode(draw(st.sampled_from(["utf-8", "latin-1"])), "replace")
    charset = draw(st.sampled_from(["utf-8", "UTF-8", "iso-8859-1", "utf-8*en", "unknown", ""]))
    if draw(st.booleans()):
        kind, word = draw(st.sampled_from("bB")), b64encode(content).decode()
    else:
        kind, word = draw(st.sampled_from("qQ")), "".join(f"={each:02X}" for each in content)
    return f"=?{charset}?{kind}?{word}{draw(st.sampled_from(['?=', '=', '']))}"


TYPED = st.lists(encoded_words() | st.text(), max_size=4).map("".join) | st.lists(
    encoded_words() | st.text(), max_size=4
).map(" ".join)
"""Text, with and without what looks like encoded words."""


def cleaned(text: str) -> str:
    return " ".join("".join(" " if is_control(each) else each for each in text).split())


@given(TYPED)
def test_any_text_is_read_as_it_was_typed(typed: str) -> None:
    content = write_fields([("X-First", "1"), ("Subject", text_value("Subject", typed))])
    message = BytesParser(policy=policy.default).parsebytes(content + b"\r\nbody")
    assert message["Subject"] == cleaned(typed)
    assert message.keys() == ["X-First", "Subject"]
    assert message.get_payload() == "body"
    assert message_from_bytes(content + b"\r\nbody").keys() == ["X-First", "Subject"]
    assert content.isascii()
    assert all(len(line) <= 78 for line in content.split(b"\r\n"))


@pytest.mark.parametrize("address", ["=?utf-8?q?a=0d=0abcc=3ax?=@example.org", "=?@example.org"])
def test_an_address_that_looks_like_an_encoded_word_is_not_named(address: str) -> None:
    assert address_value(address) == NOBODY_NAMED


def test_another_address_is_written_as_it_is() -> None:
    assert address_value("gröup@xn--grn-ioa.example") == "gröup@xn--grn-ioa.example"


@pytest.mark.parametrize("address", ["a\r\nBcc: b@example.org", "a@b, c@d", "<a@b>", "a", ""])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        address_value(address)


def test_a_value_that_would_end_its_field_is_refused() -> None:
    with pytest.raises(ValueError, match="control character"):
        write_fields([("To", "a@example.org\nBcc: b@example.org")])
