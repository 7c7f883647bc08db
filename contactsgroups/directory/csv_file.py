"""CSV as spreadsheets write it: one table for everything, and a row's ``type`` says what it is.

The columns and what they mean are described in ``docs/import.md``.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import IO

from contactsgroups.directory.csv_rows import (
    COLUMNS,
    InvalidRow,
    Row,
    cells_of,
    is_column,
    record_of,
)
from contactsgroups.directory.lines import EMPTY, NO_UTF_8, Line, read_lines, too_long
from contactsgroups.domain.attributes import attribute_field
from contactsgroups.domain.spreadsheets import as_text, from_text
from contactsgroups.services.transfer.records import Fault, Place, Record

_DELIMITERS = ",;\t"
_SHOWN_COLUMNS = 10
NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
_REQUIRED = ("type", "address")
# Excel's own line about what separates the cells: sep=;
_SEPARATOR_LINE = re.compile(r'"?sep=([^"\w])"?[,;\t ]*', re.IGNORECASE)


def read(
    file: IO[bytes], name: str, attributes: Mapping[str, str] = NO_ATTRIBUTES
) -> Iterator[Record | Fault]:
    """Yield the record of each row, and a fault for each row that cannot be understood.

    Args:
        file: UTF-8 or UTF-16; cells separated by comma, semicolon or tab, or by what a first line
            ``sep=;`` says.
        name: what faults call the file.
        attributes: which columns are attributes of accounts, beside those that begin with
            ``attribute.``, and which.
    """
    lines = _TextLines(read_lines(file))
    rows = _rows(lines)
    header = next(rows, None)
    if header is None:
        yield Fault(Place(name, 1), EMPTY)
        return
    try:
        columns = _columns(header, {_column_name(each): attributes[each] for each in attributes})
    except InvalidRow as error:
        yield Fault(Place(name, header.line), str(error))
        return
    is_bare = True
    for row in rows:
        is_bare, place = False, Place(name, row.line)
        try:
            yield record_of(Row(place, _cells(columns, row)))
        except InvalidRow as error:
            yield Fault(place, str(error))
    yield from (Fault(Place(name, number), too_long()) for number in lines.too_long)
    if is_bare and not lines.too_long:
        yield Fault(Place(name, header.line + 1), "there is no row below the names of the columns")


def write(records: Iterable[Record], file: IO[bytes]) -> None:
    """Write records as UTF-8 with a header line, a row each."""
    rows = [cells_of(record) for record in records]
    columns = (*COLUMNS, *sorted({name for row in rows for name in row} - {*COLUMNS}))
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for cells in rows:
        writer.writerow(as_text(cells.get(column, "")) for column in columns)
    text.flush()
    text.detach()


class _TextLines:
    """Passes lines to the CSV parser as text, and counts them."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self.number = 0
        self.too_long: list[int] = []
        self._lines = lines

    def __iter__(self) -> "_TextLines":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number = line.number
        if line.content is None:
            self.too_long.append(line.number)
            return "\n"
        # What is not UTF-8 is found later, when it is known which row it belongs to.
        return line.content.decode("utf-8", "surrogateescape") + "\n"


@dataclass(frozen=True, slots=True)
class _RawRow:
    """Cells as the CSV parser found them, or ``fault``; and the line where the row begins."""

    line: int
    cells: Sequence[str]
    fault: str = ""


def _rows(lines: _TextLines) -> Iterator[_RawRow]:
    """Yield the rows that are not empty."""
    first = _next_filled(lines)
    separator = _SEPARATOR_LINE.fullmatch(first.rstrip("\r\n"))
    if separator is not None:
        first = _next_filled(lines)
    delimiter = separator[1] if separator else _delimiter(first)
    reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    begin = lines.number
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _RawRow(begin, (), f"this is not a row of a CSV file: {error}")
        else:
            if any(cells):
                yield _RawRow(begin, cells)
        begin = lines.number + 1


def _next_filled(lines: Iterator[str]) -> str:
    """Return the next line that is not empty; an empty text behind the last one."""
    return next((line for line in lines if line.strip()), "")


def _delimiter(header: str) -> str:
    """Return what separates the header's cells: no column has any of these in its name."""
    return max(_DELIMITERS, key=header.count)


def _column_name(cell: str) -> str:
    return cell.strip().lower().replace(" ", "_")


def _columns(header: _RawRow, attributes: Mapping[str, str]) -> list[str]:
    if header.fault:
        raise InvalidRow(header.fault)
    _require_text(header)
    names = [_column_name(cell) for cell in header.cells]
    names = [attribute_field(attributes[each]) if each in attributes else each for each in names]
    faults = [*_unknown_columns(names)]
    faults += [
        f"the column {each} is there twice"
        for each in dict.fromkeys(names)
        if _is_repeated(each, names)
    ]
    if missing := [each for each in _REQUIRED if each not in names]:
        verb = "is" if len(missing) == 1 else "are"
        shown = " and ".join(missing)
        faults.append(f"the first line must name the columns; {shown} {verb} missing")
    if faults:
        raise InvalidRow("; ".join(faults))
    return names


def _is_repeated(name: str, names: Sequence[str]) -> bool:
    return is_column(name) and names.count(name) > 1


def _unknown_columns(names: Sequence[str]) -> Iterator[str]:
    """Yield which columns are unknown, all of them at once, and which there are."""
    if unknown := [name[:80] for name in names if name and not is_column(name)]:
        shown = ", ".join(unknown[:_SHOWN_COLUMNS])
        more = ", ..." if len(unknown) > _SHOWN_COLUMNS else ""
        yield f"there is no column {shown}{more}; there are: {', '.join(COLUMNS)}, attribute.NAME"


def _require_text(header: _RawRow) -> None:
    """Refuse what no editor shows, such as the .xlsx file of a spreadsheet, before naming it."""
    for cell in header.cells:
        if any(unicodedata.category(each) == "Cc" and not each.isspace() for each in cell):
            raise InvalidRow('the file is no text: save it as CSV, "CSV UTF-8" in Excel')
        _require_utf_8(cell)


def _cells(columns: Sequence[str], row: _RawRow) -> dict[str, str]:
    if row.fault:
        raise InvalidRow(row.fault)
    if any(row.cells[len(columns) :]):
        raise InvalidRow(f"the row has more than {len(columns)} cells")
    for cell in row.cells:
        _require_utf_8(cell)
    named = zip(columns, row.cells, strict=False)
    return {column: from_text(cell.strip(" \t")) for column, cell in named if column}


def _require_utf_8(cell: str) -> None:
    try:
        cell.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidRow(f"the row {NO_UTF_8}") from None
