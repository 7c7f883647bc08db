"""The vCard 3.0 text of a mail group (RFC 2426), as address-book clients show it best.

Version 3.0, because Radicale does not negotiate versions and damages the photos of 4.0; and no
``KIND:group``, because clients that know it turn the card into a label and stop offering its
address.

And no ``REV``: the text tells what people see and nothing else, so it is the same again, octet by
octet, whenever they see the same; and no address book fetches it for a change that is not shown.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

FOLD_OCTETS = 75  # RFC 2426 section 2.6, less the line end


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCard:
    """The content of a group's card; ``picture`` is a PNG image."""

    uid: str
    name: str
    address: str
    note: str
    picture: bytes


def render(card: GroupCard) -> str:
    """Return the card's text, lines folded at 75 octets and ended by CR LF."""
    return "".join(f"{folded}\r\n" for line in _lines(card) for folded in _fold(line))


def escape(text: str) -> str:
    """Escape a text value (RFC 2426 section 4): backslash, comma, semicolon and line ends."""
    escaped = re.sub(r"([\\,;])", r"\\\1", text)
    return re.sub(r"\r\n|\r|\n", r"\\n", escaped)


def _lines(card: GroupCard) -> Iterator[str]:
    name = escape(card.name)
    yield "BEGIN:VCARD"
    yield "VERSION:3.0"
    yield "PRODID:-//contactsgroups//mail groups//EN"
    yield f"UID:{card.uid}"
    yield f"FN:{name}"
    yield f"N:{name};;;;"
    yield f"ORG:{name}"
    yield "X-ABShowAs:COMPANY"
    yield f"EMAIL;TYPE=INTERNET;TYPE=WORK;TYPE=PREF:{escape(card.address)}"
    yield "CATEGORIES:Mail groups"
    if card.note:
        yield f"NOTE:{escape(card.note)}"
    yield f"PHOTO;ENCODING=b;TYPE=PNG:{base64.b64encode(card.picture).decode('ascii')}"
    yield "END:VCARD"


def _fold(line: str) -> Iterator[str]:
    """Split a long line without cutting a character in two; later parts start with a space."""
    if line.isascii():  # A photo has hundreds of lines: cut them without looking at each octet.
        yield line[:FOLD_OCTETS]
        for start in range(FOLD_OCTETS, len(line), FOLD_OCTETS - 1):
            yield " " + line[start : start + FOLD_OCTETS - 1]
        return
    limit = FOLD_OCTETS
    part: list[str] = []
    size = 0
    for character in line:
        octets = len(character.encode())
        if size + octets > limit:
            yield "".join(part)
            part, size = [" "], 1
        part.append(character)
        size += octets
    yield "".join(part)
