"""What is said of an address that is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.mistyped import Fault, bare, find_fault, is_address, suggest


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
