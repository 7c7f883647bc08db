"""The audit log as files: lines that programs and spreadsheets read."""

import csv
import io
import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from contactsgroups.services.audit_log import AuditEntry
from contactsgroups.web.admin.audit_files import COLUMNS, csv_pieces, json_lines
from tests.directories import add_alias


def entry(**values):
    plain = {
        "id": 7,
        "at": datetime(2026, 11, 26, 8, 30, 1, 250000, tzinfo=UTC),
        "actor": "ada@example.org",
        "origin": "2001:db8::1",
        "action": "change group",
        "subject": "team@example.org",
        "domain": "example.org",
        "group_uuid": "",
        "detail": {},
    }
    return AuditEntry(**plain | values)


def rows(*entries):
    text = "".join(csv_pieces(entries))
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_an_entry_without_differences_has_a_row():
    who = ["7", "2026-11-26 08:30:01+00:00", "ada@example.org", "2001:db8::1"]
    what = ["Removed the alias", "team@example.org", "example.org", "", "", ""]
    (row,) = rows(entry(action="remove alias"))
    assert tuple(row) == COLUMNS
    assert list(row.values()) == [*who, *what]


def test_each_member_has_a_row():
    detail = {"members": {"added": ["a@x.org", "b@x.org"], "removed": ["c@x.org"]}}
    found = [(row["field"], row["before"], row["after"]) for row in rows(entry(detail=detail))]
    assert found == [
        ("Members", "c@x.org", ""),
        ("Members", "", "a@x.org"),
        ("Members", "", "b@x.org"),
    ]


def test_every_column_has_domains_as_people_read_them():
    name = "xn--bcher-kva.example"
    (row,) = rows(
        entry(
            actor=f"eva@{name}",
            subject=f"lesen@{name}",
            domain=name,
            detail={"members": {"added": [f"max@{name}"]}},
        )
    )
    assert (row["who"], row["on"]) == ("eva@bücher.example", "lesen@bücher.example")
    assert (row["domain"], row["after"]) == ("bücher.example", "max@bücher.example")


@given(st.text(max_size=12), st.text(max_size=12))
def test_no_value_is_a_formula_and_none_breaks_the_table(subject, value):
    detail = {"fields": {"description": ["before", value]}}
    found = rows(entry(subject=subject, detail=detail))
    assert len(found) == 1
    for cell in found[0].values():
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    shown = found[0]["after"]
    assert shown.removeprefix("'") == value or shown == value or "xn--" in value


@given(st.text(max_size=12))
def test_each_entry_is_one_line_of_json(value):
    lines = list(json_lines([entry(subject=value), entry(group_uuid="u")]))
    assert all(each.count("\n") == 1 for each in lines)
    first, second = map(json.loads, lines)
    assert (first["subject"], first["group"], second["group"]) == (value, None, "u")
    assert first["at"] == "2026-11-26T08:30:01.250000+00:00"


def test_files_say_whose_alias_was_added_and_removed(admin, core):
    add_alias(core.database, "help@example.org", "eve@example.org")
    accounts.remove_alias(core.database, OPERATOR, "help@example.org")
    text = admin.get("/admin/audit.csv?what=alias&on=help@example.org").text
    found = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    told = [(each["what"], each["field"], each["before"], each["after"]) for each in found]
    assert told == [
        ("Removed the alias", "Account", "eve@example.org", ""),
        ("Created the alias", "Account", "", "eve@example.org"),
    ]
    for line in admin.get("/admin/audit.jsonl?what=alias&on=help@example.org").text.splitlines():
        assert "eve@example.org" in json.loads(line)["detail"]["fields"]["account"]
