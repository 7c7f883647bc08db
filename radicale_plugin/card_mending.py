"""What older programs send, made cards that can be stored (RFC 6350 section 3, vCard 2.1).

Radicale would refuse such a card, or keep a label that its text does not have any more.  All text
is UTF-8 afterwards.
"""

import binascii
import re
from collections.abc import Iterator

from radicale_plugin.charsets import decode, decode_marked

_LINE_END = re.compile(rb"\r\n?|\n")
_QUOTED_OCTETS = b"QUOTED-PRINTABLE"
_CHARSET = re.compile(r";CHARSET=\"?([^\";:]*)", re.IGNORECASE)
_QUOTED = re.compile(r";(?:ENCODING=)?\"?QUOTED-PRINTABLE\"?(?=[;:]|$)", re.IGNORECASE)
_NAME = re.compile(r"(?:[A-Za-z0-9_-]+\.)?([A-Za-z0-9_-]+)")
# A label of one's own, as Android writes it into a card of version 2.1.
_LABEL = re.compile(r"\bX-CUSTOM\(CHARSET=([\w-]+),ENCODING=QUOTED-PRINTABLE,([=\w .-]*)\)", re.I)
_BREAK = re.compile(r"\r\n?|\n")
_UNESCAPED = re.compile(r"(?<!\\)[,;]")
_STRUCTURED = frozenset({"ADR", "CATEGORIES", "GEO", "N", "NICKNAME", "ORG"})
_SEPARATOR = re.compile(r"(?<!\\),")
_PART = re.compile(r"(?<!\\);")
_NAMED_BY = ("N", "NICKNAME", "ORG", "EMAIL", "TEL")


def read_cards(octets: bytes, charset: str = "") -> str:
    """Return the text of cards, as it can be stored.

    Args:
        charset: what the request says of the character set.
    """
    text = decode_marked(octets)
    if text is None and charset.lower() not in {"", "utf-8", "utf8"}:
        text = decode(octets, charset, "utf-8")
    if text is not None:
        octets = text.encode()
    return "\r\n".join([*_with_names(map(_mend, _lines(octets))), ""])


def _lines(octets: bytes) -> Iterator[str]:
    """Yield properties in one line each.

    They are unfolded before they are decoded: some programs fold within a character.
    """
    parts: list[bytes] = []
    is_quoted = False
    for physical in _LINE_END.split(octets.strip(b"\0\r\n\t ")):
        if is_quoted and parts[-1].endswith(b"="):
            parts[-1:] = [parts[-1][:-1], physical]  # A soft line break (RFC 2045 section 6.7).
        elif physical[:1] in {b" ", b"\t"}:
            parts.append(physical[1:])
        else:
            yield from _decoded(b"".join(parts))
            parts = [physical]
            is_quoted = _QUOTED_OCTETS in physical.partition(b":")[0].upper()
    yield from _decoded(b"".join(parts))


def _decoded(line: bytes) -> Iterator[str]:
    if not line.strip():
        return
    head = line.partition(b":")[0].decode("latin-1")
    yield decode(line, "utf-8", *_CHARSET.findall(head))


def _mend(line: str) -> str:
    """Return a property without quoted-printable, and with the label that its text has now."""
    head, colon, value = _split(line)
    if not colon or not ("=" in head or ";" in head):
        return line
    head = _LABEL.sub(_plain_label, head)
    if _QUOTED.search(head):
        octets = binascii.a2b_qp(value.encode())
        value = _in_one_line(head, decode(octets, *_CHARSET.findall(head), "utf-8"))
        head = _QUOTED.sub("", head)
    return f"{_CHARSET.sub(';CHARSET=UTF-8', head)}{colon}{value}"


def _in_one_line(head: str, value: str) -> str:
    """Write a value with line breaks as later versions do, where commas are escaped as well."""
    if _BREAK.search(value) and _kind_of(head) not in _STRUCTURED:
        value = _UNESCAPED.sub(r"\\\g<0>", value)
    return _BREAK.sub(r"\\n", value)


def _kind_of(head: str) -> str:
    """Return the name of a property, without its group."""
    found = _NAME.match(head)
    return found[1].upper() if found else ""


def _split(line: str) -> tuple[str, str, str]:
    """Divide a property at its colon, which is outside of quotes."""
    end = 0
    for part in re.finditer(r'"[^"]*"|:', line):
        if part[0] == ":":
            end = part.start()
            break
    return (line[:end], ":", line[end + 1 :]) if end else (line, "", "")


def _plain_label(found: re.Match[str]) -> str:
    label = decode(binascii.a2b_qp(found[2].encode()), found[1], "utf-8")
    return f'TYPE="X-{label.translate({34: 39, 10: 32, 13: 32})}"'


def _with_names(lines: Iterator[str]) -> Iterator[str]:
    """Give each card that has no FN, or an empty one, a name of whatever it can be named by.

    Version 2.1 demands none, and some phones send none; all others do (RFC 6350 section 6.2.1).
    """
    named: dict[str, str] = {}
    for line in lines:
        head, colon, value = _split(line)
        name = _kind_of(head) if colon else ""
        if name == "BEGIN":
            named = {}
        elif name == "END" and not named.get("FN", "").strip():
            if text := _name_of(named):
                yield f"FN:{text}"
            elif "FN" in named:
                yield "FN:"
        if not named.get(name, "").strip():
            named[name] = value
        if name != "FN" or value.strip():
            yield line


def _name_of(named: dict[str, str]) -> str:
    for name in _NAMED_BY:
        parts = [_SEPARATOR.sub(" ", part).strip() for part in _PART.split(named.get(name, ""))]
        if name == "N":
            family, given, additional, prefix, suffix = [*parts[:5], "", "", "", "", ""][:5]
            parts = [prefix, given, additional, family, suffix]
        if text := " ".join(filter(None, parts)):
            return text
    return ""
