"""What a card's text tells of a filter is never wrong about a card that Radicale chooses."""

import xml.etree.ElementTree as ET

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from radicale.app.report import test_filter as is_chosen
from radicale.item import Item
from radicale.xmlutils import make_clark

from radicale_plugin.candidates import Candidates

_letters = st.sampled_from("abAB1 .,;:\\\n-_ßΣςσİıé家") | st.characters(
    exclude_categories=["Cs", "Cc"]
)
_texts = st.text(_letters, max_size=30) | st.sampled_from(["ΟΔΟΣ", "Straße, 7", "x" * 100])
_names = st.sampled_from(["FN", "N", "ORG", "NOTE", "CATEGORIES", "ADR", "NICKNAME", "X-Y", "fn"])


@st.composite
def _cards(draw: st.DrawFn) -> str:
    """The text of a card as vobject writes it, folded and escaped."""
    card = vobject.vCard()
    card.add("fn").value = draw(_texts)
    family, given_name = draw(_texts), draw(_texts)
    card.add("n").value = vobject.vcard.Name(family=family, given=given_name)
    card.add("org").value = draw(st.lists(_texts, min_size=1, max_size=3))
    for _ in range(draw(st.integers(0, 2))):
        card.add("note").value = draw(_texts)
    if draw(st.booleans()):
        card.add("categories").value = draw(st.lists(_texts, min_size=1, max_size=3))
    if draw(st.booleans()):
        card.add("adr").value = vobject.vcard.Address(street=draw(_texts), city=draw(_texts))
    text: str = card.serialize()
    return text


@st.composite
def _filters(draw: st.DrawFn, values: list[str]) -> ET.Element:
    tests = st.sampled_from(["anyof", "allof"])
    element = ET.Element(make_clark("CR:filter"), {"test": draw(tests)})
    for _ in range(draw(st.integers(1, 3))):
        given_name = {"name": draw(_names), "test": draw(tests)}
        part = ET.SubElement(element, make_clark("CR:prop-filter"), given_name)
        for _ in range(draw(st.integers(0, 2))):
            match = ET.SubElement(part, make_clark("CR:text-match"))
            whole = draw(st.sampled_from(values))
            start = draw(st.integers(0, len(whole)))
            match.text = whole[start : start + draw(st.integers(0, 8))] or draw(_texts)
            kinds = ["equals", "contains", "starts-with", "ends-with"]
            match.set("match-type", draw(st.sampled_from(kinds)))
            match.set("negate-condition", draw(st.sampled_from(["no", "no", "yes"])))
            if draw(st.booleans()):
                match.set("collation", "i;octet")
    return element


def _values(text: str) -> list[str]:
    """What Radicale compares with, and the same in other letters."""
    lines = vobject.readOne(text).lines()
    single = [each for line in lines for each in _as_list(line.value)]
    return [each for value in single for each in (str(value), str(value).upper())]


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_chosen_card_is_passed_over(data: st.DataObject) -> None:
    text = data.draw(_cards())
    filter_ = data.draw(_filters(_values(text)))
    item = Item(collection_path="book", text=text)
    if is_chosen("VADDRESSBOOK", item, filter_):
        assert Candidates([filter_]).may_have(text)


CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:Ada Lovelace\r\n{}END:VCARD\r\n"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("NOTE:counts engines\r\n", True),
        ("NOTE:counts e\r\n ngines\r\n", True),
        ("NOTE;ENCODING=b:YW5hbHl0aWNhbA==\r\n", True),
        ("item1.NOTE;QUOTED-PRINTABLE:=65ngines\r\n", True),
        ("PHOTO;ENCODING=b:ZW5naW5lcw==\r\n", False),
        ("NOTE:nothing\r\n", False),
        ("TITLE:engines\r\n", False),
    ],
)
def test_a_card_without_the_words_is_passed_over(line: str, found: bool) -> None:
    filter_ = ET.Element(make_clark("CR:filter"))
    part = ET.SubElement(filter_, make_clark("CR:prop-filter"), {"name": "NOTE"})
    ET.SubElement(part, make_clark("CR:text-match")).text = "Engines"
    assert Candidates([filter_]).may_have(CARD.format(line)) is found
