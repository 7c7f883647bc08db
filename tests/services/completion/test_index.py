"""Completions follow every change at once, and never show what is hidden."""

from pathlib import Path

import pytest

from contactsgroups.autocomplete import Shard
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, dumps
from contactsgroups.persistence.high_water import HighWater
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts import sharing
from contactsgroups.services.completion import CompletionIndex, following
from contactsgroups.services.completion.contacts import Contact, replace_contacts
from contactsgroups.services.groups import members
from tests.directories import add_account, add_accounts, add_group, changed_draft, group_draft
from tests.services.conftest import NIA, Complete, payload


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
        moderators=["eve@example.org"],
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


@pytest.mark.parametrize("built", [True, False])
def test_on_a_tie_ones_own_domain_comes_first_then_the_name(
    database: Database, complete: Complete, built: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not built:
        monkeypatch.setattr(following.FollowingShard, "current", lambda *_: None)
    add_account(database, "s2@example.org", display_name="Sam Zoller")
    add_account(database, "s1@example.org", display_name="Sam Young")
    add_account(database, "s@example.net", display_name="Sam Abel")
    replace_contacts(database, "ada@example.org", "b", [Contact("b/1", "Sam A.", "s@side.example")])
    sharing.share_domain(database, OPERATOR, "example.net", "example.org")
    sharing.share_domain(database, OPERATOR, "example.org", "example.net")
    add_account(database, "nia@example.net")
    assert complete("sam") == ["s1", "s2", "s@side.example", "s@example.net"]
    assert complete("sam", NIA) == ["s@example.net", "s1", "s2"]


def test_a_domain_that_was_removed_and_is_served_again_begins_anew(
    database: Database, complete: Complete
) -> None:
    for name, shown in (("nia", ["nia@example.net"]), ("nick", ["nick@example.net"])):
        add_accounts(database, [name], domain="example.net")
        sharing.share_domain(database, OPERATOR, "example.net", "example.org")
        assert complete("ni") == shown
        accounts.remove_account(database, OPERATOR, f"{name}@example.net")
        accounts.remove_domain(database, OPERATOR, "example.net")
        assert complete("ni") == []


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
    "query", ["", " ", "\x00", "\ud800", "a" * 10_000, " ".join(["ab"] * 200), "@", "%_", "'\";"]
)
def test_any_query_is_answered(complete: Complete, query: str) -> None:
    assert isinstance(complete(query), list)


def test_a_database_that_was_put_back_suggests_what_it_has_now(
    database: Database, complete: Complete, index: CompletionIndex, tmp_path: Path
) -> None:
    """Also when its journal and the versions of own contacts have come as far as before."""
    database.high_water = HighWater(tmp_path / "mark")
    replace_contacts(database, "ada@example.org", "own", [Contact("own/1.vcf", "X", "xa@x.net")])
    group = add_group(database, "sales@example.org", "ada@example.org")
    assert (complete("sal"), complete("xa")) == (["sales"], ["xa@x.net"])
    dumps.dump(database.url, tmp_path / "dump")
    groups.remove_group(database, OPERATOR, group.uuid)
    add_group(database, "lost@example.org", "ada@example.org")
    replace_contacts(database, "ada@example.org", "own", [Contact("own/1.vcf", "X", "xb@x.net")])
    assert (complete("sal"), complete("lost"), complete("x")) == ([], ["lost"], ["xb@x.net"])

    database.dispose()
    dumps.load(database.url, tmp_path / "dump")

    assert (complete("sal"), complete("lost"), complete("x")) == (["sales"], [], ["xa@x.net"])
    add_group(database, "new@example.org", "ada@example.org")
    add_group(database, "other@example.org", "ada@example.org")
    assert (complete("new"), complete("lost")) == (["new"], [])
