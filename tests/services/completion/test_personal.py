"""What is personal in completions: own use, own contacts, and what others must not inherit."""

from datetime import UTC, datetime, timedelta

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import accounts
from contactsgroups.services.accounts import sharing
from contactsgroups.services.completion import CompletionIndex, following, popularity
from contactsgroups.services.completion.contacts import Contact, replace_contacts
from contactsgroups.services.completion.usage import (
    UsedAddress,
    is_usage_recorded,
    record_usage,
    remove_all_usage,
    remove_usage,
    set_usage_recording,
)
from tests.directories import add_account, add_accounts, add_group
from tests.services.conftest import ADA, NIA, Complete, payload

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def put(database: Database, href: str, name: str, *addresses: str) -> None:
    """Make Ada's contacts at a place these addresses of one name."""
    contacts = [Contact(href, name, address) for address in addresses]
    replace_contacts(database, "ada@example.org", href, contacts)


def test_who_was_mailed_comes_first_more_so_the_more_and_the_later(
    database: Database, complete: Complete
) -> None:
    add_accounts(database, ["sam", "sara", "saul"])
    assert complete("sa") == ["sam", "sara", "saul"]
    record_usage(database, ADA, [UsedAddress("saul@example.org")], at=NOW)
    assert complete("sa")[0] == "saul"
    record_usage(database, ADA, [UsedAddress("sara@example.org")], at=NOW + timedelta(days=1))
    assert complete("sa")[:2] == ["sara", "saul"]
    record_usage(database, ADA, [UsedAddress("saul@example.org")], at=NOW + timedelta(days=1))
    assert complete("sa")[:2] == ["saul", "sara"]


def test_addresses_outside_are_suggested_after_they_were_mailed_and_can_be_forgotten(
    database: Database, complete: Complete
) -> None:
    mailed = [UsedAddress("kim@elsewhere.example", "Kim Possible"), UsedAddress("bob@example.org")]
    record_usage(database, ADA, mailed)
    assert complete("possi") == ["kim@elsewhere.example"]
    assert complete("kim", NIA) == []
    remove_usage(database, ADA, "KIM@elsewhere.example")
    assert complete("kim") == []
    record_usage(database, ADA, mailed)
    remove_all_usage(database, ADA)
    assert complete("kim") == []


def test_nobody_who_left_comes_back_through_somebodys_history(
    database: Database, complete: Complete
) -> None:
    record_usage(database, ADA, [UsedAddress("zoe@example.org", "Zoe")])
    add_account(database, "zoe@example.org", display_name="Zoe", active=False)
    assert complete("zo") == []
    accounts.remove_account(database, OPERATOR, "zoe@example.org")
    assert complete("zo") == []


def test_learning_can_be_switched_off(database: Database, complete: Complete) -> None:
    record_usage(database, ADA, [UsedAddress("kim@elsewhere.example")])
    set_usage_recording(database, ADA, enabled=False)
    assert complete("kim") == []
    record_usage(database, ADA, [UsedAddress("kit@elsewhere.example")])
    set_usage_recording(database, ADA, enabled=True)
    assert is_usage_recorded(database, ADA)
    assert complete("ki") == ["kim@elsewhere.example"]


def test_faulty_or_too_many_recipients_teach_nothing(
    database: Database, complete: Complete
) -> None:
    for faulty in ([UsedAddress("x")], [UsedAddress("kim@elsewhere.example")] * 1001):
        with pytest.raises(InvalidInput):
            record_usage(database, ADA, faulty)
    assert complete("kim") == []


def test_what_colleagues_mail_much_ranks_higher(database: Database, complete: Complete) -> None:
    add_accounts(database, ["sam", "saul"])
    assert complete("sa") == ["sam", "saul"]
    for name in ("bob", "eve", "zoe"):
        colleague = Principal(address=Address.parse(f"{name}@example.org"))
        record_usage(database, colleague, [UsedAddress("saul@example.org")])
    popularity.sum_up(database)
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
    accounts.remove_account(database, OPERATOR, "ada@example.org")
    add_account(database, "ada@example.org", display_name="Another Ada")
    put(database, "friends/1.vcf", "Open Friend", "open@elsewhere.example")
    assert complete("friend") == ["open@elsewhere.example"]


def test_what_strangers_mail_makes_nobody_popular(database: Database, complete: Complete) -> None:
    add_accounts(database, ["nia", "nat", "noa"], domain="example.net")
    add_accounts(database, ["sam", "saul"])
    strangers = [
        Principal(address=Address.parse(f"{name}@example.net")) for name in ("nia", "nat", "noa")
    ]
    for stranger in strangers:
        record_usage(database, stranger, [UsedAddress("saul@example.org")])
    popularity.sum_up(database)
    assert complete("sa") == ["sam", "saul"]
    sharing.share_domain(database, OPERATOR, "example.org", "example.net")
    for stranger in strangers:
        record_usage(database, stranger, [UsedAddress("saul@example.org")])
    popularity.sum_up(database)
    assert complete("sa") == ["saul", "sam"]


def test_an_odd_name_does_not_keep_the_rest_from_being_learned(
    database: Database, complete: Complete
) -> None:
    odd = [UsedAddress("a@elsewhere.example", "Quinn\r\n\u202e" + "x" * 300)]
    record_usage(database, ADA, [*odd, UsedAddress("b@elsewhere.example", "Quincy")])
    assert complete("quin") == ["b@elsewhere.example", "a@elsewhere.example"]


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
    add_group(database, "board@example.org", "bob@example.org", show_in_contacts=False)
    put(database, "friends/1.vcf", "My Chiefs", "board@example.org")
    assert payload(index, "chiefs").keys() == {"kind", "id", "name", "address", "match"}
