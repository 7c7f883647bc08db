"""Text of a part is read whatever its encoding claims."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.message_text import (
    TEXT_LIMIT,
    decode_octets,
    read_text,
    shown_lines,
)
from contactsgroups.domain.text import is_control


def test_a_charset_is_read_as_it_is_named() -> None:
    assert decode_octets("Grüße".encode("latin-1"), "ISO-8859-1") == "Grüße"
    assert decode_octets("你好".encode("gb18030"), "gb18030") == "你好"


def test_an_unknown_charset_is_utf_8_or_what_takes_anything() -> None:
    assert decode_octets("Grüße".encode(), "x-unknown") == "Grüße"
    assert decode_octets(b"Gr\xfc\xdfe", "x-unknown") == "Grüße"
    assert decode_octets("Grüße".encode(), "us-ascii") == "Grüße"


@pytest.mark.parametrize(
    "codec", ["zlib", "bz2", "hex", "rot13", "punycode", "unicode_escape", "\0"]
)
def test_what_is_no_charset_of_mail_unpacks_nothing(codec: str) -> None:
    octets = codecs.encode(b"0" * 1_000_000, "zlib")
    assert len(decode_octets(octets, codec)) <= len(octets)


@given(
    st.binary(max_size=300),
    st.sampled_from(["base64", "quoted-printable", "8bit", "x"]),
    st.text(max_size=12),
)
def test_whatever_comes_is_a_text_for_a_page(octets: bytes, encoding: str, charset: str) -> None:
    for is_html in (False, True):
        text = shown_lines(
            read_text(octets, 0, len(octets), encoding, charset, is_html=is_html).text
        )
        assert len(text) <= TEXT_LIMIT
        assert not any(is_control(each) for each in text if each not in "\n\t")
        text.encode()
