"""The text of cards that a client puts, checked before anything parses it.

Radicale searches a text with expressions that take quadratic time for some, and vobject copies a
property again for each of its folded lines.  So what they would choke on is counted first.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus

from radicale_plugin import limits
from radicale_plugin.refusal import Refusal, forbidden, too_large

# What Radicale takes out of a text before it is parsed.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BLANK_LINE = re.compile(r"(?m)^[ \t]*\r?\n")
_HEAD = re.compile(r'(?:[^":]|"[^"]*")*')  # Up to a colon outside of quotes.
_TIME_ZONE = re.compile(r"TZID|TZNAME")
# Lines that open a component; PROFILE does so in vobject.
_OPENING = frozenset({"BEGIN", "PROFILE"})
_CARDS = frozenset({"VCARD", "VLIST"})  # VLIST is a list of SOGo Connector's.


def check_cards(text: str) -> None:
    """Check that a text may be parsed as one card, or as all cards of a book.

    A text that is no card passes: the parser names its fault, and is quick to find it.

    Raises:
        Refusal: it has something else than cards, or more of something than ``limits`` allows.
    """
    if len(text) > limits.CARD:
        raise too_large(f"cards have at most {limits.CARD} octets")
    _count("lines", text.count("\n"), limits.LINES)
    _count("time zones", len(_TIME_ZONE.findall(text)), limits.TIME_ZONES)
    properties = cards = 0
    for head, value in logical_lines(text):
        properties += 1
        if _name_of(head) in _OPENING:
            _check_component(value)
            cards += 1
    _count("properties", properties, limits.PROPERTIES)
    _count("cards", cards, limits.CARDS_AT_ONCE)


def logical_lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before and behind the colon of each property, unfolded.

    Raises:
        Refusal: what stands before it is too long to be parsed.
    """
    for line in _unfold(_BLANK_LINE.sub("", _CONTROLS.sub("", text))):
        end = _end_of_head(line)
        yield line[:end], line[end + 1 :]


def _unfold(text: str) -> Iterator[str]:
    """Yield properties in one line each, as vobject takes them (RFC 6350 section 3.2).

    Only the line breaks of quoted-printable stay: what follows is taken for a line of its own.
    """
    parts: list[str] = []
    for physical in text.split("\n"):
        line = physical.rstrip("\r")
        if line[:1] in {" ", "\t"} and line.strip():
            parts.append(line[1:])
            continue
        if parts:
            yield "".join(parts)
        parts = [line] if line.strip() else []
    if parts:
        yield "".join(parts)


def _end_of_head(line: str) -> int:
    """Return where name and parameters of a property end.

    Raises:
        Refusal: they are too long, or a quote in them is never closed.
    """
    found = _HEAD.match(line, 0, limits.HEAD + 1)
    end = found.end() if found else 0
    is_open = end < len(line) and line[end] != ":"
    if len(line) > limits.HEAD and (is_open or end > limits.HEAD):
        raise _too_large(f"a property has at most {limits.HEAD} characters before its colon")
    return end


def _name_of(head: str) -> str:
    """Return the name of a property without its group (RFC 6350 section 3.3)."""
    return head.partition(";")[0].rpartition(".")[2].strip().upper()


def _check_component(value: str) -> None:
    if value.strip().upper() not in _CARDS:
        raise not_a_card()


def not_a_card() -> Refusal:
    """Return the refusal of something else than cards (RFC 6352 section 6.3.2.1)."""
    return Refusal(
        HTTPStatus.FORBIDDEN,
        "this server stores address books only",
        "CR:supported-address-data",
    )


def _count(what: str, number: int, limit: int) -> None:
    if number > limit:
        raise _too_large(f"there are at most {limit} {what} in one request")


def _too_large(reason: str) -> Refusal:
    return forbidden(reason, "CR:max-resource-size")
