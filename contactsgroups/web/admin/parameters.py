"""Read parameters of a page, so that nothing reaches a database that it does not take."""

from collections.abc import Iterable
from uuid import UUID

from flask import request

from contactsgroups.domain.address import DOMAIN_LIMIT, Address, normalise_domain
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.text import DEPARTMENT_PATH_LIMIT

TEXT_LIMIT = DOMAIN_LIMIT + 1 + DEPARTMENT_PATH_LIMIT
"""Characters: of what is stored in one line, a department behind its domain is the longest."""
DIGITS_LIMIT = 18
_JOINERS = "\u200c\u200d"  # Names in Persian and in several Indian scripts are spelled with them.


def read_text(name: str) -> str:
    """Return a parameter as one line of printable text, cut to ``TEXT_LIMIT`` characters."""
    return one_line(request.args.get(name, ""))


def read_whole_text(name: str) -> str:
    """Return a parameter as one line of printable text that is judged whole, however long."""
    return _printable(request.args.get(name, ""))


def one_line(text: str) -> str:
    """Return a text as one line of printable text, cut to ``TEXT_LIMIT`` characters.

    Databases refuse some control characters, NUL above all; no stored text contains them.
    """
    return _printable(text[:TEXT_LIMIT])


def only_uuids(texts: Iterable[str]) -> list[str]:
    """Return the UUIDs among texts, each once and as they are stored; the rest counts as none."""
    return list(dict.fromkeys(filter(None, map(_uuid_of, texts))))


def as_domain(text: str) -> str:
    """Return a domain as it is stored, in A-labels; what is none stays as it was typed."""
    try:
        return normalise_domain(text)
    except InvalidAddress:
        return text


def as_address(text: str) -> str:
    """Return an address as it is stored; what is none, and names, stay as they were typed."""
    try:
        return str(Address.parse(text))
    except InvalidAddress:
        return text


def read_number(name: str) -> int | None:
    """Return a parameter as a number of at most 18 digits, which fit into 64 bits; None for none.

    What is no number counts as none: pages begin at the beginning then.
    """
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_LIMIT else None


def _printable(text: str) -> str:
    return "".join(char if _is_kept(char) else " " for char in text).strip()


def _is_kept(char: str) -> bool:
    return char.isprintable() or char in _JOINERS


def _uuid_of(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
