"""Members as people paste and upload them: which line has which address, or what is wrong with it.

Lists in any form that :mod:`contactsgroups.domain.mailboxes` reads; and tables, as the programs
export them that groups come from: Google Workspace, Microsoft 365, Exchange, PostfixAdmin.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress, InvalidInput
from contactsgroups.domain.last_day import read_last_day
from contactsgroups.domain.mailboxes import Mailbox, NoMailbox, parse_mailboxes
from contactsgroups.domain.sentence import Sentence
from contactsgroups.domain.spreadsheets import from_text

_SHOWN = 300
"""Characters of a text that is no address: no address is longer."""
_DELIMITERS = ",;\t"
_ROWS_ABOVE = 4
"""Lines that programs write above the names of the columns: a title, a version, a type."""

# Names of columns without what is neither letter nor digit, the best one first.
_COLUMNS = (
    "memberemail",
    "primarysmtpaddress",
    "emailaddress",
    "email",
    "mail",
    "emailadresse",
    "adressemail",
    "email1value",
    "windowsemailaddress",
    "userprincipalname",
    "memberobjectidoruserprincipalnamememberobjectidorupnrequired",
    "upn",
    "address",
    "smtpaddress",
    "goto",
    "to",
    "username",
    "member",
    "members",
    # In the languages of the pages.
    "mailadresse",
    "adresse",
    "mitglied",
    "电子邮件地址",
    "电子邮件",
    "邮件地址",
    "邮箱地址",
    "邮箱",
    "地址",
    "成员",
)
_UNTIL = (
    *("until", "lastday", "expires", "expirydate", "enddate"),
    *("bis", "letztertag", "gültigbis", "befristetbis", "endet", "endetam"),
    *("截至", "截止日期", "到期日", "到期日期", "最后一天", "有效期至"),
)
"""What a column with the last days of memberships is called."""
_MARKS = re.compile(r"\[(?:required|optional)\]|[\W_]", re.IGNORECASE)
_PLAIN = re.compile("[a-zA-Z0-9_+-][a-zA-Z0-9._+-]*@[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]")
# A day behind an address, as people write it; whether it is one, read_last_day says.
_DAY = re.compile(
    r"[-–—(\[\s]*(?:(?:until|till|through|ends|bis(?: zum)?|endet(?: am)?|截至|直到|至|到)[:\s]*)?"
    r"(?P<day>[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4})[)\]\s]*",
    re.IGNORECASE,
)
_TYPE = re.compile("(?:smtp|x500|sip):", re.IGNORECASE)  # Exchange writes SMTP:ada@example.org


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """A line, or a part of one, that says one member.

    Attributes:
        number: of the line, from 1; of a list in one line, the place in the list.
        text: what stands there.
        address: None if there is none.
        fault: what is wrong then, a sentence without its full stop.
        proposal: an address that may be meant, or "".
        is_seen: somebody has looked at it, and sends it as it is.
        until: the last day of the membership, where the line has one of its own.
        day: what stands there as the last day, also where that is none.
    """

    number: int
    text: str
    address: Address | None = None
    fault: str = ""
    proposal: str = ""
    is_seen: bool = False
    until: date | None = None
    day: str = ""


def read_lines(text: str) -> list[MemberLine]:
    """Return what each line of a pasted list says; the time is linear in its length."""
    lines = [(number, each) for number, each in enumerate(text.splitlines(), 1) if each.strip()]
    if len(lines) == 1:
        return [replace(each, number=place) for place, each in enumerate(_read_line(text, 1), 1)]
    read = [line for number, each in lines for line in read_one_line(number, each)]
    return _without_names(read) if _stand_below_names(read) else read


def read_one_line(number: int, text: str, *, seen: str | None = None) -> list[MemberLine]:
    """Return what one line says, which was line ``number`` of a list.

    Args:
        seen: the text that was shown to somebody before it was sent.
    """
    is_seen = seen is not None and text.strip() == seen.strip()
    if (address := _plain_address(text.strip())) is not None:
        return [MemberLine(number=number, text=text.strip(), address=address, is_seen=is_seen)]
    return [replace(each, is_seen=is_seen) for each in _read_line(text, number)]


def read_file(text: str) -> list[MemberLine]:
    """Return what each line of a file says: a table by its column of addresses, or a list."""
    table = _table_of(text)
    return read_lines(text) if table is None else list(table)


def with_day(line: MemberLine, day: str) -> MemberLine:
    """Return a line with its last day, or with what is wrong with that; the text of it stays.

    So whose day cannot be read is handed back with it, and is never a member without an end.  An
    empty day says nothing.
    """
    day = _day_in(day) or day
    if not day.strip():
        return line
    dated = replace(line, day=day.strip()[:_SHOWN])
    try:
        return replace(dated, until=read_last_day(day))
    except InvalidInput as error:
        return replace(dated, address=None, fault=error.sentence) if line.address else dated


def _read_line(text: str, number: int) -> list[MemberLine]:
    """Return what one line says; a day in it is the last one of the address before it."""
    found: list[MemberLine] = []
    has_stray_day = False
    for each in parse_mailboxes(text):
        day = _day_in(each.name if isinstance(each, Mailbox) else each.text)
        if isinstance(each, Mailbox) or not day:
            found.append(with_day(_line_of(each, number), day))
        elif found and found[-1].address and not found[-1].day:
            found[-1] = with_day(found[-1], day)
        else:
            found.append(_line_of(each, number))
            has_stray_day = True
    return [_held_back(each) for each in found] if has_stray_day else found


def _day_in(text: str) -> str:
    match = _DAY.fullmatch(text)
    return match["day"] if match else ""


def _held_back(line: MemberLine) -> MemberLine:
    """Return a line that nobody joins by: a day beside it may be meant for it."""
    if line.address is None:
        return line
    return replace(line, address=None, fault=Sentence("write the last day behind its address"))


def _plain_address(text: str) -> Address | None:
    """Return what most lines are, an address alone, which takes a third of the time."""
    if not _PLAIN.fullmatch(text):
        return None
    try:
        return Address.parse(text)
    except InvalidAddress:
        return None


def _stand_below_names(lines: Sequence[MemberLine]) -> bool:
    """Whether every second line is the name of the address below it, as in a list of contacts.

    In any other list, a line without an address may be somebody whom nobody must forget.
    """
    names, addresses = lines[::2], lines[1::2]
    is_pairs = len(names) == len(addresses) > 0 and all(each.address for each in addresses)
    return is_pairs and all(not each.address and "@" not in each.text for each in names)


def _without_names(lines: Sequence[MemberLine]) -> list[MemberLine]:
    return [each for each in lines if each.address]


def _line_of(found: Mailbox | NoMailbox, number: int) -> MemberLine:
    if isinstance(found, Mailbox):
        address = Address.parse(found.address)
        return MemberLine(number=number, text=found.address, address=address)
    return MemberLine(
        number=number,
        text=found.text[:_SHOWN],
        fault=found.fault.explanation,
        proposal=found.suggestion,
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row, and the line where it begins."""

    number: int
    cells: Sequence[str]


