"""What is said of an address that is none."""

import re
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.domain.mistyped import (
    Fault,
    _address_like,
    bare,
    find_fault,
    is_address,
    is_one_slip_from,
    suggest,
)


@pytest.mark.parametrize(
    ("text", "fault", "meant"),
    [
        ("ann", Fault.NO_AT, ""),
        ("ann.x.example", Fault.NO_AT, ""),
        ("ann@partner,example", Fault.COMMA, "ann@partner.example"),
        ("ann,archer@x.example", Fault.COMMA, "ann.archer@x.example"),
        ("ann＠partner，example", Fault.COMMA, "ann@partner.example"),
        ("ann@@x.example", Fault.TWO_ATS, "ann@x.example"),
        ("a@b@x.example", Fault.TWO_ATS, ""),
        ("ann @ x.example", Fault.SPACE, "ann@x.example"),
        ("Ann Archer <ann@ x.example>", Fault.SPACE, "ann@x.example"),
        ("an..n@x.example", Fault.LOCAL_PART, "an.n@x.example"),
        ("a%b@x.example", Fault.LOCAL_PART, ""),
        ("ann@x..example", Fault.DOMAIN, "ann@x.example"),
        ("ann@x_.e/x", Fault.DOMAIN, ""),
        ("x" * 65 + "@x.example", Fault.TOO_LONG, ""),
        ("x@" + "x.example" * 500, Fault.TOO_LONG, ""),
        ("a@" + "x" * 64 + ".example", Fault.DOMAIN, ""),
    ],
)
def test_a_fault_is_named_and_what_is_likely_is_suggested(
    text: str, fault: Fault, meant: str
) -> None:
    assert find_fault(text) is fault
    assert suggest(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        *["ann@x.example.", "'ann@x.example'", "[ann@x.example]", "*ann@x.example*"],
        *["ann＠x.example", "Team:ann@x.example", "“ann@x.example”", "ann@x.example!"],
        "['ann@x.example'",
    ],
)
def test_what_people_put_around_an_address_is_left_out(text: str) -> None:
    assert bare(text) == "ann@x.example"


@pytest.mark.parametrize("text", ["o'brien@x.example", "_ann_@x.example", "*@x.example"])
def test_what_belongs_to_an_address_stays(text: str) -> None:
    assert bare(text) == text


@given(st.text(max_size=50) | st.text("a@., \t<>＠\"'", max_size=30))
def test_every_text_has_a_fault_and_a_suggestion_that_is_an_address(text: str) -> None:
    assert find_fault(text).explanation
    assert suggest(text) == "" or is_address(suggest(text))


HOSTILE = ["@?", "?", "!", "a..", "<", "'", "`*", "}", "{}", " ", "a ", " @", "@", ".@", "ﷺ", "丁"]
"""What is read again and again if a rule is written without care."""
IDEOGRAPHS = "".join(map(chr, range(0x4E00, 0x4E00 + 1000)))
BOUND = 0.02  # seconds of processor time; what is read once takes a twentieth of it


def time_of(text: str) -> float:
    """The processor time in seconds that a text takes, the shortest of three."""
    times = []
    for _ in range(3):
        begin = thread_time()
        suggest(text), find_fault(text), bare(text), is_address(text)
        times.append(thread_time() - begin)
    return min(times)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=3).map("".join),
    st.sampled_from(["", "@", "a@", "x@y", "{", "["]),
    st.sampled_from(["", "x", "@x.example", ">", "}x"]),
)
def test_no_text_is_read_again_and_again(unit: str, begin: str, end: str) -> None:
    whole = (unit * 1000)[: 990 - len(begin) - len(end)]
    assert time_of(begin + whole + end) < BOUND
    assert time_of(begin + whole[:450] + "x@y" + whole[450:900] + end) < BOUND


@pytest.mark.parametrize(
    "text",
    [
        *["@" + "?" * 990, "!" * 990, "a.." * 330, "<" * 990, "a@" + IDEOGRAPHS[:990]],
        *["'" * 989 + "x@y.example", "'" * 500 + "x@y" + "'" * 490 + "x", "!" * 10_000_000],
    ],
    ids=["?", "!", "dots", "<", "ideographs", "quotes", "quotes around", "very long"],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    assert suggest(text) == ""
    assert time_of(text[:1000]) < BOUND


@given(st.text("ab@ \t<>,.＠'[", max_size=30))
def test_what_stands_around_the_first_at_is_found_as_by_a_search(text: str) -> None:
    spelled = text.replace("＠", "@")
    if "@" in spelled:
        found = re.search(r"[^\s<>]*\s*@[\s@]*[^\s<>]*", spelled)
        assert found is not None
        assert _address_like(spelled) == found[0]


@pytest.mark.parametrize(
    ("typed", "is_slip"),
    [
        ("xeample.org", True),
        ("exampl.org", True),
        ("examplex.org", True),
        ("exbmple.org", True),
        ("example.org", False),
        ("xeample.ogr", False),
        ("example.net", False),
        ("", False),
    ],
)
def test_one_slip_is_told_from_two_and_none(typed: str, is_slip: bool) -> None:
    assert is_one_slip_from("example.org", typed) is is_slip
    assert is_one_slip_from(typed, "example.org") is is_slip
