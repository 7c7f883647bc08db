"""Completions follow every change at once, and never show what is hidden."""

import time
from pathlib import Path

import pytest

from contactsgroups.autocomplete import Shard
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts import sharing
from contactsgroups.services.completion import CompletionIndex, following
from contactsgroups.services.completion.contacts import Contact, replace_contacts
from contactsgroups.services.groups import members
from tests.directories import add_account, add_accounts, add_group, changed_draft, group_draft
from tests.services.conftest import ADA, NIA, Complete, payload


def test_groups_and_colleagues_are_suggested_groups_first(
    database: Database, complete: Complete
) -> None:
    add_group(database, "zoo@example.org", "ada@example.org")
    assert complete("zo") == ["zoo", "zoe"]
    assert complete("zo", kinds={"group"}) == ["zoo"]
    assert complete("nobody") == []


def test_a_group_tells_what_the_field_shows(database: Database, index: CompletionIndex) -> None:
    group = add_group(
        database,
        "Sales@example.org",
        "bob@example.org",
        "x@elsewhere.example",
        display_name="Sales Team",
        posting_policy="members",
        moderated=True,
    )
    shown = payload(index, "sales")
    assert shown["name"] == "Sales Team"
    assert shown["address"] == "Sales@example.org"
    assert (shown["member_count"], shown["external_count"]) == (2, 1)
    assert shown["moderated"] is True
    assert str(shown["icon"]).startswith(f"groups/{group.uuid}/picture.png?v=")
    assert (shown["posting"], shown["posting_reason"]) == ("reject", "only members may post")
    members.add_member(database, OPERATOR, group.uuid, "ada@example.org")
    assert payload(index, "sales")["posting"] == "hold"


def test_hidden_members_are_not_counted_by_where_they_are(
    database: Database, index: CompletionIndex
) -> None:
    add_group(database, "s@example.org", "x@elsewhere.example", show_members=False)
    shown = payload(index, "s")
    assert (shown["external_count"], shown["members_visible"]) == (0, False)


def test_every_change_is_suggested_at_the_next_keystroke(
    database: Database, complete: Complete
) -> None:
    assert complete("sal") == []
    group = add_group(database, "sales@example.org", "ada@example.org")
    assert complete("sal") == ["sales"]
    draft = group_draft(address="trade@example.org", display_name="Trade")
    groups.update_group(database, OPERATOR, group.uuid, 1, draft)
    assert complete("sal") == []
    assert complete("tra") == ["trade"]
    for number, change in enumerate([{"show_in_contacts": False}, {}, {"disabled": True}], 2):
        groups.update_group(database, OPERATOR, group.uuid, number, changed_draft(draft, **change))
        assert complete("tra") == ([] if change else ["trade"])
    groups.remove_group(database, OPERATOR, group.uuid)
    add_account(database, "zoe@example.org", display_name="Zoe Trader")
    assert complete("tra") == ["zoe"]
    add_account(database, "zoe@example.org", display_name="Zoe Trader", active=False)
    assert complete("tra") == []
    accounts.remove_account(database, OPERATOR, "bob@example.org")
    assert complete("bob") == []


def test_another_process_with_the_same_index_sees_the_change_too(
    database: Database, complete: Complete, tmp_path: Path
) -> None:
    assert complete("sal") == []
    add_group(database, "sales@example.org", "ada@example.org")
    second = CompletionIndex(database, tmp_path / "index", interval=0)
    assert [each.address for each in second.complete(ADA, "sal")] == ["sales@example.org"]
    second.close()
    assert complete("sal") == ["sales"]


