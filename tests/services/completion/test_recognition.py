"""Own contacts that stand in the directory keep their owner's name and become what they are."""

import json

from contactsgroups.autocomplete import Completion, Entry, EntryKind, Match
from contactsgroups.autocomplete.entry import completion_of
from contactsgroups.services.completion.entries import account_entry, contact_entry
from contactsgroups.services.completion.recognition import recognise

BOARD = Entry(
    "board@example.org",
    EntryKind.GROUP,
    "Board",
    "board@example.org",
    5,
    '{"kind":"group","name":"Board","member_count":3}',
)
BOB = account_entry(7, "bob@example.org", "bob@example.org", "Bob", 0)
DIRECTORY = {entry.identity: entry for entry in (BOARD, BOB)}


def contact(address: str, name: str) -> Completion:
    return completion_of(contact_entry(address, address, name), Match.WORD, boost=100)


def recognised(*found: Completion) -> list[Completion]:
    return recognise(found, DIRECTORY.get)


def test_a_saved_group_is_a_group_under_its_owners_name() -> None:
    (found,) = recognised(contact("board@example.org", "My Chiefs"))
    assert (found.kind, found.person, found.name) == (EntryKind.GROUP, False, "My Chiefs")
    assert json.loads(found.payload) == {"kind": "group", "name": "My Chiefs", "member_count": 3}


def test_a_saved_colleague_is_a_colleague() -> None:
    (found,) = recognised(contact("bob@example.org", "Bobby"))
    assert (found.kind, found.person) == (EntryKind.ACCOUNT, True)
    assert json.loads(found.payload)["id"] == "7"


def test_without_a_name_of_its_own_a_contact_has_the_directorys() -> None:
    (found,) = recognised(contact("bob@example.org", ""))
    assert (found.name, json.loads(found.payload)["name"]) == ("Bob", "Bob")


def test_place_and_order_stay() -> None:
    found = [
        contact("x@side.example", "X"),
        contact("board@example.org", "My Chiefs"),
        completion_of(BOB, Match.WORD),
    ]
    result = recognised(*found)
    assert [each.identity for each in result] == [each.identity for each in found]
    assert [each.score for each in result] == [each.score for each in found]
    assert (result[0], result[2]) == (found[0], found[2])
