"""The audit log as files: CSV for spreadsheets, and JSON lines for programs."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from contactsgroups.domain.address import display_address
from contactsgroups.domain.spreadsheets import as_text
from contactsgroups.services.audit_log import AuditEntry
from contactsgroups.web.admin.audit_words import Difference, tell

COLUMNS = ("id", "when", "who", "from", "what", "on", "domain", "field", "before", "after")

_BYTE_ORDER_MARK = "\ufeff"  # Without it, spreadsheets take UTF-8 for something else.


def csv_pieces(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield a CSV file (RFC 4180): one row for each field, and each member, that differs.

    It is English whatever the page's language is: programs read it, too.
    """
    yield _BYTE_ORDER_MARK + _csv_line(COLUMNS)
    for entry in entries:
        yield "".join(_csv_line(map(as_text, cells)) for cells in _rows(entry))


def json_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield one JSON object a line for each entry, with the names that the API has for it."""
    for entry in entries:
        values = asdict(entry) | {"at": entry.at.isoformat()}
        values["group"] = values.pop("group_uuid") or None
        yield json.dumps(values, ensure_ascii=False) + "\n"


def _rows(entry: AuditEntry) -> Iterator[tuple[str, ...]]:
    told = tell(entry)
    when = entry.at.isoformat(sep=" ", timespec="seconds")
    actor, subject, domain = map(display_address, (entry.actor, entry.subject, entry.domain))
    what = f"{told.what[:1].upper()}{told.what[1:]}"
    begin = (str(entry.id), when, actor, entry.origin, what, subject, domain)
    if not told.differences:
        yield (*begin, "", "", "")
    for each in told.differences:
        for before, after in _pairs(each):
            yield (*begin, each.label, before, after)


def _pairs(difference: Difference) -> Iterator[tuple[str, str]]:
    """Yield what a field was and is; of lists, each that went and each that came."""
    if difference.is_list:
        yield from ((each, "") for each in difference.before)
        yield from (("", each) for each in difference.after)
    else:
        yield "".join(difference.before), "".join(difference.after)


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
