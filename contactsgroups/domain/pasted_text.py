"""Make text that was copied from a program plain, before recipients are read from it.

``static/recipient-field/mailboxes.js`` does the same in the same steps.
"""

import base64
import binascii
import re
from urllib.parse import unquote

# Copied without being seen: zero-width spaces, soft hyphens, marks of direction, controls.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufdd0\ufdd1\ufeff]"
)
# Joiners mean something between letters of other scripts and in emoji, and nothing after ASCII.
_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]+")
_LINE_END = re.compile("[\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_SPACE = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")

_MARKDOWN = re.compile(r"\[([^\[\]\n]*)\]\((mailto:[^()\s]*)\)", re.IGNORECASE)
# Outlook writes an address twice: ann@example.org<mailto:ann@example.org>
_SECOND = re.compile(r"<mailto:([^\s<>?]*)>", re.IGNORECASE)
# RFC 6068 section 2
_MAILTO = re.compile(r'mailto:([^\s<>()"?]*)(?:\?([^\s<>()"]*))?', re.IGNORECASE)
_PERCENT = re.compile(r"(?:%[0-9a-f]{2})+", re.IGNORECASE | re.ASCII)

_ESCAPED = re.compile(r'\\(["\\])')
# While a text is taken apart these stand for escaped quotes and backslashes.  They are characters
# that no text has (Unicode section 23.7), so a quotation mark that is left always means one.
_STAND_INS = {'"': "\ufdd0", "\\": "\ufdd1"}

_QUOTED = re.compile(r'"([^"]*)"|[“”„‟«»]([^“”„‟«»]*)[“”„‟«»]')
_SINGLE_QUOTED = re.compile("['‘’‚‛](.*)['‘’]")
_BULLET = re.compile(r"^(?:[-–—•*·▪>&+|/=]+|[0-9]+[.)])(?: |$)|[ ][-–—|=]+$")

# RFC 2047 section 2
_CHARSET = (
    r"utf-8|us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|gb\w+|big5|shift_jis|euc-\w+|iso-2022-jp"
)
_ENCODED_WORD = re.compile(rf"=\?({_CHARSET})\?([bq])\?([!->@-~]{{1,200}})\?=", re.I | re.ASCII)
_BETWEEN_ENCODED_WORDS = re.compile(r"(?<=\?=) +(?==\?)")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def clean(text: str) -> str:
    """Return ``text`` without what is not seen, with links as addresses and escapes as stand-ins.

    White space is left as space, tab and line feed.
    """
    once = _SECOND.sub(_leave_one, _plain(text))
    linked = _MAILTO.sub(_addresses_of, _MARKDOWN.sub(r"\1 <\2>", once))
    return _ESCAPED.sub(lambda escaped: _STAND_INS[escaped[1]], _plain(linked))


def restore(cleaned: str) -> str:
    """Return a piece of a cleaned text as it was, with its escapes."""
    return cleaned.replace("\ufdd0", r"\"").replace("\ufdd1", r"\\")


def read_name(cleaned: str) -> str:
    """Return the name that a piece of a cleaned text is, without its quotes and bullets."""
    name = _BULLET.sub("", " ".join(cleaned.split()))
    if match := _QUOTED.fullmatch(name) or _SINGLE_QUOTED.fullmatch(name):
        name = match[match.lastindex or 0]
    name = name.replace("\ufdd0", '"').replace("\ufdd1", "\\")
    decoded = _ENCODED_WORD.sub(_decode, _BETWEEN_ENCODED_WORDS.sub("", name))
    return " ".join(_plain(decoded).split())


def _plain(text: str) -> str:
    seen = _JOINERS.sub("", _INVISIBLE.sub("", text))
    return _SPACE.sub(" ", _LINE_END.sub("\n", seen))


def _leave_one(link: re.Match[str]) -> str:
    address, place = link[1], link.start()
    is_second = bool(address) and link.string[max(place - len(address), 0) : place] == address
    return "" if is_second else link[0]


def _addresses_of(link: re.Match[str]) -> str:
    """Return the recipients of a link, without its subject and other fields."""
    fields = (each.partition("=") for each in (link[2] or "").split("&"))
    further = [value for name, _, value in fields if name.lower() in {"to", "cc"}]
    return ", ".join(_PERCENT.sub(_unquote, each) for each in [link[1], *further] if each)


def _unquote(escaped: re.Match[str]) -> str:
    try:
        return unquote(escaped[0], errors="strict")
    except UnicodeDecodeError:
        return escaped[0]


def _decode(word: re.Match[str]) -> str:
    charset, encoding, encoded = word[1], word[2].lower(), word[3].encode()
    try:
        octets = _decode_base64(encoded) if encoding == "b" else _decode_quoted(encoded)
        return octets.decode(charset)
    except (binascii.Error, LookupError, UnicodeDecodeError):
        return word[0]


def _decode_base64(encoded: bytes) -> bytes:
    padding = b"" if b"=" in encoded else b"=" * (-len(encoded) % 4)
    return base64.b64decode(encoded + padding, validate=True)


def _decode_quoted(encoded: bytes) -> bytes:
    return _HEX.sub(lambda octet: bytes.fromhex(octet[1].decode()), encoded.replace(b"_", b" "))
