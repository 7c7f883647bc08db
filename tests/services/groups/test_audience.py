"""Who is written to: whoever Postfix would deliver to, each mailbox counted once."""

from contactsgroups.domain.address import Address
from contactsgroups.domain.posting import Action, Evidence
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.services.delivery import posting
from contactsgroups.services.groups.audience import Audience, find_audience
from tests.directories import add_account, add_alias, add_group

ADA = Address.parse("ada@example.org")


def audience(database: Database, *addresses: str) -> Audience:
    return find_audience(
        database, Principal(address=ADA), [Address.parse(each) for each in addresses]
    )


def kinds(database: Database, *addresses: str) -> list[str]:
    return [each.kind for each in audience(database, *addresses).recipients]


def test_an_extension_leads_to_whom_the_address_without_it_belongs(database: Database) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    add_group(database, "team@example.org", "bob@example.org")
    found = audience(
        database, "team+x@example.org", "ada+x@example.org", "a+x@example.org", "no+x@example.org"
    )
    assert [each.kind for each in found.recipients] == ["group", "account", "alias", "unknown"]
    assert [each.name for each in found.recipients] == ["Team", "Ada", "Ada", ""]
    assert str(found.recipients[0].address) == "team+x@example.org"


def test_an_account_or_alias_with_a_plus_sign_is_not_the_group(database: Database) -> None:
    add_group(database, "team@example.org", "bob@example.org")
    add_account(database, "team+box@example.org")
    add_alias(database, "team+a@example.org", "ada@example.org")
    add_account(database, "team+gone@example.org", active=False)
    addresses = ("team+box@example.org", "team+a@example.org", "team+gone@example.org")
    assert kinds(database, *addresses) == ["account", "alias", "group"]


def test_who_has_no_mailbox_any_more_is_unknown(database: Database) -> None:
    add_account(database, "zoe@example.org", active=False)
    assert kinds(database, "zoe@example.org", "x@elsewhere.example") == ["unknown", "external"]


def test_each_mailbox_counts_once_under_whatever_address(database: Database) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    add_group(database, "team@example.org", "ada@example.org", "bob@example.org")
    found = audience(
        database,
        *("ada@example.org", "ada+x@example.org", "a@example.org", "a+x@example.org"),
        *("team@example.org", "team+x@example.org", "x@elsewhere.example"),
    )
    assert found.mailbox_count == 3


def test_a_closed_group_counts_once_under_whatever_address(database: Database) -> None:
    add_group(
        database,
        "team@example.org",
        "eve@example.org",
        "bob@example.org",
        show_members=False,
    )
    assert audience(database, "team@example.org", "team+x@example.org").mailbox_count == 2


def test_the_decision_is_the_one_that_postfix_is_given(database: Database) -> None:
    add_group(database, "open@example.org", "bob@example.org")
    add_group(database, "shut@example.org", "bob@example.org", posting_policy="allowed_senders")
    add_account(database, "shut+box@example.org")
    evidence = Evidence(login=ADA)
    addresses = ["open+x@example.org", "shut+x@example.org", "shut+box@example.org"]

    shown = [each.decision for each in audience(database, *addresses).recipients]

    assert shown == [posting.decide_for(database, evidence, each) for each in addresses]
    assert [each and each.action for each in shown] == [Action.ACCEPT, Action.REJECT, None]
