"""The lines that need a look, as a form: each in a field, with what may be meant beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Self

from werkzeug.datastructures import MultiDict

from contactsgroups.domain.member_lines import MemberLine, read_lines, read_one_line, with_day
from contactsgroups.web.admin.parameters import one_line

ROWS = 100  # lines that have a field each; the rest is one text
_DIGITS = 8
_LIKE_A_DAY = re.compile(r"[0-9]{1,4}[-./ ][0-9]{1,2}[-./ ][0-9]{1,4}\.?")


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
    """Rows, and further lines as one text with the number of each.

    A further line has its last day behind a comma, so it keeps it wherever it is moved to.
    ``until`` is the last day of all that have none of their own.
    """

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
                until=_day_of(each),
            )
            for each in shown
        )
        texts = [_in_one_line(each) for each in rest]
        return cls(
            rows=rows,
            rest="\n".join(texts),
            numbers=tuple(each.number for each in rest),
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
            until=one_line(given.get("until", "")),
        )

    @property
    def has_dated_rest(self) -> bool:
        """Whether one of the further lines has a last day."""
        return any(_split_day(each)[1] for each in self.rest.splitlines())

    @property
    def lines(self) -> list[MemberLine]:
        """What is to be added now; rows that were emptied are left out."""
        found: list[MemberLine] = []
        for row in self.rows:
            text = row.proposal if row.is_used and row.proposal else row.text
            read = read_one_line(row.number, text, seen=row.seen)
            found += [with_day(each, row.until) for each in read]
        return found + self._lines_of_rest()

    def _lines_of_rest(self) -> list[MemberLine]:
        texts = [each for each in self.rest.splitlines() if each.strip()]
        numbers: Sequence[int] = self.numbers
        if len(texts) != len(numbers):  # Lines were taken out, or are new.
            if not self.has_dated_rest:
                return read_lines(self.rest)
            numbers = range(1, len(texts) + 1)
        return [
            with_day(line, day)
            for number, (text, day) in zip(numbers, map(_split_day, texts), strict=True)
            for line in read_one_line(number, text)
        ]


def _day_of(line: MemberLine) -> str:
    return line.day or ("" if line.until is None else line.until.isoformat())


def _in_one_line(line: MemberLine) -> str:
    """Return a further line, with its last day behind a comma."""
    day = _day_of(line).replace(",", " ")
    return ", ".join(" ".join(each.split()) for each in (line.text, day) if each.strip())


def _split_day(text: str) -> tuple[str, str]:
    """Return what stands before the last day of a further line, and that day or "".

    What stands alone behind the comma of an address is its day, also if it cannot be read: it must
    not get lost.
    """
    before, _, last = (each.strip() for each in text.rpartition(","))
    is_day = _LIKE_A_DAY.fullmatch(last) or ("@" in before and "@" not in last)
    return (before, last) if before and last and is_day else (text, "")


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    return int(text) if is_number else 0
