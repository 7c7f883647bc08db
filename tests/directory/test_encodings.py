"""Files in any encoding read as UTF-8, and what is no text stays recognisable."""

import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.directory.encodings import as_utf_8
from contactsgroups.domain.errors import InvalidInput

MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


def read(content: bytes, encoding: str = "") -> bytes:
    return as_utf_8(io.BytesIO(content), encoding).read()


@given(st.text(), st.sampled_from(sorted(MARKS)))
def test_a_byte_order_mark_tells_the_encoding(text: str, encoding: str) -> None:
    written = MARKS[encoding] + text.encode(encoding)
    if encoding == "utf-16-le" and text.startswith("\0"):
        return  # These octets are the mark of UTF-32.
    assert read(written) == text.encode()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_told_without_a_mark_by_what_files_begin_with(encoding: str) -> None:
    for text in ("type,address\n丁", "dn: cn=Ä\n", "# a\n", "sep=;\n"):
        assert read(text.encode(encoding)) == text.encode()


@given(st.binary())
def test_without_a_mark_nothing_is_changed(content: bytes) -> None:
    if b"\0" not in content[:4] and not content.startswith(tuple(MARKS.values())):
        assert read(content) == content


@given(
    st.binary(max_size=50),
    st.sampled_from(["", "utf-16", "utf-32", "cp1252", "shift_jis", "utf-7"]),
)
def test_any_octets_can_be_read(content: bytes, encoding: str) -> None:
    read(content, encoding)


def test_what_cannot_be_decoded_is_no_utf_8_and_the_rest_is_there() -> None:
    broken = "a\n".encode("utf-16") + b"\x00\xd8" + "b\n".encode("utf-16-le")
    first, second = read(broken).splitlines()
    assert first == b"a"
    with pytest.raises(UnicodeDecodeError):
        second.decode()
    assert b"\xff" in read(b"abc\x81d", "cp1252")


def test_a_named_encoding_is_used_also_where_a_mark_says_utf_8() -> None:
    assert read("é".encode("cp1252") * 4, "cp1252") == "éééé".encode()
    assert read(codecs.BOM_UTF8 + "é".encode(), "cp1252") == "é".encode()


def test_long_files_are_read_in_pieces() -> None:
    text = "丁é\n" * 100_000
    assert read(text.encode("utf-16")) == text.encode()
    lines = list(as_utf_8(io.BytesIO(text.encode("utf-16"))))
    assert len(lines) == 100_000


@pytest.mark.parametrize(
    "name", ["nothing", "base64", "rot13", "zip", "punycode", "undefined", "\0", "é"]
)
def test_what_is_no_encoding_of_text_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="there is no encoding"):
        as_utf_8(io.BytesIO(b"abcd"), name)
