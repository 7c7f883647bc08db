"""Members as files."""

import csv
import io
from datetime import UTC, datetime

from contactsgroups.services.groups.member_listing import ListedMember
from contactsgroups.web.admin.member_files import csv_pieces, text_pieces

SINCE = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)


def member(name: str, **values: object) -> ListedMember:
    address = values.pop("address", "ada@example.org")
    given = {"kind": "account", **values}
    return ListedMember(address=address, original=address, name=name, since=SINCE, **given)


def test_csv_has_a_row_for_each_and_no_formula():
    found = [
        member("=HYPERLINK(A1)"),
        member("Ada", is_inactive=True),
        member("", address="+x@side.example", kind="external"),
    ]
    text = "".join(csv_pieces(found))
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff")))) == [
        ["address", "name", "kind", "since", "until"],
        ["ada@example.org", "'=HYPERLINK(A1)", "account", "2026-11-26 08:30:00+00:00", ""],
        ["ada@example.org", "Ada", "inactive account", "2026-11-26 08:30:00+00:00", ""],
        ["'+x@side.example", "", "external", "2026-11-26 08:30:00+00:00", ""],
    ]


def test_text_has_an_address_a_line_and_comes_in_few_pieces():
    pieces = list(text_pieces(member("", address=f"p{n}@x.example") for n in range(1200)))
    assert len(pieces) == 3
    assert "".join(pieces).splitlines() == [f"p{n}@x.example" for n in range(1200)]
