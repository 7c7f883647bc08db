"""Every completion says how it matches, and in which letters of what it shows."""

import json
from typing import Any

import pytest

from contactsgroups.autocomplete import EntryKind, Match, parse_query
from contactsgroups.autocomplete.entry import completion_of
from contactsgroups.persistence import Database
from contactsgroups.services.completion import CompletionIndex, following
from contactsgroups.services.completion.contacts import Contact, replace_contacts
from contactsgroups.services.completion.entries import account_entry
from contactsgroups.services.completion.matching import add_matches
from tests.directories import add_account, add_group
from tests.services.conftest import ADA


def matches(index: CompletionIndex, query: str) -> dict[str, Any]:
    found = [json.loads(each.payload) for each in index.complete(ADA, query)]
    return {each["address"]: each["match"] for each in found}


@pytest.mark.parametrize("is_built", [True, False])
def test_the_index_and_the_database_say_the_same(
    database: Database, index: CompletionIndex, is_built: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_account(database, "olga@example.org", display_name="Ольга Müller")
    add_group(database, "sales@example.org", "ada@example.org", display_name="Sales Team")
    if not is_built:
        monkeypatch.setattr(following.FollowingShard, "current", lambda *_: None)
    mueller = {"kind": "prefix", "name": [[6, 8]], "address": []}
    assert matches(index, "mue") == {"olga@example.org": mueller}
    olga = {"kind": "exact", "name": [[0, 5]], "address": [[0, 4]]}
    assert matches(index, "olga") == {"olga@example.org": olga}
    sales = {"kind": "word", "name": [[0, 5], [6, 10]], "address": [[0, 5]]}
    assert matches(index, "sales team") == {"sales@example.org": sales}
    found = matches(index, "exam")
    assert found["ada@example.org"] == {"kind": "domain", "name": [], "address": [[4, 8]]}


def test_a_group_says_besides_what_becomes_of_a_message(
    database: Database, index: CompletionIndex
) -> None:
    add_group(database, "sales@example.org", "ada@example.org", display_name="Sales Team")
    [found] = index.complete(ADA, "sales")
    assert {"match", "posting", "posting_reason"} <= json.loads(found.payload).keys()


def test_own_names_are_marked_as_they_are_shown(database: Database, index: CompletionIndex) -> None:
    """A contact that is an account too is shown with its owner's name for it."""
    cards = [
        Contact("a/1", "Zoe from 𝕏 Sport", "zoe@example.org"),
        Contact("a/2", "Jo Partner", "Jo@Side.Example"),
        Contact("a/3", "Other Name", "jo@side.example"),
    ]
    replace_contacts(database, "ada@example.org", "", cards)
    found = matches(index, "spo")
    assert found == {"zoe@example.org": {"kind": "prefix", "name": [[12, 15]], "address": []}}
    found = matches(index, "jo")
    assert found == {"Jo@Side.Example": {"kind": "exact", "name": [[0, 2]], "address": [[0, 2]]}}
    found = matches(index, "side")
    assert found == {"Jo@Side.Example": {"kind": "domain", "name": [], "address": [[3, 7]]}}
    found = matches(index, "other")
    assert found == {"Jo@Side.Example": {"kind": "word", "name": [], "address": []}}


def test_what_is_kept_for_a_query_makes_no_difference() -> None:
    query = parse_query("ann")
    for number in range(200):
        entry = account_entry(number, f"q{number}@example.org", "x@example.org", "Anna", 0)
        for match in (Match.WORD, Match.CORRECTED):
            found = completion_of(entry, match)
            [once] = add_matches(query, [found])
            [again] = add_matches(query, [found])
            assert once == again
            assert once._replace(payload=found.payload) == found
            assert once.kind is EntryKind.ACCOUNT
            kind = {"prefix", "corrected"} & {json.loads(once.payload)["match"]["kind"]}
            assert kind == {"prefix" if match is Match.WORD else "corrected"}
