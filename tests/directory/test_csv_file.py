"""CSV files as administrators write them in spreadsheets, right and wrong."""

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.directory import csv_file
from contactsgroups.directory.csv_rows import COLUMNS, TYPES
from contactsgroups.directory.lines import LINE_LIMIT
from contactsgroups.services.transfer.records import (
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DepartmentRecord,
    DomainRecord,
    Fault,
    MemberRole,
    MembershipRecord,
    Record,
)
from tests.directories import group_record
from tests.directory.record_strategies import records


def read(content: str | bytes) -> list[Record | Fault]:
    data = content.encode() if isinstance(content, str) else content
    return list(csv_file.read(io.BytesIO(data), "people.csv"))


def faults(content: str | bytes) -> list[str]:
    return [str(item) for item in read(content) if isinstance(item, Fault)]


def test_each_type_of_row_becomes_its_record() -> None:
    rows = """\
type,address,belongs_to,name,department,kind,moderated
domain,example.org
department,,example.org,,Sales/Europe
account,ada@example.org,,Ada,Sales
alias,a@example.org,ada@example.org
administrator,ada@example.org,*
group,all@example.org,,All,,team,yes
member,ada@example.org,all@example.org
Allowed_Sender,eve@example.net,all@example.org
"""
    assert read(rows) == [
        DomainRecord(name="example.org"),
        DepartmentRecord(domain="example.org", path="Sales/Europe"),
        AccountRecord(address="ada@example.org", display_name="Ada", department="Sales"),
        AliasRecord(address="a@example.org", account="ada@example.org"),
        AdministratorRecord(address="ada@example.org"),
        group_record(
            address="all@example.org",
            display_name="All",
            department="",
            kind="team",
            moderated=True,
        ),
        MembershipRecord(group="all@example.org", address="ada@example.org"),
        MembershipRecord(
            group="all@example.org", address="eve@example.net", role=MemberRole.ALLOWED_SENDER
        ),
    ]


def test_a_record_knows_its_file_and_the_line_where_its_row_begins() -> None:
    rows = 'type,address,description\n\ngroup,a@x.example,"one\ntwo"\ngroup,b@x.example,\n'
    places = [str(item.place) for item in read(rows)]
    assert places == ["people.csv:3", "people.csv:5"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_spreadsheets_write_is_read(separator: str, line_end: str, mark: bytes) -> None:
    lines = [
        separator.join(["Type", " ADDRESS ", "Name"]),
        separator.join(["account", "ada@x.example", f'"Ad{separator}a"']),
    ]
    content = mark + (line_end.join(lines) + line_end).encode()
    assert read(content) == [AccountRecord(address="ada@x.example", display_name=f"Ad{separator}a")]


def test_a_missing_column_says_nothing_and_an_empty_cell_that_there_is_none() -> None:
    (record,) = read("type,address,title\naccount,ada@x.example,\n")
    assert record == AccountRecord(address="ada@x.example", title="", department=None)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("type,address\nperson,a@x.example\n", "people.csv:2: the column type must be one of"),
        ("type,address\naccount,\n", "people.csv:2: the column address is empty"),
        ("type,address,belongs_to\nalias,a@x.example,\n", "the column belongs_to is empty"),
        ("type,address,active\naccount,a@x.example,maybe\n", "active must be yes or no"),
        ("type,address,title\ngroup,a@x.example,Boss\n", "title means nothing in a row of type"),
        ("type,address\naccount,a@x.example,more\n", "more than 2 cells"),
        ("address,name\n", "people.csv:1: the first line must name the columns; type is missing"),
        ("type,address,colour\n", "people.csv:1: there is no column colour"),
        ("Name,E-Mail,Phone\n", "no column e-mail, phone; there are: type, address"),
        (
            "colour\n",
            "attribute.NAME; the first line must name the columns; type and address are missing",
        ),
        (",".join("abcdefghijklm"), "there is no column a, b, c, d, e, f, g, h, i, j, ...; "),
        (b"PK\x03\x04\x14\x00\x06\x00", "people.csv:1: the file is no text: save it as CSV"),
        (b"type,address,Gr\xf6\xdfe\n", "people.csv:1: the row is not UTF-8 text: save the file"),
        ("type,address,address\n", "the column address is there twice"),
        ('type,address\naccount,"a@x.example\n', "people.csv:2: this is not a row of a CSV file"),
        ('type,address\naccount,"a"b\n', "people.csv:2: this is not a row of a CSV file"),
        (
            b"type,address,name\naccount,a@x.example,M\xfcller\n",
            "people.csv:2: the row is not UTF-8 text: save the file as UTF-8, or say which",
        ),
        (b"\xff\xfet\x00y\x00p\x00e\x00\n", "people.csv:1: the row is not UTF-8 text"),
    ],
)
def test_a_faulty_row_is_named_with_its_line(rows: str | bytes, fault: str) -> None:
    (found,) = faults(rows)
    assert fault in found


