"""LDIF as RFC 2849 has it, and what a file may hold that is none."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.directory.ldif import Attribute, Entry, read_entries, write_entry
from contactsgroups.directory.lines import LINE_LIMIT
from contactsgroups.services.transfer.records import Fault


def read(content: str | bytes) -> list[Entry | Fault]:
    data = content.encode() if isinstance(content, str) else content
    return list(read_entries(io.BytesIO(data), "x.ldif"))


def fault(content: str | bytes) -> str:
    (found,) = read(content)
    assert isinstance(found, Fault)
    return str(found)


def test_an_entry_has_its_values_and_their_lines() -> None:
    entries = read("version: 1\n\ndn: mail=a\nMail: a@x.example\ncn:: TcO8bGxlcg==\ncn:\n")
    assert entries == [
        Entry(
            b"mail=a",
            3,
            (
                Attribute("mail", b"a@x.example", 4),
                Attribute("cn", "Müller".encode(), 5),
                Attribute("cn", b"", 6),
            ),
        )
    ]


def test_folded_lines_are_one_and_folded_comments_are_none() -> None:
    (entry,) = read("# a comment\n that goes on\r\ndn: mail\r\n =a\r\ncn: Ad\n a\n  B\n")
    assert entry == Entry(b"mail=a", 3, (Attribute("cn", b"Ada B", 5),))


def test_what_ldapsearch_prints_beside_entries_is_passed_over() -> None:
    assert read("dn: o=a\no: a\n\n# search result\nsearch: 2\nresult: 0 Success\n") == [
        Entry(b"o=a", 1, (Attribute("o", b"a", 2),))
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("dn: o=a\nno colon\n", "x.ldif:2: there is no colon"),
        ("dn: o=a\nn ame: x\n", "x.ldif:2: the text before the colon is no attribute's name"),
        ("dn: o=a\ncn:: ?\n", "x.ldif:2: the value behind :: is not base64"),
        ("dn: o=a\ncn:: TcO8bGxlcg\n", "x.ldif:2: the value behind :: is not base64"),
        ("dn: o=a\njpegPhoto:< file:///etc/passwd\n", "x.ldif:2: a value that is in another file"),
        ("dn: o=a\nchangetype: modify\n", "x.ldif:2: this is a change, not an entry"),
        ("cn: a\n", "x.ldif:1: an entry must begin with dn:"),
        ("version: 2\ndn: o=a\n", "x.ldif:1: only version 1 of LDIF is known"),
        (b"dn: o=a\n\xff\xfe: x\n", "x.ldif:2: the text before the colon"),
        (b"dn: o=a\ncn: " + b"x" * (LINE_LIMIT + 1), "x.ldif:2: the line is longer than"),
    ],
)
def test_a_faulty_line_is_named(content: str | bytes, reason: str) -> None:
    assert reason in fault(content)


def test_the_entries_around_a_faulty_one_are_read() -> None:
    entries = read("dn: o=a\n\ndn: o=b\nfaulty\n\ndn: o=c\n")
    assert [type(entry) for entry in entries] == [Entry, Fault, Entry]


def test_a_value_of_many_folded_lines_is_joined_in_one_go() -> None:
    """Joining them one by one would take minutes."""
    content = b"dn: o=a\njpegPhoto: " + b"x\n x" * 150_000 + b"\n"
    (entry,) = read(content)
    assert isinstance(entry, Entry)
    assert len(entry.attributes[0].value) == 300_000


@given(
    st.text(min_size=1).filter(lambda dn: dn.encode("utf-8", "ignore").decode() == dn),
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z][a-z0-9-]{0,30}", fullmatch=True).filter(
                lambda name: name not in {"dn", "control", "changetype", "search", "result"}
            ),
            st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_what_is_written_is_read_back(dn: str, attributes: list[tuple[str, str]]) -> None:
    file = io.BytesIO()
    write_entry(dn, attributes, file)
    assert all(len(line) <= 76 for line in file.getvalue().splitlines())
    assert file.getvalue().isascii()
    (entry,) = read(file.getvalue())
    assert isinstance(entry, Entry)
    assert entry.dn.decode() == dn
    assert [(each.name, each.value.decode()) for each in entry.attributes] == attributes


@given(st.binary(max_size=200) | st.text(alphabet="dn:o=a \n#<", max_size=60).map(str.encode))
def test_any_bytes_give_entries_or_faults(content: bytes) -> None:
    for item in read(content):
        assert isinstance(item, Entry | Fault)
