"""The lines that need a look, as a form: each in a field, with what may be meant beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Self

from werkzeug.datastructures import MultiDict

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.last_day import read_last_day
from contactsgroups.domain.member_lines import MemberLine, read_lines, read_one_line
from contactsgroups.web.admin.parameters import one_line

ROWS = 100  # lines that have a field each; the rest is one text
_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteRow:
    """A line in its field; ``seen`` is what it was when shown, ``until`` its own last day."""

    number: int
    text: str
    fault: str = ""
    proposal: str = ""
    is_used: bool = False
    seen: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteForm:
    """Rows, and further lines as one text with the number and the last day of each.

    ``until`` is the last day of all that have none of their own.
    """

    rows: tuple[PasteRow, ...] = ()
    rest: str = ""
    numbers: tuple[int, ...] = ()
    days: tuple[str, ...] = ()
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
                until=_day_of(each),
            )
            for each in shown
        )
        texts = [" ".join(each.text.split()) for each in rest]
        return cls(
            rows=rows,
            rest="\n".join(texts),
            numbers=tuple(each.number for each in rest),
            days=tuple(_day_of(each) for each in rest),
        )

    @classmethod
    def posted(cls, given: "MultiDict[str, str]") -> Self:
        """Read a form as it was sent."""
        names = ("number", "text", "seen", "fault", "proposal", "day")
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
                until=day,
            )
            for place, (number, text, seen, fault, proposal, day) in enumerate(
                zip_longest(*columns, fillvalue="")
            )
        )
        numbers = tuple(map(_number, filter(None, given.get("numbers", "").split(","))))
        return cls(
            rows=rows,
            rest=given.get("rest", ""),
            numbers=numbers,
            days=tuple(given.get("days", "").split(",")) if numbers else (),
            until=one_line(given.get("until", "")),
        )

    @property
    def lines(self) -> list[MemberLine]:
        """What is to be added now; rows that were emptied are left out."""
        found: list[MemberLine] = []
        for row in self.rows:
            text = row.proposal if row.is_used and row.proposal else row.text
            found += _dated(read_one_line(row.number, text, seen=row.seen), row.until)
        return found + self._lines_of_rest()

    def _lines_of_rest(self) -> list[MemberLine]:
        texts = [each for each in self.rest.splitlines() if each.strip()]
        if len(texts) != len(self.numbers):  # Lines were taken out, or are new.
            return read_lines(self.rest)
        days = self.days if len(self.days) == len(texts) else [""] * len(texts)
        return [
            line
            for number, text, day in zip(self.numbers, texts, days, strict=True)
            for line in _dated(read_one_line(number, text), day)
        ]


def _day_of(line: MemberLine) -> str:
    return "" if line.until is None else line.until.isoformat()


def _dated(lines: Iterable[MemberLine], day: str) -> list[MemberLine]:
    """Return lines with their last day, which a page of ours has written."""
    try:
        until = read_last_day(day)
    except InvalidInput:
        until = None
    return [replace(each, until=until) for each in lines]


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    return int(text) if is_number else 0