def _table_of(text: str) -> Iterator[MemberLine] | None:
    """Return the members of a table; None if the text is none, or has a fault of form."""
    for delimiter in _DELIMITERS:
        try:
            rows = list(_rows(text, delimiter))
        except csv.Error:
            continue
        place = _named_column(rows)
        if place is not None:
            above, column = place
            return _members_in(rows[above + 1 :], column, _until_column(rows[above]))
        only = _only_column(rows)
        if only is not None:
            return _members_in(rows, only, _only_day_column(rows))
    return None


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    """Yield the rows that are not empty."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begin = 1
    for cells in reader:
        if any(each.strip() for each in cells):
            yield _Row(begin, [from_text(each.strip()) for each in cells])
        begin = reader.line_num + 1


def _named_column(rows: Sequence[_Row]) -> tuple[int, int] | None:
    """Return the row that names the columns, and the column that has the addresses."""
    for place, row in enumerate(rows[: _ROWS_ABOVE + 1]):
        names = _names_in(row)
        if any("@" in cell for cell in row.cells):
            return None
        for name in _COLUMNS:
            if name in names:
                return place, names.index(name)
    return None


def _names_in(row: _Row) -> list[str]:
    return [_MARKS.sub("", cell).lower() for cell in row.cells]


def _until_column(row: _Row) -> int | None:
    """Return which of the named columns has last days; None if there is none."""
    names = _names_in(row)
    return next((names.index(each) for each in _UNTIL if each in names), None)


def _only_column(rows: Sequence[_Row]) -> int | None:
    """Return the column of addresses of a table without names: the only one with an @ anywhere."""
    width = len(rows[0].cells) if rows else 0
    if width < len("ab") or any(len(row.cells) != width for row in rows):
        return None
    found = {place for row in rows for place, cell in enumerate(row.cells) if "@" in cell}
    return found.pop() if len(found) == 1 else None


def _only_day_column(rows: Sequence[_Row]) -> int | None:
    """Return the column of last days of a table without names: the only one with nothing else."""
    found = [
        place
        for place in range(len(rows[0].cells))
        if any(cells := [row.cells[place] for row in rows])
        and all(not cell or _day_in(cell) for cell in cells)
    ]
    return found[0] if len(found) == 1 else None


def _members_in(
    rows: Iterable[_Row], column: int, until: int | None = None
) -> Iterator[MemberLine]:
    for row in rows:
        cell = row.cells[column] if column < len(row.cells) else ""
        if cell:
            day = row.cells[until] if until is not None and until < len(row.cells) else ""
            yield from (
                with_day(each, day) for each in read_one_line(row.number, _TYPE.sub("", cell))
            )
        else:
            text = ", ".join(filter(None, row.cells))[:_SHOWN]
            yield MemberLine(
                number=row.number, text=text, fault=Sentence("there is no address in this line")
            )