def test_a_line_of_ten_megabytes_is_named_and_the_others_are_read() -> None:
    """It is not even kept in memory."""
    long = b"account,b@x.example," + b"x" * 10_000_000
    rows = b"type,address,name\naccount,a@x.example,A\n" + long + b"\naccount,c@x.example,C\n"
    assert faults(rows) == [f"people.csv:3: the line is longer than {LINE_LIMIT // 1024} kB"]
    assert [str(item.place) for item in read(rows)] == [
        "people.csv:2",
        "people.csv:4",
        "people.csv:3",
    ]


def test_a_quote_that_is_never_closed_does_not_take_the_rest_of_the_file_with_it_silently() -> None:
    rows = 'type,address\naccount,"a@x.example\n' + "account,b@x.example\n" * 10_000
    assert faults(rows)[0].startswith("people.csv:2: ")


@pytest.mark.parametrize("content", ["", "\n", "\r\n \n", b"\xef\xbb\xbf", "sep=;", "sep=;\n\n"])
def test_a_file_without_anything_is_named(content: str | bytes) -> None:
    assert faults(content) == ["people.csv:1: the file is empty"]


def test_a_file_without_rows_is_named() -> None:
    expected = ["people.csv:4: there is no row below the names of the columns"]
    assert faults("sep=;\n\ntype;address\n\n") == expected


@pytest.mark.parametrize(
    "first", ["sep={}", "SEP={}", '"sep={}"', "sep={},,", "sep={}\t\t", "\nsep={}\n"]
)
@pytest.mark.parametrize("separator", [";", "|", ",", "\t", ":"])
def test_a_first_line_may_say_what_separates_the_cells(first: str, separator: str) -> None:
    """Excel writes it, and shows it to nobody; a name may hold any other separator."""
    name = "Ada; the first, or |" if separator not in ";,|" else "Ada"
    rows = [["type", "address", "name"], ["account", "ada@x.example", name]]
    lines = [first.format(separator), *(separator.join(row) for row in rows)]
    assert read("\n".join(lines)) == [AccountRecord(address="ada@x.example", display_name=name)]


def test_lines_are_counted_behind_the_separator_too() -> None:
    assert faults("sep=;\ntype;address\nperson;x@x.example\n")[0].startswith("people.csv:3: ")


ROWS = "type;address;name\r\naccount;ada@x.example;Ádá Łuk 丁\r\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_encoding_of_unicode_is_read(encoding: str) -> None:
    """With a byte order mark or without one, as spreadsheets write "Unicode text"."""
    assert read(ROWS.encode(encoding)) == [
        AccountRecord(address="ada@x.example", display_name="Ádá Łuk 丁")
    ]


def test_an_export_is_safe_to_open_in_a_spreadsheet() -> None:
    """What a spreadsheet would run as a formula is marked as text, and read back as it was."""
    record = AccountRecord(address="=1+1@x.example", display_name="'=SUM(A1)", title="@x")
    file = io.BytesIO()
    csv_file.write([record], file)
    row = file.getvalue().decode().splitlines()[1]
    assert row.startswith("account,'=1+1@x.example,,''=SUM(A1),,'@x,")
    (again,) = read(file.getvalue())
    assert isinstance(again, AccountRecord)
    assert (again.address, again.display_name, again.title) == (
        "=1+1@x.example",
        "'=SUM(A1)",
        "@x",
    )


@given(st.lists(records(), min_size=1, max_size=8))
def test_what_is_written_is_read_back(written: list[Record]) -> None:
    file = io.BytesIO()
    csv_file.write(written, file)
    assert [without_empty(each) for each in read(file.getvalue())] == written


def without_empty(item: Record | Fault) -> Record | Fault:
    """A record without attributes that other accounts of the file have: their cells are empty."""
    if not isinstance(item, AccountRecord):
        return item
    given = {name: value for name, value in item.attributes.items() if value}
    return replace(item, attributes=given)


def test_attributes_of_accounts_have_columns_of_their_own() -> None:
    rows = """\
type,address,Attribute.Cost_Center,Badge no,attribute.floor
account,ada@example.org,4711,7,
domain,example.org
"""
    columns = {"badge NO": "badge"}
    items = list(csv_file.read(io.BytesIO(rows.encode()), "people.csv", columns))
    attributes = {"cost_center": "4711", "badge": "7", "floor": ""}
    assert items == [
        AccountRecord(address="ada@example.org", attributes=attributes),
        DomainRecord(name="example.org"),
    ]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("type,address,attribute.größe\n", "no column attribute.größe"),
        ("type,address,attribute.x,ATTRIBUTE.X\n", "attribute.x is there twice"),
        ("type,address,attribute.x\ndomain,x.example,1\n", "means nothing in a row of type domain"),
    ],
)
def test_a_faulty_column_of_attributes_is_named(rows: str, fault: str) -> None:
    assert fault in faults(rows)[0]


@given(st.binary(max_size=200) | st.text(alphabet='a@,;"\n\r\t', max_size=80).map(str.encode))
def test_any_bytes_behind_a_header_give_records_or_faults(content: bytes) -> None:
    for item in read(b"type,address,name\n" + content):
        assert item.place.line >= 2


def test_every_type_has_a_column_for_each_of_its_values() -> None:
    assert set(TYPES) >= {"account", "group", *MemberRole}
    assert len(set(COLUMNS)) == len(COLUMNS)