def test_a_damaged_index_is_built_again_with_a_warning(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = CompletionIndex(database, tmp_path / "index", interval=0)
    assert [each.address for each in first.complete(ADA, "zo")] == ["zoe@example.org"]
    first.close()
    for path in sorted((tmp_path / "index").rglob("*")):
        if path.is_file() and path.stat().st_size > 16:
            path.write_bytes(b"\x00" * path.stat().st_size)
    second = CompletionIndex(database, tmp_path / "index", interval=0)
    assert [each.address for each in second.complete(ADA, "zo")] == ["zoe@example.org"]
    second.close()
    assert "it is being built again" in caplog.text


def test_any_one_file_full_of_zeros_is_found_and_built_again(
    database: Database, tmp_path: Path
) -> None:
    """As a power cut leaves files: of the right length, and empty; the manifest first of all."""
    directory_ = tmp_path / "index"

    def answer() -> list[str]:
        index = CompletionIndex(database, directory_, interval=0)
        found = [each.address for each in index.complete(ADA, "zo")]
        index.close()
        return found

    assert answer() == ["zoe@example.org"]
    names = {path.name for path in directory_.glob("*/base-*/*")}
    assert "manifest.json" in names
    for name in sorted(names):
        (path,) = directory_.glob(f"*/base-*/{name}")
        path.write_bytes(b"\0" * path.stat().st_size)
        assert answer() == ["zoe@example.org"], name
        (path,) = directory_.glob(f"*/base-*/{name}")
        assert set(path.read_bytes()) != {0} or path.stat().st_size < 16, name


@pytest.mark.parametrize("failing", ["apply", "find", "view"])
def test_an_index_that_fails_is_left_to_the_database(
    database: Database,
    complete: Complete,
    failing: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As one whose files somebody has written into while they were mapped."""
    replace_contacts(database, "ada@example.org", "a", [Contact("a", "Zoe", "zoe@else.example")])
    assert set(complete("zo")) == {"zoe", "zoe@else.example"}
    add_account(database, "zora@example.org", display_name="Zora")

    def fail(*_: object, **__: object) -> None:
        raise IndexError("a number from nowhere")

    with monkeypatch.context() as patched:
        patched.setattr(Shard, failing, property(fail) if failing == "view" else fail)
        assert set(complete("zo")) == {"zoe", "zora", "zoe@else.example"}
    assert "the index cannot answer" in caplog.text
    assert set(complete("zo")) == {"zoe", "zora", "zoe@else.example"}


def test_while_a_large_index_is_built_the_database_answers_the_same(
    database: Database, index: CompletionIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_account(database, "juergen@example.org", display_name="Jürgen Groß")
    add_account(database, "li.shan@example.org", display_name="单丽")
    add_group(database, "sales.team@example.org", "ada@example.org", display_name="Sales % Team")
    queries = ["zo", "juergen gross", "jür", "shan", "sales te", "example", "sales.team", "%", "a"]
    later = [[each.address for each in index.complete(ADA, query)] for query in queries]
    monkeypatch.setattr(following, "_FEW", -1)
    monkeypatch.setattr(following.FollowingShard, "_build_in_background", lambda self: None)
    fresh = CompletionIndex(database, index.directory_of(0).parent / "new", interval=0)
    now = [[each.address for each in fresh.complete(ADA, query)] for query in queries]
    fresh.close()
    assert now == later
    assert any(now)


def test_other_domains_are_suggested_only_where_they_are_shared(
    database: Database, complete: Complete
) -> None:
    add_accounts(database, ["nia"], domain="example.net")
    add_group(database, "nice@example.net", "nia@example.net")
    assert complete("ni") == []
    sharing.share_domain(database, OPERATOR, "example.net", "example.org")
    assert complete("ni") == ["nice@example.net", "nia@example.net"]
    assert complete("ad", NIA) == []
    sharing.hide_domain(database, OPERATOR, "example.net", "example.org")
    assert complete("ni") == []


@pytest.mark.parametrize(
    "query",
    ["obrien", "o'brien", "pat o'b", "bücher", "buecher", "uli bü", "uli@bücher.example", "mull"],
)
def test_the_database_finds_what_the_index_finds(
    database: Database,
    index: CompletionIndex,
    complete: Complete,
    query: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where the names as they are written do not contain what is typed."""
    add_account(database, "pat@example.org", display_name="Pat O'Brien")
    add_account(database, "max@example.org", display_name="Max Müller")
    add_accounts(database, ["uli"], domain="bücher.example")
    sharing.share_domain(database, OPERATOR, "bücher.example", "example.org")
    found = complete(query)
    assert found
    monkeypatch.setattr(following.FollowingShard, "current", lambda *_: None)
    assert complete(query) == found


def test_a_build_that_fails_is_not_tried_again_at_every_question(
    index: CompletionIndex, complete: Complete, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database answers meanwhile."""
    tries = []

    def fail(*_: object, **__: object) -> None:
        tries.append("build")
        raise OSError("the disk is full")

    monkeypatch.setattr(following, "build_generation", fail)
    for _ in range(5):
        assert complete("zoe") == ["zoe"]
    assert tries == ["build"]
    monkeypatch.undo()
    later = time.monotonic() + 60
    monkeypatch.setattr(following.time, "monotonic", lambda: later)
    assert complete("zoe") == ["zoe"]
    assert index.directory_of(1).exists()


@pytest.mark.parametrize(
    "query", ["", " ", "\x00", "\ud800", "a" * 10_000, " ".join(["ab"] * 200), "@", "%_", "'\";"]
)
def test_any_query_is_answered(complete: Complete, query: str) -> None:
    assert isinstance(complete(query), list)
