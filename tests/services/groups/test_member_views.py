"""What a principal sees of members: names as far as it may read them, closed groups as one."""

from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.accounts import sharing
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.member_views import describe, expand_for
from tests.directories import add_accounts, add_alias, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA


def described(database: Database, principal: Principal, *addresses: str) -> list[tuple[str, str]]:
    with database.read() as session:
        originals = {each.lower(): each for each in addresses}
        return [(each.name, each.kind) for each in describe(session, principal, originals)]


def reached(database: Database, principal: Principal, uuid: str) -> list[str]:
    with database.read() as session:
        return expand_for(session, principal, require_group(session, uuid))


def test_members_are_described_by_what_they_are_in_the_order_of_their_addresses(
    small: Database,
) -> None:
    add_alias(small, "desk@example.org", "bob@example.org")
    add_group(small, "team@example.org", "ada@example.org")
    found = described(
        small,
        ADA,
        *("team@example.org", "Ada@example.org", "x@side.example", "desk@example.org"),
    )
    assert found == [("Ada", "account"), ("Bob", "alias"), ("Team", "group"), ("", "external")]


def test_who_is_in_other_domains_stays_unsaid_until_they_are_shown(small: Database) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    add_group(small, "net@example.net", "nia@example.net")
    asked = ("nia@example.net", "net@example.net")
    assert described(small, ADA, *asked) == [("", "external"), ("", "external")]
    assert described(small, LOCAL_ADMIN, *asked) == [("", "external"), ("", "external")]
    assert described(small, NIA, *asked) == [("Net", "group"), ("Nia", "account")]
    assert described(small, OPERATOR, *asked) == [("Net", "group"), ("Nia", "account")]
    sharing.share_domain(small, OPERATOR, "example.net", "example.org")
    assert described(small, ADA, *asked) == [("Net", "group"), ("Nia", "account")]


def test_an_alias_does_not_tell_an_account_that_is_not_shown(small: Database) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    add_alias(small, "desk@example.net", "bob@example.org")
    group = add_group(small, "net@example.net", "desk@example.net", "nia@example.net")
    assert described(small, NIA, "desk@example.net") == [("", "alias")]
    assert described(small, OPERATOR, "desk@example.net") == [("Bob", "alias")]
    assert reached(small, NIA, group.uuid) == ["desk@example.net", "nia@example.net"]
    assert reached(small, OPERATOR, group.uuid) == ["bob@example.org", "nia@example.net"]


def test_a_closed_group_inside_stands_for_itself(small: Database) -> None:
    add_group(small, "closed@example.org", "eve@example.org", show_members=False)
    add_group(small, "hidden@example.org", "zoe@example.org", show_in_contacts=False)
    outer = add_group(
        small, "outer@example.org", "closed@example.org", "hidden@example.org", "bob@example.org"
    )
    assert reached(small, ADA, outer.uuid) == [
        "bob@example.org",
        "closed@example.org",
        "hidden@example.org",
    ]
    assert reached(small, LOCAL_ADMIN, outer.uuid) == [
        "bob@example.org",
        "eve@example.org",
        "zoe@example.org",
    ]


def test_what_is_behind_a_closed_group_is_not_told_through_an_open_one(small: Database) -> None:
    add_group(small, "inner@example.org", "eve@example.org")
    add_group(small, "closed@example.org", "inner@example.org", show_members=False)
    outer = add_group(small, "outer@example.org", "closed@example.org")
    assert reached(small, ADA, outer.uuid) == ["closed@example.org"]


def test_a_disabled_group_inside_reaches_nobody(small: Database) -> None:
    add_group(small, "off@example.org", "eve@example.org", disabled=True)
    outer = add_group(small, "outer@example.org", "off@example.org", "bob@example.org")
    for principal in (ADA, OPERATOR):
        assert reached(small, principal, outer.uuid) == ["bob@example.org"]
