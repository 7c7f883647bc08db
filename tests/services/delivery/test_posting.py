"""The stored groups are asked the one posting decision, whatever way the address is written."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.posting import Action, Evidence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group
from contactsgroups.services.delivery.decider import Decider
from tests.directories import add_account, add_alias, add_group


def action(database: Database, recipient: str, login: str = "ada@example.org") -> str | None:
    evidence = Evidence(login=Address.parse(login))
    decision = Decider(database).decide(evidence, recipient).decision
    return None if decision is None else decision.action


def test_only_groups_are_decided_about(database: Database) -> None:
    add_group(database, "sales@example.org", "bob@example.org")
    assert action(database, "sales@example.org") == Action.ACCEPT
    for other in (
        "ada@example.org",
        "nobody@example.org",
        "nobody+.@example.org",
        "x@elsewhere.example",
    ):
        assert action(database, other) is None


@pytest.mark.parametrize(
    "spelling",
    [
        "Sales@Example.ORG",
        "sales+june@example.org",
        "sales@example.org.",
        "SALES+a+b@example.org",
        "sales+.@example.org",
        "sales+a b@example.org",
        'sales+"@example.org',
        "sales+\x01\x7f@example.org",
        "sales+\udcff@example.org",
        "sales+@example.org",
        f"sales+{'x' * 80}@example.org",
        f"sales+{'x' * 2000}@example.org",
    ],
)
def test_every_spelling_that_postfix_delivers_is_seen_as_the_group(
    database: Database, spelling: str
) -> None:
    add_group(database, "sales@example.org", "bob@example.org", posting_policy="allowed_senders")
    assert action(database, spelling) == Action.REJECT


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "sales",
        "sales@",
        "..@example.org",
        '"sales@example.org',
        "sales@ex\\ample.org",
        "sales@example.org (x)",
        "sales@example.org@[127.0.0.1]",
        "sales@example.org@elsewhere.example",
        "sales+a@b@example.org",
        "@elsewhere.example:sales@example.org",
        f"{'x' * 65}@example.org",
        "x@example.org\udcff",
        "\udcff@example.org",
        f"{'x' * 65}@elsewhere.example",
        "postmaster@[192.0.2.1]",
        "x@❤.example",
    ],
)
def test_what_is_not_understood_is_refused_for_now(database: Database, recipient: str) -> None:
    assert action(database, recipient) == Action.DEFER


def test_an_account_or_alias_with_a_plus_sign_is_not_the_group(database: Database) -> None:
    add_group(database, "team@example.org", "bob@example.org", posting_policy="allowed_senders")
    add_account(database, "team+account@example.org")
    add_account(database, "team+gone@example.org", active=False)
    add_alias(database, "team+alias@example.org", "bob@example.org")
    add_group(database, "team+open@example.org", "bob@example.org", posting_policy="anyone")

    assert action(database, "Team+Account@example.org") is None
    assert action(database, "team+alias@example.org") is None
    assert action(database, "team+open@example.org") == Action.ACCEPT
    # These have no entry in Postfix's maps.
    assert action(database, "team+gone@example.org") == Action.REJECT
    assert action(database, "team+account+x@example.org") == Action.REJECT


def test_a_group_in_an_extension_is_not_the_account(database: Database) -> None:
    add_group(database, "ada+x@example.org", "bob@example.org", posting_policy="allowed_senders")
    assert action(database, "ada+x@example.org") == Action.REJECT
    assert action(database, "ada+y@example.org") is None


def test_members_may_post_under_their_alias_and_through_nested_groups(
    database: Database,
) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    add_group(database, "inner@example.org", "a@example.org", posting_policy="members")
    add_group(database, "outer@example.org", "inner@example.org", posting_policy="members")
    for recipient in ("inner@example.org", "outer@example.org"):
        assert action(database, recipient, "ada@example.org") == Action.ACCEPT
        assert action(database, recipient, "a@example.org") == Action.ACCEPT
        assert action(database, recipient, "bob@example.org") == Action.REJECT


def test_an_open_group_is_no_way_into_a_restricted_one(database: Database) -> None:
    add_group(database, "board@example.org", "zoe@example.org", posting_policy="members")
    add_group(
        database,
        "open@example.org",
        "board@example.org",
        "bob@example.org",
        posting_policy="anyone",
    )
    assert action(database, "open@example.org", "ada@example.org") == Action.REJECT
    assert action(database, "open@example.org", "zoe@example.org") == Action.ACCEPT


def test_a_moderated_group_inside_holds_the_message(database: Database) -> None:
    add_group(
        database,
        "inner@example.org",
        "zoe@example.org",
        moderated=True,
        moderators=["eve@example.org"],
    )
    add_group(database, "outer@example.org", "inner@example.org")
    assert action(database, "outer@example.org") == Action.HOLD


def test_a_disabled_group_inside_does_not_close_the_outer_one(database: Database) -> None:
    add_group(database, "inner@example.org", "zoe@example.org", disabled=True)
    add_group(database, "outer@example.org", "inner@example.org", "bob@example.org")
    assert action(database, "inner@example.org") == Action.REJECT
    assert action(database, "outer@example.org") == Action.ACCEPT


def test_a_disabled_moderated_group_inside_does_not_hold_the_mail_of_the_outer_one(
    database: Database,
) -> None:
    add_group(
        database,
        "inner@example.org",
        "zoe@example.org",
        disabled=True,
        moderated=True,
        moderators=["eve@example.org"],
    )
    add_group(database, "outer@example.org", "inner@example.org", "bob@example.org")
    assert action(database, "outer@example.org") == Action.ACCEPT
    with database.read() as session:
        outer = session.query(Group).filter_by(address="outer@example.org").one()
        assert outer.native


def test_a_role_given_to_an_alias_is_its_accounts(database: Database) -> None:
    add_alias(database, "news@example.org", "ada@example.org")
    add_group(
        database,
        "team@example.org",
        "bob@example.org",
        posting_policy="allowed_senders",
        allowed_senders=["news@example.org"],
    )
    assert action(database, "team@example.org", "ada@example.org") == Action.ACCEPT
    assert action(database, "team@example.org", "news@example.org") == Action.ACCEPT
    assert action(database, "team@example.org", "bob@example.org") == Action.REJECT
