"""Text out of the octets of a message's part: decoded, without markup, at most a page of it."""

import base64
import codecs
import quopri
import re
from dataclasses import dataclass
from html import unescape

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
_SILENT = frozenset({"head", "script", "style", "title", "template", "noscript"})
_LINES = frozenset(
    "address article blockquote br dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li ol p "
    "pre section table tr ul".split()
)
_TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9]*)")
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


def text_of_html(html: str) -> str:
    """Return what a page of HTML says, a line for each block, without markup, links or pictures.

    It is read once, from the beginning to the end: what the standard library has for it takes
    minutes for a page of broken tags.
    """
    found: list[str] = []
    place = 0
    while place < len(html):
        begin = html.find("<", place)
        if begin < 0:
            begin = len(html)
        found.append(_words(html[place:begin]))
        place = _behind_markup(html, begin, found)
    return "".join(found)


def _behind_markup(html: str, begin: int, found: list[str]) -> int:
    """Return where text goes on behind what begins with "<"; note whether a line ends."""
    if html.startswith("<!--", begin):
        return _behind(html, "-->", begin + 4)
    tag = _TAG.match(html, begin)
    if tag is None:
        if begin < len(html) and html[begin + 1 : begin + 2] in {"!", "?", "/"}:
            return _behind(html, ">", begin)
        found.append(html[begin : begin + 1])
        return begin + 1
    name = tag[1].lower()
    if name.lstrip("/") in _LINES:
        found.append("\n")
    elif name in {"td", "th"}:
        found.append(" ")
    end = _behind(html, ">", tag.end())
    if name in _SILENT:
        end = _behind(html, ">", _behind(html, f"</{name}", end))
    return end


def _behind(html: str, text: str, place: int) -> int:
    """Return where the next such text ends, whatever its case; the end of all if there is none."""
    at = re.compile(re.escape(text), re.IGNORECASE).search(html, place)
    return len(html) if at is None else at.end()


def shown_lines(text: str) -> str:
    """Return a text fit for a page: no controls, few empty lines in a row, bounded."""
    cut = text[: 2 * TEXT_LIMIT].replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    if not cut.replace("\n", " ").isprintable():
        kept = (each for each in cut if each in "\n\t" or not is_control(each))
        cut = "".join(kept)
    lines = "\n".join(line.rstrip() for line in cut.split("\n"))
    return _MANY_EMPTY_LINES.sub("\n\n", lines).strip("\n")[:TEXT_LIMIT]


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(text))


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
