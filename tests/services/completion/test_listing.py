"""The address book of compose: who is in it, in which order, and how its pages follow."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.autocomplete import Entry, EntryKind, Match, completion_of
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts import sharing
from contactsgroups.services.completion import CompletionIndex, listing
from contactsgroups.services.completion.contacts import Contact, replace_contacts
from contactsgroups.services.completion.listing import page_of_found
from contactsgroups.services.groups import GroupDetails
from tests.directories import (
    add_account,
    add_accounts,
    add_alias,
    add_group,
    changed_draft,
    group_draft,
)
from tests.services.conftest import ADA, NIA
from tests.statements import statements_of

Listed = Callable[..., list[str]]


@pytest.fixture
def listed(index: CompletionIndex) -> Listed:
    """What is listed, all pages together, as local parts or addresses of other domains."""

    def ask(
        query: str = "", principal: Principal = ADA, limit: int = 3, **more: object
    ) -> list[str]:
        found, after = [], ""
        while True:
            page = index.list_contacts(principal, query, after=after, limit=limit, **more)  # type: ignore[arg-type]
            assert len(page.items) <= limit
            found += [each.address.removesuffix("@example.org") for each in page.items]
            if page.next_after is None:
                return found
            after = page.next_after

    return ask


def test_all_are_listed_by_name_and_who_has_none_by_address(
    database: Database, listed: Listed
) -> None:
    add_group(database, "z@example.org", "ada@example.org", display_name="Élan")
    add_account(database, "cc@example.org", display_name="")
    add_account(database, "b2@example.org", display_name="bob")
    assert listed() == ["ada", "b2", "bob", "cc", "z", "eve", "zoe"]
    assert listed(kinds={EntryKind.GROUP}) == ["z"]
    assert listed(kinds={EntryKind.ACCOUNT}) == ["ada", "b2", "bob", "cc", "eve", "zoe"]


def test_what_is_hidden_disabled_or_closed_is_never_listed_nor_found(
    database: Database, listed: Listed
) -> None:
    team = add_group(database, "team@example.org", "bob@example.org")
    add_group(database, "secret@example.org", "bob@example.org", show_in_contacts=False)
    add_account(database, "gone@example.org", display_name="Gone", active=False)
    assert listed() == ["ada", "bob", "eve", "team", "zoe"]
    draft = changed_draft(group_draft("team@example.org", members=None), disabled=True)
    groups.update_group(database, OPERATOR, team.uuid, team.version, draft)
    assert listed() == ["ada", "bob", "eve", "zoe"]
    for query in ("team", "secret", "gone"):
        assert listed(query) == []


def test_other_domains_are_listed_as_long_as_they_are_shown(
    database: Database, listed: Listed
) -> None:
    add_accounts(database, ["carl"], domain="example.com")
    add_group(database, "away@example.com", "carl@example.com")
    assert listed() == listed("example") == ["ada", "bob", "eve", "zoe"]
    assert listed(principal=NIA) == []
    sharing.share_domain(database, OPERATOR, "example.com", "example.org")
    assert listed() == ["ada", "away@example.com", "bob", "carl@example.com", "eve", "zoe"]
    assert listed("carl") == ["carl@example.com"]
    assert listed(principal=NIA) == []
    sharing.hide_domain(database, OPERATOR, "example.com", "example.org")
    assert listed() == ["ada", "bob", "eve", "zoe"]
    assert listed("carl") == []


def test_a_search_finds_what_completions_find_but_nothing_of_ones_own(
    database: Database, index: CompletionIndex, listed: Listed
) -> None:
    replace_contacts(
        database, "ada@example.org", "", [Contact("c/1.vcf", "Anna Outside", "anna@side.example")]
    )
    add_account(database, "olaf@example.org", display_name="Ólafur Jónsson")
    add_account(database, "li@example.org", display_name="李小龙")
    add_account(database, "iv@example.org", display_name="Иван Петров")
    add_alias(database, "chief@example.org", "bob@example.org")
    assert [each.address for each in index.complete(ADA, "anna")] == ["anna@side.example"]
    assert listed("anna") == []
    assert listed("OLAFUR jon") == ["olaf"]
    assert listed("李") == listed("xiao") == ["li"]
    assert listed("ivan") == ["iv"]
    assert listed("chief") == ["bob"]


def test_typing_errors_are_corrected_only_where_nothing_else_is_found(
    database: Database, listed: Listed
) -> None:
    add_account(database, "m1@example.org", display_name="Martina Keller")
    add_account(database, "m2@example.org", display_name="Martino Kellar")
    assert listed("keller") == ["m1"]
    assert set(listed("martinx")) == {"m1", "m2"}


def test_each_is_shown_as_a_suggestion_is(database: Database, index: CompletionIndex) -> None:
    add_group(
        database,
        "Sales@example.org",
        *("bob@example.org", "x@side.example"),
        display_name="Sales",
        posting_policy="members",
    )
    (suggested,) = index.complete(ADA, "sales")
    (found,) = index.list_contacts(ADA, "sales").items
    assert found.payload == suggested.payload
    (by_name,) = index.list_contacts(ADA, kinds={EntryKind.GROUP}).items
    shown = json.loads(suggested.payload)
    del shown["match"]
    assert json.loads(by_name.payload) == shown
    assert (shown["posting"], shown["external_count"]) == ("reject", 1)


def test_a_page_goes_on_behind_the_last_one_whatever_happened_meanwhile(
    database: Database, index: CompletionIndex
) -> None:
    first = index.list_contacts(ADA, limit=2)
    assert first.next_after is not None
    accounts.remove_account(database, OPERATOR, "bob@example.org")
    add_account(database, "abel@example.org", display_name="Abel")
    rest = index.list_contacts(ADA, after=first.next_after, limit=9)
    assert [each.address for each in rest.items] == ["eve@example.org", "zoe@example.org"]


def test_while_an_index_is_being_built_the_database_answers(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = CompletionIndex(database, tmp_path / "other", interval=0)
    monkeypatch.setattr(CompletionIndex, "_from_shards", lambda *_: None)
    assert [each.address for each in index.list_contacts(ADA, "bo").items] == ["bob@example.org"]


@pytest.mark.parametrize("query", ["", "group"])
def test_the_statements_do_not_grow_with_the_rows(
    small: Database, tmp_path: Path, query: str
) -> None:
    counts = []
    for size in (3, 30):
        for number in range(size):
            make_group(small, size, number)
        index = CompletionIndex(small, tmp_path / str(size), interval=0)
        index.list_contacts(ADA, query, limit=200)
        add_account(small, f"new{size}@example.org")  # What was decided is asked anew.
        with statements_of(small) as found:
            index.list_contacts(ADA, query, limit=200)
        counts.append(len(found))
        index.close()
    assert counts[0] == counts[1]


def make_group(database: Database, size: int, number: int) -> GroupDetails:
    """One with an owner, inside which is another group."""
    inner = add_group(database, f"in{size}-{number}@example.org", "eve@example.org")
    return add_group(
        database,
        f"group{size}-{number}@example.org",
        *(inner.address, "bob@example.org"),
        owners=["ada@example.org"],
        posting_policy="members",
    )


NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


@given(found=NAMES, limit=st.integers(1, 4))
def test_pages_of_a_search_are_its_parts_in_order(found: list[str], limit: int) -> None:
    all_of_them = [
        completion_of(Entry(name, EntryKind.ACCOUNT, name, name, 0, "{}"), Match.WORD)
        for name in found
    ]
    shown, after = [], ""
    while True:
        page = page_of_found(all_of_them, after, limit)
        shown += [each.identity for each in page.items]
        if page.next_after is None:
            break
        after = page.next_after
    assert shown == found
    assert not page.is_cut


def test_more_than_a_search_lists_is_said(
    database: Database, index: CompletionIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "FOUND_LIMIT", 3)
    page = index.list_contacts(ADA, "example", limit=9)
    assert (len(page.items), page.next_after, page.is_cut) == (3, None, True)
    assert not index.list_contacts(ADA, "bob", limit=9).is_cut
