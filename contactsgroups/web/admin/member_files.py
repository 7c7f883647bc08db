"""A group's members as files: CSV for spreadsheets, and plain text, an address a line."""

import csv
import io
from collections.abc import Iterable, Iterator

from contactsgroups.domain.spreadsheets import as_text
from contactsgroups.services.groups.member_listing import ListedMember

COLUMNS = ("address", "name", "kind", "since", "until")

_BYTE_ORDER_MARK = "\ufeff"  # Without it, spreadsheets take UTF-8 for something else.
_TOGETHER = 500  # rows that are sent in one piece


def csv_pieces(members: Iterable[ListedMember]) -> Iterator[str]:
    """Yield a CSV file (RFC 4180), a row for each member; ``since`` and ``until`` are in UTC."""
    yield _BYTE_ORDER_MARK + _csv_text([COLUMNS])
    yield from _joined(_csv_text([map(as_text, _cells(each))]) for each in members)


def text_pieces(members: Iterable[ListedMember]) -> Iterator[str]:
    """Yield the addresses, one a line: what may be pasted again."""
    yield from _joined(f"{each.original}\n" for each in members)


def _cells(member: ListedMember) -> tuple[str, ...]:
    kind = "inactive account" if member.is_inactive else member.kind
    since = member.since.isoformat(sep=" ", timespec="seconds")
    until = "" if member.until is None else member.until.isoformat()
    return member.original, member.name, kind, since, until


def _csv_text(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines many at a time: each piece is written to the client by itself."""
    together: list[str] = []
    for line in lines:
        together.append(line)
        if len(together) == _TOGETHER:
            yield "".join(together)
            together.clear()
    yield "".join(together)
