"""What a notice says, in sentences that the sender puts into the reader's language."""

from dataclasses import dataclass

from contactsgroups.domain.sentence import Sentence
from contactsgroups.domain.text import tidy_name

_NAME_LENGTH = 100  # characters
_QUOTED_LENGTH = 1000  # characters


class Quoted(str):
    """What a person wrote, of one or several lines: it is shown as it is, set off."""

    __slots__ = ()

    def __new__(cls, text: str) -> "Quoted":
        return super().__new__(cls, _cut(text.strip(), _QUOTED_LENGTH))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """What a notice says.

    Attributes:
        subject: one line.
        paragraphs: sentences, and what a person wrote; empty ones are left out.
        domain: whose postmaster it comes from, as A-labels.
        page: where the reader goes on, as a path below the public address of the pages, such as
            "/groups"; the paragraphs name the page in words, too.
    """

    subject: Sentence
    paragraphs: tuple[Sentence | Quoted, ...]
    domain: str
    page: str = ""


def name_in_line(name: str, address: str) -> str:
    """Return a name that can stand in a header and in a line; the address where there is none."""
    return _cut(tidy_name(name), _NAME_LENGTH) or address


def name_with_address(name: str, address: str) -> str:
    """Return a name with the address behind it; the address alone where there is no name."""
    shown = name_in_line(name, address)
    return address if shown == address else f"{shown} ({address})"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + "…"
