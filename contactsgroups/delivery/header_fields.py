"""Header fields of messages of our own, in which nothing that was typed is ever interpreted.

The standard library's :class:`email.message.EmailMessage` decodes encoded words (RFC 2047) that
stand in a value, and writes what comes out, line breaks included.  Here a value that looks like
one is encoded itself, so that it is read as it was typed.
"""

from collections.abc import Iterable
from email.header import Header

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.text import is_control

NOBODY_NAMED = "undisclosed-recipients:;"
"""An empty group of addresses (RFC 5322 section 3.4)."""
_WORD_BEGINS = "=?"
_LONGEST_PLAIN = 60  # characters; a line should have 78 at most (RFC 5322 section 2.1.1)
_LINE = 76  # characters, of a line with an encoded word (RFC 2047 section 2)


def write_fields(fields: Iterable[tuple[str, str]]) -> bytes:
    """Return header fields as they are sent, in UTF-8 (RFC 6532); values are finished.

    Raises:
        ValueError: a value would end its field.
    """
    lines = [f"{name}: {value}" for name, value in fields]
    for line in lines:
        unfolded = line.replace("\r\n ", "")
        if any(map(is_control, unfolded)):
            raise ValueError("a control character cannot stand in a header field")
    return "".join(f"{line}\r\n" for line in lines).encode()


def text_value(name: str, text: str) -> str:
    """Return any text as the value of an unstructured field, such as ``Subject``, folded.

    It is read as it was, in one line, without control characters.
    """
    plain = " ".join("".join(" " if is_control(each) else each for each in text).split())
    is_plain = plain.isascii() and _WORD_BEGINS not in plain and len(plain) <= _LONGEST_PLAIN
    if is_plain:
        return plain
    header = Header(plain, charset="utf-8", header_name=name, maxlinelen=_LINE)
    return header.encode(linesep="\r\n")


def address_value(text: str) -> str:
    """Return a bare address as the value of ``To`` or ``From``.

    An address that a reader could take for an encoded word is not named.

    Raises:
        ValueError: it is no address.
    """
    try:
        Address.parse(text)
    except InvalidAddress as error:
        raise ValueError(f"no address: {error}") from error
    return NOBODY_NAMED if _WORD_BEGINS in text else text
