"""Text out of the octets of a message's part: decoded, without markup, at most a page of it."""

import base64
import codecs
import quopri
import re
from dataclasses import dataclass

from contactsgroups.domain.html_text import text_of_html
from contactsgroups.domain.text import is_control

TEXT_LIMIT = 20_000
"""Characters of a text that are shown."""
_OCTETS_LIMIT = 4 * TEXT_LIMIT
"""Octets that are decoded: enough for that many characters, in whatever encoding."""
_STRANGE = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "mbcs", "oem"}
)
"""Codecs of Python that no mail is written in, some of which take their time."""
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_MANY_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text, and whether the part has more of it."""

    text: str
    is_cut: bool


def read_text(
    content: bytes, start: int, end: int, encoding: str, charset: str, *, is_html: bool
) -> ReadText:
    """Return the text of a part that stands between two places of a message.

    Args:
        encoding: its Content-Transfer-Encoding, in lower case (RFC 2045 section 6).
        charset: as the part names it.
    """
    octets = content[start : min(end, start + _OCTETS_LIMIT)]
    text = decode_octets(_decode_transfer(octets, encoding), charset)
    if is_html:
        text = text_of_html(text)
    return ReadText(text, end - start > _OCTETS_LIMIT or len(text) > TEXT_LIMIT)


def decode_octets(octets: bytes, charset: str) -> str:
    """Return octets as text; what the charset does not have is shown as U+FFFD.

    An unknown charset, or none, is read as UTF-8, or else as windows-1252, which takes anything.
    """
    if (codec := _codec(charset)) is not None:
        return octets.decode(codec, "replace")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def shown_lines(text: str) -> str:
    """Return a text fit for a page: no controls, few empty lines in a row, bounded."""
    cut = text[: 2 * TEXT_LIMIT].replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    if not cut.replace("\n", " ").isprintable():
        kept = (each for each in cut if each in "\n\t" or not is_control(each))
        cut = "".join(kept)
    lines = "\n".join(line.rstrip() for line in cut.split("\n"))
    return _MANY_EMPTY_LINES.sub("\n\n", lines).strip("\n")[:TEXT_LIMIT]


def _decode_transfer(octets: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        letters = _NOT_BASE64.sub(b"", octets)
        whole = letters[:-1] if len(letters) % 4 == 1 else letters
        return base64.b64decode(whole + b"=" * (-len(whole) % 4))
    return quopri.decodestring(octets) if encoding == "quoted-printable" else octets


def _codec(charset: str) -> str | None:
    """Return the codec of a charset that mail is written in; None if it is unknown."""
    try:
        found = codecs.lookup(charset.strip())
    except (LookupError, ValueError, UnicodeError):
        return None
    # Some are no charsets: "zlib" would unpack.
    is_charset = getattr(found, "_is_text_encoding", False) and found.name not in _STRANGE
    # Pure ASCII is a promise that mail breaks.
    return found.name if is_charset and found.name != "ascii" else None
