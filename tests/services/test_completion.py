"""Completions follow every change at once, and never show what is hidden."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.group import GroupSwitches
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import directory, groups, members, sharing
from contactsgroups.services.completion import CompletionIndex, following
from contactsgroups.services.completion import index as index_module
from contactsgroups.services.completion.contacts import Contact, replace_contacts
from contactsgroups.services.completion.learning import (
    Mailed,
    forget,
    forget_all,
    is_learning,
    record_use,
    set_learning,
)
from contactsgroups.services.groups import GroupDraft
from tests.directories import add_account, add_accounts, add_group

ADA = Principal(address=Address.parse("ada@example.org"))
NIA = Principal(address=Address.parse("nia@example.net"))
NOW = datetime(2026, 6, 1, tzinfo=UTC)

Complete = Callable[..., list[str]]


@pytest.fixture
def index(database: Database, tmp_path: Path) -> Iterator[CompletionIndex]:
    index = CompletionIndex(database, tmp_path / "index", interval=0)
    yield index
    index.close()


@pytest.fixture
def complete(index: CompletionIndex) -> Complete:
    """Ask as Ada does; answers are local parts, or whole addresses of other domains."""

    def ask(query: str, principal: Principal = ADA, **arguments: object) -> list[str]:
        found = index.complete(principal, query, **arguments)  # type: ignore[arg-type]
        return [each.address.removesuffix("@example.org") for each in found]

    return ask


def put(database: Database, href: str, name: str, *addresses: str) -> None:
    """Make Ada's contacts at a place these addresses of one name."""
    contacts = [Contact(href, name, address) for address in addresses]
    replace_contacts(database, "ada@example.org", href, contacts)


def payload(index: CompletionIndex, query: str) -> dict[str, object]:
    (found,) = index.complete(ADA, query)
    result: dict[str, object] = json.loads(found.payload)
    return result


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
        switches=GroupSwitches(moderated=True),
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
    switches = GroupSwitches(show_members=False)
    add_group(database, "s@example.org", "x@elsewhere.example", switches=switches)
    shown = payload(index, "s")
    assert (shown["external_count"], shown["members_visible"]) == (0, False)


def test_every_change_is_suggested_at_the_next_keystroke(
    database: Database, complete: Complete
) -> None:
    assert complete("sal") == []
    group = add_group(database, "sales@example.org", "ada@example.org")
    assert complete("sal") == ["sales"]
    draft = GroupDraft(address="trade@example.org", display_name="Trade")
    groups.update_group(database, OPERATOR, group.uuid, 1, draft)
    assert complete("sal") == []
    assert complete("tra") == ["trade"]
    for number, change in enumerate([{"show_in_contacts": False}, {}, {"disabled": True}], 2):
        switches = GroupSwitches(**change)
        groups.update_group(
            database, OPERATOR, group.uuid, number, replace(draft, switches=switches)
        )
        assert complete("tra") == ([] if change else ["trade"])
    groups.delete_group(database, OPERATOR, group.uuid)
    add_account(database, "zoe@example.org", display_name="Zoe Trader")
    assert complete("tra") == ["zoe"]
    add_account(database, "zoe@example.org", display_name="Zoe Trader", active=False)
    assert complete("tra") == []
    directory.remove_account(database, OPERATOR, "bob@example.org")
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


