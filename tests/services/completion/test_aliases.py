"""Aliases and extensions of accounts are found, and only as long as the account is to be seen."""

import json

import pytest
from sqlalchemy import select

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Alias, ClaimedAddress
from contactsgroups.services import accounts
from contactsgroups.services.accounts import sharing
from contactsgroups.services.completion import CompletionIndex, following, popularity
from contactsgroups.services.completion.contacts import Contact, replace_contacts
from contactsgroups.services.completion.usage import (
    UsedAddress,
    record_usage,
    remove_usage,
    set_usage_recording,
)
from tests.directories import add_account, add_accounts, add_alias, add_group
from tests.services.conftest import ADA, NIA, Complete, payload

BOB, EVE, ZOE = (
    Principal(address=Address.parse(f"{name}@example.org")) for name in ("bob", "eve", "zoe")
)


@pytest.fixture(params=["index", "database"])
def answered_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """From the index, and from the database as while it is built."""
    if request.param == "database":
        monkeypatch.setattr(following.FollowingShard, "current", lambda *_: None)
    return str(request.param)


def via(index: CompletionIndex, query: str, principal: Principal = ADA) -> list[str | None]:
    found = index.complete(principal, query)
    return [json.loads(each.payload).get("via") for each in found]


def without_match(found: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in found.items() if name != "match"}


@pytest.mark.usefixtures("answered_by")
def test_an_alias_is_found_as_its_account_and_says_through_which_address(
    database: Database, index: CompletionIndex, complete: Complete
) -> None:
    add_alias(database, "Help.Desk@example.org", "bob@example.org")
    direct = payload(index, "bob")
    letters = {"help": [[0, 4]], "desk": [[5, 9]], "desk help": [[0, 4], [5, 9]]}
    for query in (*letters, "help.desk", "help.desk@example.org"):
        assert complete(query) == ["bob"], query
        found = payload(index, query)
        match = found.pop("match")
        assert found == without_match(direct) | {"via": "Help.Desk@example.org"}
        assert (match["name"], match["address"]) == ([], [])
        assert match["via"] == letters.get(query, match["via"])
        assert match["via"]
    assert complete("help", kinds={"account"}) == ["bob"]
    assert complete("help", kinds={"contact"}) == []


@pytest.mark.usefixtures("answered_by")
def test_an_account_with_many_aliases_is_there_once_and_takes_no_place_of_others(
    database: Database, index: CompletionIndex, complete: Complete
) -> None:
    for number in range(30):
        add_alias(database, f"zo{number}@example.org", "zoe@example.org")
    add_accounts(database, ["zola", "zora"])
    assert complete("zo", limit=3) == ["zoe", "zola", "zora"]
    assert via(index, "zo") == [None, None, None]


@pytest.mark.usefixtures("answered_by")
def test_an_alias_ranks_by_its_accounts_name_and_popularity(
    database: Database, complete: Complete
) -> None:
    add_account(database, "m1@example.org", display_name="Anna")
    add_account(database, "m2@example.org", display_name="Zita")
    add_alias(database, "sales2@example.org", "m2@example.org")
    add_alias(database, "sales3@example.org", "m1@example.org")
    assert complete("sales") == ["m1", "m2"]
    for sender in (BOB, EVE, ZOE):
        record_usage(database, sender, [UsedAddress("m2@example.org")])
    popularity.sum_up(database)
    assert complete("sales") == ["m2", "m1"]


@pytest.mark.usefixtures("answered_by")
def test_an_alias_that_was_mailed_counts_for_the_account_under_all_its_addresses(
    database: Database, index: CompletionIndex, complete: Complete
) -> None:
    add_accounts(database, ["sam", "saul"])
    for number, account in enumerate(("sam", "saul", "saul")):
        add_alias(database, f"sales{number}@example.org", f"{account}@example.org")
    assert complete("sales") == complete("sa") == ["sam", "saul"]
    record_usage(database, ADA, [UsedAddress("SALES1@example.org")])
    assert complete("sales") == complete("sa") == ["saul", "sam"]
    assert via(index, "sales2") == ["sales2@example.org"]
    assert complete("sales", BOB) == complete("sa", BOB) == ["sam", "saul"]
    remove_usage(database, ADA, "sales1@example.org")
    assert complete("sales") == ["sam", "saul"]


