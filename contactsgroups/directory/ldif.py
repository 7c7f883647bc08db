"""LDIF, the text form of LDAP entries (RFC 2849), read line by line and written.

The existing libraries (ldif3, python-ldap) do not report the line of a value, and stop at the
first fault; an import must name each faulty line and go on behind it.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from contactsgroups.directory.lines import Line, read_lines, too_long
from contactsgroups.services.transfer.records import Fault, Place

FOLD_OCTETS = 76  # RFC 2849 note 10 leaves the length open; this is what OpenLDAP writes.
VALUE_LIMIT = 16 * 1024 * 1024  # octets, as they are written
_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9.;-]*")
_CHANGE = frozenset({"changetype", "control"})
_NO_ENTRY = frozenset({"search", "result"})
_SAFE = frozenset(range(1, 128)) - {0x0A, 0x0D}  # SAFE-CHAR
_SAFE_FIRST = _SAFE - {0x20, 0x3A, 0x3C}  # SAFE-INIT-CHAR


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value of an attribute; ``name`` is in lower case, ``line`` is its line number."""

    name: str
    value: bytes
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One LDAP entry."""

    dn: bytes
    line: int
    attributes: tuple[Attribute, ...]

    def values(self, name: str) -> Iterator[Attribute]:
        """Yield the values of an attribute, named in lower case."""
        return (attribute for attribute in self.attributes if attribute.name == name)


class _InvalidLine(Exception):
    """A line cannot be understood; the text says why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def read_entries(file: IO[bytes], name: str) -> Iterator[Entry | Fault]:
    """Yield the entries of a file, and a fault for each that cannot be understood.

    Args:
        name: what faults call the file.
    """
    for number, lines in enumerate(_blocks(_unfolded(read_lines(file)))):
        try:
            entry = _entry(lines, is_first=number == 0)
        except _InvalidLine as error:
            yield Fault(Place(name, error.line), str(error))
        else:
            if entry is not None:
                yield entry


def write_entry(dn: str, attributes: Iterable[tuple[str, str]], file: IO[bytes]) -> None:
    """Write an entry and the empty line behind it.

    No version line comes first: slapcat writes none, and slapadd takes none.
    """
    for name, value in (("dn", dn), *attributes):
        file.write(_fold(_attribute_line(name, value.encode())) + b"\n")
    file.write(b"\n")


def _unfolded(lines: Iterator[Line]) -> Iterator[Line]:
    """Join lines that begin with a space to the one before, and leave out comments."""
    folded: list[Line] = []
    for line in lines:
        if folded and folded[0].content and line.content and line.content.startswith(b" "):
            folded.append(line)
            continue
        yield from _joined(folded)
        folded = [line]
    yield from _joined(folded)


def _joined(folded: Sequence[Line]) -> Iterator[Line]:
    """Yield what folded lines are together, unless it is nothing or a comment."""
    contents = [line.content or b"" for line in folded]
    if not folded or contents[0].startswith(b"#"):
        return
    whole = contents[0] + b"".join(content[1:] for content in contents[1:])
    is_complete = folded[0].content is not None and len(whole) <= VALUE_LIMIT
    yield Line(folded[0].number, whole if is_complete else None)


def _blocks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """Yield the lines between empty lines."""
    block: list[Line] = []
    for line in lines:
        if line.content == b"":
            if block:
                yield block
            block = []
        else:
            block.append(line)
    if block:
        yield block


def _entry(lines: list[Line], *, is_first: bool) -> Entry | None:
    """Return the entry of a block; None for what ldapsearch prints beside entries."""
    attributes = [_attribute(line) for line in lines]
    if is_first and attributes[0].name == "version":
        if attributes[0].value != b"1":
            raise _InvalidLine(attributes[0].line, "only version 1 of LDIF is known")
        attributes = attributes[1:]
    if all(attribute.name in _NO_ENTRY for attribute in attributes):
        return None
    first = attributes[0]
    if first.name != "dn":
        raise _InvalidLine(first.line, "an entry must begin with dn:")
    for attribute in attributes:
        if attribute.name in _CHANGE:
            reason = "this is a change, not an entry; only whole entries can be imported"
            raise _InvalidLine(attribute.line, reason)
    return Entry(first.value, first.line, tuple(attributes[1:]))


def _attribute(line: Line) -> Attribute:
    if line.content is None:
        raise _InvalidLine(line.number, too_long())
    name, colon, rest = line.content.partition(b":")
    if not colon:
        raise _InvalidLine(line.number, "there is no colon behind the name of an attribute")
    if not _NAME.fullmatch(name):
        raise _InvalidLine(line.number, "the text before the colon is no attribute's name")
    return Attribute(name.decode().lower(), _value(rest, line.number), line.number)


def _value(rest: bytes, line: int) -> bytes:
    if rest.startswith(b"<"):
        raise _InvalidLine(line, "a value that is in another file (:<) is not read")
    if not rest.startswith(b":"):
        return rest.lstrip(b" ")
    try:
        return base64.b64decode(rest[1:].strip(b" "), validate=True)
    except binascii.Error:
        raise _InvalidLine(line, "the value behind :: is not base64") from None


def _attribute_line(name: str, value: bytes) -> bytes:
    if not value:
        return f"{name}:".encode()
    if value[0] in _SAFE_FIRST and _SAFE.issuperset(value) and not value.endswith(b" "):
        return f"{name}: ".encode() + value
    return f"{name}:: ".encode() + base64.b64encode(value)


def _fold(line: bytes) -> bytes:
    parts = [line[:FOLD_OCTETS]]
    step = FOLD_OCTETS - 1
    parts += [b" " + line[at : at + step] for at in range(FOLD_OCTETS, len(line), step)]
    return b"\n".join(parts)
