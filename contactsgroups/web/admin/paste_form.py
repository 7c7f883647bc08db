"""The lines that need a look, as a form: each in a field, with what may be meant beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Self

from werkzeug.datastructures import MultiDict

from contactsgroups.domain.member_lines import MemberLine, read_lines, read_one_line
from contactsgroups.web.admin.parameters import one_line

ROWS = 100  # lines that have a field each; the rest is one text
_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteRow:
    """A line in its field; ``seen`` is what it was when it was shown."""

    number: int
    text: str
    fault: str = ""
    proposal: str = ""
    is_used: bool = False
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteForm:
    """Rows, further lines as one text with the number of each, and the last day of them all."""

    rows: tuple[PasteRow, ...] = ()
    rest: str = ""
    numbers: tuple[int, ...] = ()
    until: str = ""

    @classmethod
    def of(cls, shown: Sequence[MemberLine], rest: Sequence[MemberLine]) -> Self:
        """Return the form for lines, of which the first ones have fields."""
        rows = tuple(
            PasteRow(
                number=each.number,
                text=each.text,
                seen=each.text,
                fault=each.fault,
                proposal=each.proposal,
            )
            for each in shown
        )
        texts = [" ".join(each.text.split()) for each in rest]
        return cls(rows=rows, rest="\n".join(texts), numbers=tuple(each.number for each in rest))

    @classmethod
    def posted(cls, given: "MultiDict[str, str]") -> Self:
        """Read a form as it was sent."""
        names = ("number", "text", "seen", "fault", "proposal")
        columns = (given.getlist(name)[:ROWS] for name in names)
        used = set(given.getlist("use"))
        rows = tuple(
            PasteRow(
                number=_number(number),
                text=text,
                seen=seen,
                fault=fault,
                proposal=proposal,
                is_used=str(place) in used,
            )
            for place, (number, text, seen, fault, proposal) in enumerate(
                zip_longest(*columns, fillvalue="")
            )
        )
        numbers = tuple(map(_number, filter(None, given.get("numbers", "").split(","))))
        until = one_line(given.get("until", ""))
        return cls(rows=rows, rest=given.get("rest", ""), numbers=numbers, until=until)

    @property
    def lines(self) -> list[MemberLine]:
        """What is to be added now; rows that were emptied are left out."""
        found: list[MemberLine] = []
        for row in self.rows:
            text = row.proposal if row.is_used and row.proposal else row.text
            found += read_one_line(row.number, text, seen=row.seen)
        return found + self._lines_of_rest()

    def _lines_of_rest(self) -> list[MemberLine]:
        texts = [each for each in self.rest.splitlines() if each.strip()]
        if len(texts) != len(self.numbers):  # Lines were taken out, or are new.
            return read_lines(self.rest)
        numbered = zip(self.numbers, texts, strict=True)
        return [line for number, text in numbered for line in read_one_line(number, text)]


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    return int(text) if is_number else 0