@pytest.mark.usefixtures("answered_by")
def test_an_alias_that_is_taken_away_or_moved_is_so_at_the_next_keystroke(
    database: Database, complete: Complete
) -> None:
    add_alias(database, "help@example.org", "bob@example.org")
    record_usage(database, ADA, [UsedAddress("help@example.org")])
    assert complete("help") == ["bob"]
    add_alias(database, "help@example.org", "eve@example.org")
    assert complete("help") == ["eve"]
    add_account(database, "eve@example.org", display_name="Evelyn", active=False)
    assert complete("help") == []
    add_account(database, "eve@example.org", display_name="Evelyn", active=True)
    assert complete("help") == ["eve"]
    accounts.remove_alias(database, OPERATOR, "help@example.org")
    assert complete("help") == []


@pytest.mark.usefixtures("answered_by")
def test_an_alias_in_another_domain_is_found_where_both_domains_are_seen(
    database: Database, complete: Complete
) -> None:
    add_accounts(database, ["nia"], domain="example.net")
    add_alias(database, "press@example.net", "bob@example.org")
    record_usage(database, ADA, [UsedAddress("press@example.net")])
    assert complete("press") == complete("press", NIA) == []
    sharing.share_domain(database, OPERATOR, "example.net", "example.org")
    sharing.share_domain(database, OPERATOR, "example.org", "example.net")
    assert complete("press") == complete("press", NIA) == ["bob"]
    sharing.hide_domain(database, OPERATOR, "example.net", "example.org")
    sharing.hide_domain(database, OPERATOR, "example.org", "example.net")
    assert complete("press") == complete("press", NIA) == []


@pytest.mark.usefixtures("answered_by")
def test_a_saved_alias_is_its_account_under_its_owners_name(
    database: Database, index: CompletionIndex
) -> None:
    add_alias(database, "help@example.org", "bob@example.org")
    cards = [Contact("b/1.vcf", "My Saviour", "help@example.org")]
    replace_contacts(database, "ada@example.org", "b", cards)
    found = payload(index, "saviour")
    assert (found["kind"], found["name"]) == ("account", "My Saviour")
    assert (found["address"], found["via"]) == ("bob@example.org", "help@example.org")
    add_account(database, "bob@example.org", active=False)
    found = payload(index, "saviour")
    assert (found["kind"], found["address"]) == ("contact", "help@example.org")


@pytest.mark.usefixtures("answered_by")
def test_an_address_with_an_extension_is_suggested_to_whom_it_was_mailed_by(
    database: Database, index: CompletionIndex, complete: Complete
) -> None:
    add_alias(database, "help@example.org", "bob@example.org")
    record_usage(database, ADA, [UsedAddress("Bob+News@example.org", "Bob, news")])
    record_usage(database, ADA, [UsedAddress("help+x@example.org")])
    assert payload(index, "bob news")["address"] == "Bob+News@example.org"
    assert payload(index, "help x")["name"] == "Bob"
    assert complete("bob") == ["bob", "bob+news"]
    assert complete("bob", EVE) == ["bob"]
    set_usage_recording(database, ADA, enabled=False)
    assert complete("news") == []


@pytest.mark.usefixtures("answered_by")
def test_without_its_account_an_address_with_an_extension_is_suggested_no_more(
    database: Database, complete: Complete
) -> None:
    add_group(database, "bond@example.org", "ada@example.org")
    add_accounts(database, ["bonnie"])
    mailed = ["bob+1@example.org", "bonnie+1@example.org", "bond+1@example.org", "bo+1@example.org"]
    record_usage(database, ADA, [UsedAddress(each) for each in mailed])
    assert complete("bo 1") == ["bob+1", "bonnie+1"]
    add_account(database, "bob@example.org", active=False)
    assert complete("bo 1") == ["bonnie+1"]
    accounts.remove_account(database, OPERATOR, "bonnie@example.org")
    assert complete("bo 1") == []
    add_account(database, "bob@example.org", active=True)
    assert complete("bo 1") == ["bob+1"]


def test_a_catch_all_is_no_suggestion(database: Database, complete: Complete) -> None:
    before = complete("example")
    with database.write() as session:
        bob = session.scalars(select(Account).where(Account.address == "bob@example.org")).one()
        session.add(ClaimedAddress(address="@example.org", holder="alias"))
        session.flush()
        values = {"original": "@example.org", "domain_id": bob.domain_id, "account_id": bob.id}
        session.add(Alias(address="@example.org", **values))
    assert complete("example") == before
