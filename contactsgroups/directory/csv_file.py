"""CSV as spreadsheets write it: one table for everything, and a row's ``type`` says what it is.

The columns and what they mean are described in ``docs/import.md``.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO

from contactsgroups.directory.csv_rows import COLUMNS, InvalidRow, Row, cells_of, record_of
from contactsgroups.directory.lines import Line, read_lines, too_long
from contactsgroups.domain.spreadsheets import as_text, from_text
from contactsgroups.services.transfer.records import Fault, Place, Record

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DELIMITERS = ",;\t"
_REQUIRED = ("type", "address")


def read(file: IO[bytes], name: str) -> Iterator[Record | Fault]:
    """Yield the record of each row, and a fault for each row that cannot be understood.

    Args:
        file: UTF-8, with or without a byte order mark; cells separated by comma, semicolon or tab.
        name: what faults call the file.
    """
    lines = _TextLines(read_lines(file))
    rows = _rows(lines)
    header = next(rows, None)
    if header is None:
        return
    try:
        columns = _columns(header)
    except InvalidRow as error:
        yield Fault(Place(name, header.line), str(error))
        return
    for row in rows:
        place = Place(name, row.line)
        try:
            yield record_of(Row(place, _cells(columns, row)))
        except InvalidRow as error:
            yield Fault(place, str(error))
    yield from (Fault(Place(name, number), too_long()) for number in lines.too_long)


def write(records: Iterable[Record], file: IO[bytes]) -> None:
    """Write records as UTF-8 with a header line, a row each."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in records:
        cells = cells_of(record)
        writer.writerow(as_text(cells.get(column, "")) for column in COLUMNS)
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
        content = line.content
        if line.number == 1:
            content = content.removeprefix(_BYTE_ORDER_MARK)
        # What is not UTF-8 is found later, when it is known which row it belongs to.
        return content.decode("utf-8", "surrogateescape") + "\n"


@dataclass(frozen=True, slots=True)
class _RawRow:
    """Cells as the CSV parser found them, or ``fault``; and the line where the row begins."""

    line: int
    cells: Sequence[str]
    fault: str = ""


def _rows(lines: _TextLines) -> Iterator[_RawRow]:
    """Yield the rows that are not empty."""
    first = next(lines, None)
    if first is None:
        return
    reader = csv.reader(chain([first], lines), delimiter=_delimiter(first), strict=True)
    begin = 1
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


def _delimiter(header: str) -> str:
    """Return what separates the header's cells: no column has any of these in its name."""
    return max(_DELIMITERS, key=header.count)


def _columns(header: _RawRow) -> list[str]:
    if header.fault:
        raise InvalidRow(header.fault)
    names = [cell.strip().lower().replace(" ", "_") for cell in header.cells]
    for name in filter(None, names):
        if name not in COLUMNS:
            shown = name.encode("utf-8", "replace").decode()[:80]
            raise InvalidRow(f"there is no column {shown}; there are: {', '.join(COLUMNS)}")
        if names.count(name) > 1:
            raise InvalidRow(f"the column {name} is there twice")
    for name in _REQUIRED:
        if name not in names:
            raise InvalidRow(f"the first line must name the columns; {name} is missing")
    return names


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
        raise InvalidRow("the row is not UTF-8 text") from None
