"""Recipients in lists as people type them and programs write them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.domain.address import Address
from contactsgroups.domain.mailboxes import (
    Mailbox,
    NoMailbox,
    addresses_in,
    parse_mailboxes,
    split_addresses,
)
from contactsgroups.domain.mistyped import is_address
from tests.list_styles import LISTS, SOUP, STYLES, render
from tests.mailbox_lists import CASES, ListCase


def mailboxes_of(text: str) -> list[list[str]]:
    found = parse_mailboxes(text)
    return [[each.name, each.address] for each in found if isinstance(each, Mailbox)]


def rejected_of(text: str) -> list[list[str]]:
    found = [each for each in parse_mailboxes(text) if isinstance(each, NoMailbox)]
    return [[each.text, each.fault, each.suggestion] for each in found]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_lists_are_read_as_people_mean_them(case: ListCase) -> None:
    assert mailboxes_of(case.text) == case.mailboxes
    assert rejected_of(case.text) == case.rejected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_what_is_told_to_be_an_address_is_one_and_what_is_not_is_none(case: ListCase) -> None:
    assert all(is_address(address) for _, address in case.mailboxes)
    assert all(is_address(meant) for _, _, meant in case.rejected if meant)
    assert not any(is_address(text) for text, _, _ in case.rejected)


@pytest.mark.parametrize("style", STYLES)
@settings(deadline=None, max_examples=50)
@given(LISTS)
def test_what_a_program_writes_is_read_back(style: str, people: list[tuple[str, str]]) -> None:
    text, expected = render(style, people)
    assert mailboxes_of(text) == [list(each) for each in expected]
    assert rejected_of(text) == []


@settings(deadline=None)
@given(st.text() | SOUP)
def test_any_text_is_read_and_every_address_in_it_is_one(text: str) -> None:
    for found in parse_mailboxes(text):
        if isinstance(found, Mailbox):
            assert Address.parse(found.address).original == found.address
            assert "\n" not in found.name
        else:
            assert found.text.strip()
            assert found.suggestion == "" or is_address(found.suggestion)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["broken", "two words", "a.b"]).map(lambda text: (text, ""))
        | st.tuples(st.sampled_from(["", "Ann", "Doe, Ben", "K. Lee"]), st.just("k@x.example")),
        max_size=6,
    )
)
def test_what_the_field_writes_is_read_back(pieces: list[tuple[str, str]]) -> None:
    """It quotes every name, and hands on what is no address: that must never become a name."""
    written = [
        text if not address else f'"{text}" <{address}>' if text else address
        for text, address in pieces
    ]
    read = [
        (each.name, each.address) if isinstance(each, Mailbox) else (each.text, "")
        for each in parse_mailboxes(", ".join(written))
    ]
    assert read == pieces


@given(st.lists(st.sampled_from([*' \n,;"“<@.', "a", "ann@x.example"]), max_size=30).map("".join))
def test_no_letter_is_lost(text: str) -> None:
    """Such texts have neither labels nor comments nor links, which may be left out."""
    found = parse_mailboxes(text)
    kept = "".join(f"{getattr(each, 'name', '')}{each}" for each in found)
    # An address that stands twice, as its own name, is kept once.
    assert text.count("a") - kept.count("a") in range(text.count("ann@x.example") + 1)


def test_the_pieces_that_are_none_come_with_a_reason() -> None:
    valid, invalid = split_addresses("a@x.example, Nobody <nothing>, b@partner,example")
    assert [str(address) for address in valid] == ["a@x.example"]
    assert [(each.text, each.reason) for each in invalid] == [
        ("Nobody <nothing>", "there is no @ in it"),
        (
            "b@partner,example",
            "there is a comma in it, where a dot may be meant; b@partner.example may be meant",
        ),
    ]


def test_addresses_and_other_pieces_stay_in_their_order() -> None:
    assert addresses_in("x; Ann <a@x.example>; y") == ["x", "a@x.example", "y"]


LONG = [
    *['"', "<", '"\\', "<>", "()", "(", "(a) ", "a,", '\\"', "<\n", '"<', "“", "[", "](", ":"],
    *["@", "a@", "a@x ", "a@x,", "a@b,c", "a@b,", "a@x <", "a@x (b) ", "a@x\tb\n", "a\n", '"a"@'],
    *["'", "*_", "mailto:", "mailto:?to=a&", "[a](mailto:", "%41", "%", "=?utf-8?q?a?= ", "\t"],
    *["\u200b", "\u200c", "ä\u200c", "\n", "x", "a@x. "],
]


@pytest.mark.parametrize("piece", LONG)
def test_the_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    """Less than a second for 300,000 letters; in square time it would be many minutes."""
    start = time.process_time()
    parse_mailboxes(piece * (300_000 // len(piece)))
    assert time.process_time() - start < 10
