"""What pasted and uploaded lines say."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.address import Address
from contactsgroups.domain.mailboxes import Mailbox, parse_mailboxes
from contactsgroups.domain.member_lines import MemberLine, read_file, read_lines, read_one_line
from tests.list_styles import SOUP


def told(lines: list[MemberLine]) -> list[str]:
    """Each line as ``3 ada@example.org``, or ``3 !what stood there``."""
    return [
        f"{each.number} {each.address}" if each.address else f"{each.number} !{each.text}"
        for each in lines
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_line_has_its_number(end: str) -> None:
    text = end.join(
        ["Ada <ada@x.example>", "", "broken one", "bob@x.example, eve@x.example", "a@@x.example"]
    )
    assert told(read_lines(text)) == [
        "1 ada@x.example",
        "3 !broken one",
        "4 bob@x.example",
        "4 eve@x.example",
        "5 !a@@x.example",
    ]


def test_names_above_each_address_are_names() -> None:
    text = "Ada Byron\nada@x.example\n\nBob\nbob@x.example\n"
    assert told(read_lines(text)) == ["2 ada@x.example", "5 bob@x.example"]


def test_a_name_without_an_address_is_never_lost() -> None:
    text = "ada@x.example\nEve Example\nbob@x.example\nzoe@x.example"
    assert "2 !Eve Example" in told(read_lines(text))


def test_of_a_list_in_one_line_the_place_is_the_number() -> None:
    assert told(read_lines("ada@x.example; broken; Bob <bob@x.example>")) == [
        "1 ada@x.example",
        "2 !broken",
        "3 bob@x.example",
    ]


def test_a_fault_has_a_sentence_and_what_may_be_meant() -> None:
    (line,) = read_lines("ada@partner,example")
    assert line.fault == "there is a comma in it, where a dot may be meant"
    assert line.proposal == "ada@partner.example"


@pytest.mark.parametrize(("shown", "is_seen"), [("a@x.example", True), ("b@x.example", False)])
def test_a_line_that_is_sent_as_it_was_shown_has_been_seen(shown: str, is_seen: bool) -> None:
    (line,) = read_one_line(7, " a@x.example ", seen=shown)
    assert (line.number, line.is_seen) == (7, is_seen)


GOOGLE = """Members for group Sales
Email address,Nickname,Group status,Email status,Join year
ada@x.example,Ada,Member,All,2024
bob@x.example,"Smith, Bob",Member,All,2023
"""
GOOGLE_BULK = """Group Email [Required],Member Email,Member Type,Member Role
sales@x.example,ada@x.example,USER,MEMBER
sales@x.example,,CUSTOMER,MEMBER
sales@x.example,bob@x.example,USER,MANAGER
"""
EXCHANGE = """#TYPE Selected.Microsoft.Exchange.Data.Directory.Management.ReducedRecipient
"Name","PrimarySmtpAddress","RecipientType"
"Ada","SMTP:ada@x.example","UserMailbox"
"Bob","bob@x.example","MailUser"
"""
ENTRA = """version:v1.0
Member object ID or user principal name [memberObjectIdOrUpn] Required
ada@x.example
bob@x.example
"""
POSTFIXADMIN = """"Alias";"To";"Active"
"all@x.example";"ada@x.example,bob@x.example";"1"
"""
MICROSOFT_365 = """Display name,User principal name,Licenses
Ada,ada@x.example,E3
Bob,bob@x.example,
"""
OUR_OWN = "\ufeffaddress,name,kind,since\r\nada@x.example,Ada,account,2026\r\nbob@x.example,,x,2026"
BARE = "Ada;ada@x.example\nBob;bob@x.example\n"
TABS = "ada@x.example\tAda Byron\nbob@x.example\tBob\n"
LIST = "ada@x.example\nBob <bob@x.example>\n"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (GOOGLE, (3, 4)),
        (EXCHANGE, (3, 4)),
        (ENTRA, (3, 4)),
        (POSTFIXADMIN, (2, 2)),
        (MICROSOFT_365, (2, 3)),
        (OUR_OWN.removeprefix("\ufeff"), (2, 3)),
        (BARE, (1, 2)),
        (TABS, (1, 2)),
        (LIST, (1, 2)),
    ],
)
def test_files_of_other_programs_are_read(text: str, numbers: tuple[int, int]) -> None:
    ada, bob = numbers
    assert told(read_file(text)) == [f"{ada} ada@x.example", f"{bob} bob@x.example"]


def test_a_row_without_an_address_is_told() -> None:
    lines = read_file(GOOGLE_BULK)
    assert told(lines) == [
        "2 ada@x.example",
        "3 !sales@x.example, CUSTOMER, MEMBER",
        "4 bob@x.example",
    ]
    assert lines[1].fault == "there is no address in this line"


def test_addresses_side_by_side_are_all_read() -> None:
    text = "ada@x.example,bob@x.example\neve@x.example,zoe@x.example\n"
    assert len(read_file(text)) == 4


def test_a_cell_that_no_spreadsheet_calculates_is_read_as_it_was() -> None:
    assert told(read_file("email,name\n'+ada@x.example,Ada\n")) == ["2 +ada@x.example"]


@given(st.one_of(st.text(max_size=200), SOUP))
def test_any_text_is_read(text: str) -> None:
    for read in (read_lines, read_file):
        for line in read(text):
            assert line.number >= 1
            assert bool(line.address) != bool(line.fault)


@given(st.from_regex(r"[a-z0-9._+-]{1,5}@[a-z0-9.-]{1,8}", fullmatch=True))
def test_an_address_alone_is_read_as_any_list_reads_it(text: str) -> None:
    found = [each for each in parse_mailboxes(text) if isinstance(each, Mailbox)]
    addresses = [str(each.address) for each in read_one_line(1, text) if each.address]
    assert addresses == [str(Address.parse(each.address)) for each in found]


def test_many_lines_take_little_time() -> None:
    text = "Email,Name\n" + "\n".join(f"p{number}@x.example,P" for number in range(20_000))
    start = time.process_time()
    assert len(read_file(text)) == 20_000
    assert time.process_time() - start < 5


def test_a_table_has_last_days_in_a_column_of_their_own() -> None:
    text = (
        "address,name,until\na@b.example,A,2027-01-31\nb@b.example,B,\nc@b.example,C,31.1.27\nd,D,x"
    )
    first, second, wrong, broken = read_file(text)
    assert (first.until, second.until) == (date(2027, 1, 31), None)
    assert (wrong.address, wrong.text) == (None, "c@b.example")
    assert "31.1.27" in wrong.fault
    assert (wrong.until, wrong.day) == (None, "31.1.27")
    assert broken.address is None
    assert "x" not in broken.fault


@pytest.mark.parametrize(
    "text",
    [
        "ada@x.example;2027-02-01",
        "ada@x.example,2027-02-01",
        "ada@x.example\t2027-02-01",
        "ada@x.example 2027-02-01",
        "Ada Byron <ada@x.example> 2027-02-01",
        "ada@x.example until 2027-02-01",
        "ada@x.example (until 2027-02-01)",
        "ada@x.example - 2027-02-01",
        "ada@x.example bis 2027-02-01",
        "ada@x.example, bis zum 2027-02-01",
        "ada@x.example 至2027-02-01",
    ],
)
@pytest.mark.parametrize("others", ["", "\nbob@x.example"])
def test_a_day_behind_an_address_is_its_last_one(text: str, others: str) -> None:
    for read in (read_lines, read_file):
        ada, *further = read(text + others)
        assert (str(ada.address), ada.until, ada.day) == (
            "ada@x.example",
            date(2027, 2, 1),
            "2027-02-01",
        )
        assert [(str(each.address), each.until) for each in further] == [
            ("bob@x.example", None) for _ in others[:1]
        ]


def test_each_address_of_a_line_has_its_own_day() -> None:
    lines = read_lines("ada@x.example 2027-02-01, bob@x.example, eve@x.example; 31.12.2027")
    assert [each.until for each in lines] == [date(2027, 2, 1), None, date(2027, 12, 31)]


@pytest.mark.parametrize("day", ["01.02.2027", "1/2/2027", "2027-02-30", "bis 01.02.2027"])
def test_whose_day_cannot_be_read_is_no_member_without_an_end(day: str) -> None:
    (line,) = read_one_line(3, f"ada@x.example {day}")
    assert line.address is None
    assert "is no day" in line.fault
    assert (line.text, line.day) == ("ada@x.example", day.removeprefix("bis "))


def test_a_day_apart_from_an_address_adds_nobody() -> None:
    assert [each.address for each in read_lines("2027-02-01; ada@x.example")] == [None, None]


@pytest.mark.parametrize(
    "names",
    ["address,until", "Until,ADDRESS", "Adresse,bis", "gültig bis,Adresse", "地址,截止日期"],
)
def test_columns_are_named_in_any_language_of_the_pages(names: str) -> None:
    day_first = names.lower().startswith(("until", "gültig"))
    row = "2027-02-01,ada@x.example" if day_first else "ada@x.example,2027-02-01"
    (line,) = read_file(f"{names}\n{row}\n")
    assert (str(line.address), line.until) == ("ada@x.example", date(2027, 2, 1))
