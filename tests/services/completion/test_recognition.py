"""Own contacts that stand in the directory keep their owner's name and become what they are."""

import json

from contactsgroups.autocomplete import Completion, Entry, EntryKind, Match
from contactsgroups.autocomplete.entry import completion_of
from contactsgroups.services.completion.entries import account_entry, alias_entry, contact_entry
from contactsgroups.services.completion.recognition import complete_distinct, recognise

BOARD = Entry(
    "board@example.org",
    EntryKind.GROUP,
    "Board",
    "board@example.org",
    5,
    '{"kind":"group","name":"Board","member_count":3}',
)
BOB = account_entry(7, "bob@example.org", "bob@example.org", "Bob", 0)
ALIAS = alias_entry("info@example.org", "Info@example.org", 7, "bob@example.org", "Bob", 0)
HIDDEN = alias_entry("old@example.org", "old@example.org", 8, "gone@example.org", "Gone", 0)
DIRECTORY = {entry.identity: entry for entry in (BOARD, BOB, ALIAS, HIDDEN)}


def contact(address: str, name: str) -> Completion:
    return completion_of(contact_entry(address, address, name), Match.WORD, boost=100)


def recognised(*found: Completion) -> list[Completion]:
    return recognise(found, DIRECTORY.get, {"bob+x@example.org": "bob@example.org"})


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


def test_an_alias_is_its_account_and_says_so() -> None:
    (found,) = recognised(completion_of(ALIAS, Match.LOCAL_PART))
    assert (found.kind, found.identity, found.name) == (EntryKind.ACCOUNT, BOB.identity, "Bob")
    assert json.loads(found.payload) == json.loads(BOB.payload) | {"via": "Info@example.org"}


def test_an_alias_of_what_is_not_to_be_seen_is_none() -> None:
    assert recognised(completion_of(HIDDEN, Match.WORD)) == []
    (own,) = recognised(contact("old@example.org", "Old"))
    assert (own.kind, own.name) == (EntryKind.CONTACT, "Old")


def test_each_account_is_there_once_without_an_alias_where_none_is_needed() -> None:
    alias, account = completion_of(ALIAS, Match.WORD), completion_of(BOB, Match.WORD)
    for found in ([alias, account], [account, alias]):
        (only,) = recognised(*found)
        assert "via" not in json.loads(only.payload)
    (only,) = recognised(alias._replace(match=Match.LOCAL_PART), account)
    assert json.loads(only.payload)["via"] == "Info@example.org"


def test_an_address_with_an_extension_stays_while_there_is_what_it_extends() -> None:
    (found,) = recognised(contact("bob+x@example.org", ""))
    assert (found.kind, found.name) == (EntryKind.CONTACT, "Bob")
    assert recognise([found], lambda _: None, {"bob+x@example.org": "bob@example.org"}) == []


def test_for_what_is_left_out_more_is_asked_for() -> None:
    found = [completion_of(HIDDEN, Match.WORD)] * 30 + [completion_of(BOB, Match.WORD)]
    best = complete_distinct(lambda size: found[:size], DIRECTORY.get, {}, 10)
    assert [each.identity for each in best] == [BOB.identity]