def test_an_index_that_fails_while_it_answers_is_left_to_the_database(
    database: Database,
    index: CompletionIndex,
    complete: Complete,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As one whose files somebody has written into while they were mapped."""
    assert complete("zo") == ["zoe"]

    def fail(*_: object, **__: object) -> None:
        raise IndexError("a number from nowhere")

    with monkeypatch.context() as patched:
        patched.setattr(index_module, "complete", fail)
        assert complete("zo") == ["zoe"]
    assert "the index cannot answer" in caplog.text
    assert complete("zo") == ["zoe"]


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


def test_who_was_mailed_comes_first_more_so_the_more_and_the_later(
    database: Database, complete: Complete
) -> None:
    add_accounts(database, ["sam", "sara", "saul"])
    assert complete("sa") == ["sam", "sara", "saul"]
    record_use(database, ADA, [Mailed("saul@example.org")], at=NOW)
    assert complete("sa")[0] == "saul"
    record_use(database, ADA, [Mailed("sara@example.org")], at=NOW + timedelta(days=1))
    assert complete("sa")[:2] == ["sara", "saul"]
    record_use(database, ADA, [Mailed("saul@example.org")], at=NOW + timedelta(days=1))
    assert complete("sa")[:2] == ["saul", "sara"]


def test_addresses_outside_are_suggested_after_they_were_mailed_and_can_be_forgotten(
    database: Database, complete: Complete
) -> None:
    mailed = [Mailed("kim@elsewhere.example", "Kim Possible"), Mailed("bob@example.org")]
    record_use(database, ADA, mailed)
    assert complete("possi") == ["kim@elsewhere.example"]
    assert complete("kim", NIA) == []
    forget(database, ADA, "KIM@elsewhere.example")
    assert complete("kim") == []
    record_use(database, ADA, mailed)
    forget_all(database, ADA)
    assert complete("kim") == []


def test_nobody_who_left_comes_back_through_somebodys_history(
    database: Database, complete: Complete
) -> None:
    record_use(database, ADA, [Mailed("zoe@example.org", "Zoe")])
    add_account(database, "zoe@example.org", display_name="Zoe", active=False)
    assert complete("zo") == []
    directory.remove_account(database, OPERATOR, "zoe@example.org")
    assert complete("zo") == []


def test_learning_can_be_switched_off(database: Database, complete: Complete) -> None:
    record_use(database, ADA, [Mailed("kim@elsewhere.example")])
    set_learning(database, ADA, enabled=False)
    assert complete("kim") == []
    record_use(database, ADA, [Mailed("kit@elsewhere.example")])
    set_learning(database, ADA, enabled=True)
    assert is_learning(database, ADA)
    assert complete("ki") == ["kim@elsewhere.example"]


def test_faulty_or_too_many_recipients_teach_nothing(
    database: Database, complete: Complete
) -> None:
    for faulty in ([Mailed("x")], [Mailed("kim@elsewhere.example")] * 1001):
        with pytest.raises(InvalidInput):
            record_use(database, ADA, faulty)
    assert complete("kim") == []


def test_what_colleagues_mail_much_ranks_higher(database: Database, complete: Complete) -> None:
    add_accounts(database, ["sam", "saul"])
    bob = Principal(address=Address.parse("bob@example.org"))
    assert complete("sa") == ["sam", "saul"]
    record_use(database, bob, [Mailed("saul@example.org")])
    assert complete("sa") == ["saul", "sam"]


def test_own_contacts_are_suggested_to_their_owner_only(
    database: Database, complete: Complete
) -> None:
    put(database, "friends/1.vcf", "Grace Friend", "grace@elsewhere.example", "grace@work.example")
    put(database, "friends/2.vcf", "Friend of nobody", "not an address")
    assert complete("frie") == ["grace@elsewhere.example", "grace@work.example"]
    assert complete("frie", Principal(address=Address.parse("bob@example.org"))) == []


def test_own_contacts_follow_cards_and_books(database: Database, complete: Complete) -> None:
    put(database, "friends/1.vcf", "Grace Friend", "grace@elsewhere.example", "grace@work.example")
    put(database, "friends/1.vcf", "Grace Friend", "grace@elsewhere.example")
    put(database, "friends2/1.vcf", "Alan Friend", "alan@elsewhere.example")
    assert complete("frie") == ["alan@elsewhere.example", "grace@elsewhere.example"]
    put(database, "friends", "")
    assert complete("frie") == ["alan@elsewhere.example"]
    put(database, "", "")
    assert complete("frie") == []


def test_contacts_of_nobody_are_not_kept(database: Database) -> None:
    contact = Contact("friends/1.vcf", "Grace", "grace@elsewhere.example")
    assert replace_contacts(database, "nobody@example.org", "friends", [contact]) == 0
    assert replace_contacts(database, "no address", "friends", [contact]) == 0


def test_any_name_of_a_card_is_found(database: Database, complete: Complete) -> None:
    put(database, "a/1.vcf", "Grace\nFriend", "grace@elsewhere.example")
    put(database, "a/2.vcf", "Alan " + "x" * 300, "a@elsewhere.example")
    put(database, "a/3.vcf", "Friend \u202e", "b@elsewhere.example")
    assert complete("frie gra") == ["grace@elsewhere.example"]
    assert complete("alan x") == ["a@elsewhere.example"]
    assert complete("b@else") == ["b@elsewhere.example"]


def test_a_colleague_who_is_also_a_contact_is_suggested_once(
    database: Database, complete: Complete
) -> None:
    put(database, "friends/1.vcf", "Zoe the Great", "zoe@example.org")
    assert complete("zoe") == ["zoe"]
    assert complete("great") == ["zoe"]


def test_an_address_on_two_cards_is_found_by_both_names_and_suggested_once(
    database: Database, index: CompletionIndex, complete: Complete
) -> None:
    put(database, "friends/1.vcf", "Grace Hopper", "grace@elsewhere.example")
    put(database, "work/1.vcf", "Amazing Boss", "grace@elsewhere.example")
    for query in ("hopper", "boss", "amazing grace"):
        assert complete(query) == ["grace@elsewhere.example"]
    assert payload(index, "hopper")["name"] == "Amazing Boss"


def test_a_new_account_of_an_address_inherits_nothing(
    database: Database, complete: Complete
) -> None:
    put(database, "friends/1.vcf", "Secret Friend", "secret@elsewhere.example")
    assert complete("secret") == ["secret@elsewhere.example"]
    directory.remove_account(database, OPERATOR, "ada@example.org")
    add_account(database, "ada@example.org", display_name="Another Ada")
    put(database, "friends/1.vcf", "Open Friend", "open@elsewhere.example")
    assert complete("friend") == ["open@elsewhere.example"]


def test_what_strangers_mail_makes_nobody_popular(database: Database, complete: Complete) -> None:
    add_accounts(database, ["nia"], domain="example.net")
    add_accounts(database, ["sam", "saul"])
    record_use(database, NIA, [Mailed("saul@example.org")])
    assert complete("sa") == ["sam", "saul"]
    sharing.share_domain(database, OPERATOR, "example.org", "example.net")
    record_use(database, NIA, [Mailed("saul@example.org")])
    assert complete("sa") == ["saul", "sam"]


def test_an_odd_name_does_not_keep_the_rest_from_being_learned(
    database: Database, complete: Complete
) -> None:
    odd = [Mailed("a@elsewhere.example", "Quinn\r\n\u202e" + "x" * 300)]
    record_use(database, ADA, [*odd, Mailed("b@elsewhere.example", "Quincy")])
    assert complete("quin") == ["b@elsewhere.example", "a@elsewhere.example"]


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


@pytest.mark.parametrize("built", [True, False])
def test_a_group_in_an_own_book_stays_a_group(
    database: Database, index: CompletionIndex, built: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by the owner's name for it, and with everything that warns before sending."""
    add_group(database, "board@example.org", "bob@example.org")
    put(database, "friends/1.vcf", "My Chiefs", "board@example.org")
    if not built:
        monkeypatch.setattr(following.FollowingShard, "current", lambda *_: None)
    found = payload(index, "chiefs")
    assert (found["kind"], found["name"]) == ("group", "My Chiefs")
    assert {"member_count", "icon", "posting", "posting_reason"} <= found.keys()


def test_a_hidden_group_in_an_own_book_is_a_mere_contact(
    database: Database, index: CompletionIndex
) -> None:
    """Its owner knows the address already; nothing is added to that."""
    switches = GroupSwitches(show_in_contacts=False)
    add_group(database, "board@example.org", "bob@example.org", switches=switches)
    put(database, "friends/1.vcf", "My Chiefs", "board@example.org")
    assert payload(index, "chiefs").keys() == {"kind", "id", "name", "address"}


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
