"""Cards read back as they were written, whatever the names are."""

import vobject
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.errors import InvalidText
from contactsgroups.domain.text import clean_description, clean_name
from contactsgroups.domain.vcard import GroupCard, render


def card(name: str, note: str = "", picture: bytes = b"\x89PNG") -> GroupCard:
    return GroupCard(
        uid="0b0e7d36-7c1c-4f44-9f59-3d0f6a2c4f7e",
        name=name,
        address="sales@example.org",
        note=note,
        picture=picture,
    )


def test_a_card_is_what_address_book_clients_expect() -> None:
    text = render(card("Sales Team", "All of sales"))
    lines = text.split("\r\n")
    assert lines[:3] == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "PRODID:-//contactsgroups//mail groups//EN",
    ]
    assert "EMAIL;TYPE=INTERNET;TYPE=WORK;TYPE=PREF:sales@example.org" in lines
    assert "KIND" not in text


@given(st.text(min_size=1, max_size=120), st.text(max_size=300), st.binary(max_size=200))
def test_a_client_reads_back_the_name_the_note_and_the_picture(
    name: str, note: str, picture: bytes
) -> None:
    try:
        name, note = clean_name(name, field="name"), clean_description(note)
    except InvalidText:
        return
    text = render(card(name, note, picture))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    parsed = vobject.readOne(text)
    assert parsed.fn.value == name
    assert parsed.photo.value == picture
    assert (parsed.note.value if note else "") == note
