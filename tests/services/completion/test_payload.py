"""What is shown of a suggestion is one compact JSON object, however it was changed."""

import json

from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.autocomplete import Explanation, MatchKind
from contactsgroups.domain.posting import Action, Decision
from contactsgroups.persistence import Database
from contactsgroups.services.completion.payload import (
    account_payload,
    contact_payload,
    group_payload,
    name_of,
    posting_fields,
    renamed,
    shown_of,
    with_match,
    with_posting,
)
from contactsgroups.services.groups.lookup import require_group
from tests.directories import add_group

names = st.text(st.characters(exclude_categories=["Cs"]))


@given(name=names, other=names)
def test_another_name_changes_nothing_else(name: str, other: str) -> None:
    payload = account_payload(7, "Ada@example.org", name)
    assert name_of(payload) == name
    assert json.loads(renamed(payload, other)) == json.loads(payload) | {"name": other}
    assert renamed(payload, name) == payload


@given(name=names, reason=names)
def test_what_becomes_of_a_message_is_added_to_what_is_shown(name: str, reason: str) -> None:
    payload = contact_payload("x@side.example", "X@side.example", name)
    fields = posting_fields(Decision(Action.REJECT, reason, ()))
    assert json.loads(with_posting(payload, fields)) == {
        "kind": "contact",
        "id": "x@side.example",
        "name": name,
        "address": "X@side.example",
        "posting": "reject",
        "posting_reason": reason,
    }


ranges = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=3).map(tuple)


@given(name=names, kind=st.sampled_from(MatchKind), in_name=ranges, in_address=ranges)
def test_how_it_matches_is_added_to_what_is_shown(
    name: str,
    kind: MatchKind,
    in_name: tuple[tuple[int, int], ...],
    in_address: tuple[tuple[int, int], ...],
) -> None:
    payload = account_payload(7, "Ada@example.org", name)
    extended = json.loads(with_match(payload, Explanation(kind, in_name, in_address)))
    match = extended.pop("match")
    assert extended == json.loads(payload)
    assert match == {
        "kind": kind,
        "name": list(map(list, in_name)),
        "address": list(map(list, in_address)),
    }


@given(name=names, entry_name=names, address=st.sampled_from(["Ada@example.org", "x@y.example"]))
def test_what_is_shown_is_read_from_what_is_shown(name: str, entry_name: str, address: str) -> None:
    """Whatever name and address the entry has to be found by."""
    payload = account_payload(7, "Ada@example.org", name)
    assert shown_of(payload, entry_name, address) == (name, "Ada@example.org")
    assert shown_of(payload, name, "Ada@example.org") == (name, "Ada@example.org")


def test_a_group_hides_how_many_outside_addresses_are_among_hidden_members(
    small: Database,
) -> None:
    outside = "x@side.example"
    shown = add_group(small, "shown@example.org", outside)
    hidden = add_group(small, "hidden@example.org", outside, show_members=False)
    with small.read() as session:
        payloads = [group_payload(require_group(session, each.uuid)) for each in (shown, hidden)]
    fields = [json.loads(payload) for payload in payloads]
    assert [each["external_count"] for each in fields] == [1, 0]
    assert [each["member_count"] for each in fields] == [1, 1]
    assert [each["members_visible"] for each in fields] == [True, False]


def test_it_is_compact_and_keeps_letters_as_they_are() -> None:
    payload = account_payload(7, "ada@example.org", "Größe")
    assert payload == '{"kind":"account","id":"7","name":"Größe","address":"ada@example.org"}'
