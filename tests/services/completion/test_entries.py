"""From rows to what the index keeps: each address's present state, as the API shows it."""

import json

import pytest
from sqlalchemy import event

from contactsgroups.autocomplete import Entry, EntryKind, Remove, Upsert
from contactsgroups.domain.change import Change, JournalEntry, Subject
from contactsgroups.persistence import Database, journal
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.completion.entries import (
    contact_entry,
    find_entries,
    group_entry,
    read_changes,
    read_entries,
)
from contactsgroups.services.groups.lookup import require_group
from tests.directories import add_account, add_accounts, add_alias, add_group
from tests.services.conftest import position


def domain_id(database: Database, name: str = "example.org") -> int:
    with database.read() as session:
        return require_domain(session, name).id


def entries(database: Database) -> dict[str, Entry]:
    with database.read() as session:
        return {each.identity: each for each in read_entries(session, domain_id(database))}


def test_addresses_are_looked_up_without_reading_their_domain(small: Database) -> None:
    """SQLite has no figures about tables, and would take the index of the domain."""
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, text: str, values: object, *_: object) -> None:
        asked.append((text, values))

    event.listen(small.engine, "before_cursor_execute", note)
    with small.read() as session:
        find_entries(session, [domain_id(small)], ["ada@example.org", "x@example.org"])
    event.remove(small.engine, "before_cursor_execute", note)
    looked_up = [each for each in asked if "address IN" in each[0]]
    with small.engine.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each[0]}", each[1])
            for each in looked_up
        ]  # type: ignore[arg-type]
        steps = [row[3] for plan in plans for row in plan]
    assert len(looked_up) == 3
    assert [each for each in steps if "domain_id=?" in each] == []


def test_listed_groups_and_active_accounts_are_kept(small: Database) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    add_alias(small, "a@example.org", "ada@example.org")
    add_account(small, "zoe@example.org", active=False)
    add_group(small, "team@example.org", "ada@example.org")
    add_group(small, "hidden@example.org", "ada@example.org", show_in_contacts=False)
    add_group(small, "closed@example.org", "ada@example.org", disabled=True)
    assert {address: each.kind for address, each in entries(small).items()} == {
        "a@example.org": EntryKind.ALIAS,
        "ada@example.org": EntryKind.ACCOUNT,
        "bob@example.org": EntryKind.ACCOUNT,
        "eve@example.org": EntryKind.ACCOUNT,
        "team@example.org": EntryKind.GROUP,
    }


@pytest.mark.parametrize("show_members", [True, False])
def test_a_group_is_kept_as_it_is_shown(small: Database, show_members: bool) -> None:
    group = add_group(
        small,
        "Team@example.org",
        *("ada@example.org", "x@side.example"),
        display_name='"Größe"',
        moderated=True,
        moderators=["eve@example.org"],
        show_members=show_members,
    )
    with small.read() as session:
        entry = group_entry(require_group(session, group.uuid), score=7)
    assert (entry.identity, entry.name, entry.score) == ("team@example.org", '"Größe"', 7)
    assert json.loads(entry.payload) == {
        "kind": "group",
        "id": group.uuid,
        "name": '"Größe"',
        "address": "Team@example.org",
        "member_count": 2,
        "external_count": 1 if show_members else 0,
        "members_visible": show_members,
        "moderated": True,
        "icon": f"groups/{group.uuid}/picture.png?v={group.picture_version}",
    }
    assert ", " not in entry.payload  # Compact: it is joined into answers as it stands.


def test_a_contact_is_found_by_all_of_its_names_and_shown_with_the_first() -> None:
    entry = contact_entry("g@side.example", "G@side.example", "Grace", ["Boss", ""])
    assert entry.name.split() == ["Grace", "Boss"]
    assert json.loads(entry.payload)["name"] == "Grace"
    assert (entry.kind, entry.score) == (EntryKind.CONTACT, 0)


def test_the_journal_becomes_each_addresss_present_state(small: Database) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    before = position(small)
    add_account(small, "kim@example.org", display_name="Kim")
    add_account(small, "kim@example.org", display_name="Kim Possible")
    add_account(small, "eve@example.org", active=False)
    add_account(small, "nia@example.net", display_name="Nia")
    add_alias(small, "a@example.org", "ada@example.org")
    with small.read() as session:
        news = journal.read_since(session, before)
        changes = read_changes(session, domain_id(small), news)
    assert changes == [
        Upsert(entries(small)["a@example.org"]),
        Remove("eve@example.org"),
        Upsert(entries(small)["kim@example.org"]),
    ]


def test_a_changed_rank_is_a_change_and_a_changed_domain_is_none(small: Database) -> None:
    here = domain_id(small)
    news = [
        JournalEntry(1, Change(Subject.POPULARITY, here, "ada@example.org")),
        JournalEntry(2, Change(Subject.DOMAIN, here, "example.org")),
    ]
    with small.read() as session:
        (change,) = read_changes(session, here, news)
    assert isinstance(change, Upsert)
    assert change.entry.identity == "ada@example.org"


def test_entries_are_found_in_the_domains_that_are_asked_only(small: Database) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    add_group(small, "team@example.org", "ada@example.org")
    asked = ["ada@example.org", "team@example.org", "nia@example.net", "no@example.org"]
    here, there = domain_id(small), domain_id(small, "example.net")
    with small.read() as session:
        assert find_entries(session, [here], asked).keys() == {
            "ada@example.org",
            "team@example.org",
        }
        assert find_entries(session, [there], asked).keys() == {"nia@example.net"}
        assert find_entries(session, [here, there], asked).keys() == {*asked[:3]}
        assert find_entries(session, [], asked) == {}
