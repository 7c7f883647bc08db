"""Parse recipient lists (RFC 5322 mailbox-list, leniently).

The recipient field in the browser parses in the same way; this parser serves pages without
JavaScript and checks all input.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACKETED = re.compile(r"<[^<>]*>")
_PLAIN = re.compile(r'[^",;，；<]+')
_SEPARATORS = frozenset(",;，；")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One recipient as it was typed; ``address`` may be anything, ``text`` is all of it."""

    text: str
    name: str
    address: str

    def parse(self, *, field: str) -> Address:
        """Return the address.

        Raises:
            InvalidAddress: it is none.
        """
        return Address.parse(self.address, field=field)


def split_mailboxes(text: str) -> list[Mailbox]:
    """Cut a text at commas, semicolons and line ends, but not inside quotes or angle brackets.

    A fault never affects other lines: quotes end with their line.  The time is linear in the
    length of the text.
    """
    parts = (part.strip() for line in text.splitlines() for part in _split_line(line))
    return [_mailbox(part) for part in parts if part]


def addresses_in(text: str) -> list[str]:
    """Return the addresses in a text, unchecked, without the names beside them."""
    return [mailbox.address for mailbox in split_mailboxes(text)]


def parse_mailboxes(text: str, *, field: str) -> tuple[list[Address], list[tuple[str, str]]]:
    """Return the valid addresses, and each part that is none with the reason."""
    valid: list[Address] = []
    invalid: list[tuple[str, str]] = []
    for mailbox in split_mailboxes(text):
        try:
            valid.append(mailbox.parse(field=field))
        except InvalidAddress as error:
            invalid.append((mailbox.text, str(error)))
    return valid, invalid


def _split_line(line: str) -> Iterator[str]:
    part: list[str] = []
    for piece in _pieces(line):
        if piece in _SEPARATORS:
            yield "".join(part)
            part = []
        else:
            part.append(piece)
    yield "".join(part)


def _pieces(line: str) -> Iterator[str]:
    """Cut a line into separators, quoted strings, bracketed addresses and what is between."""
    position, has_closing_quote = 0, True
    while position < len(line):
        character = line[position]
        match = None
        if character == '"' and has_closing_quote:
            match = _QUOTED.match(line, position)
            # Without this, a line of lone quotes would be searched to its end for each of them.
            has_closing_quote = match is not None
        elif character == "<":
            match = _BRACKETED.match(line, position)
        elif character not in _SEPARATORS:
            match = _PLAIN.match(line, position)
        end = match.end() if match else position + 1
        yield line[position:end]
        position = end


def _mailbox(part: str) -> Mailbox:
    if part.endswith(">") and "<" in part:
        name, _, rest = part.rpartition("<")
        return Mailbox(part, _unquote(name.strip()), _bare(rest[:-1]))
    return Mailbox(part, "", _bare(part))


def _bare(address: str) -> str:
    stripped = address.strip()
    return stripped[7:] if stripped[:7].lower() == "mailto:" else stripped


def _unquote(name: str) -> str:
    if len(name) >= 2 and name[0] == name[-1] == '"':
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name
