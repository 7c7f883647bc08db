"""Mail domains: served once, found in any spelling, listed to those who administer them."""

import pytest

from contactsgroups.domain.errors import (
    Conflict,
    ContactsGroupsError,
    DomainNotFound,
    NotPermitted,
)
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import accounts, address_books, groups
from contactsgroups.services.accounts import domains, sharing
from contactsgroups.services.checks import check_database
from contactsgroups.services.groups import members
from tests.directories import add_account, add_accounts, add_alias, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, changes_since, position


@pytest.mark.parametrize(
    "spelling", ["Bücher.Example", "xn--bcher-kva.example", " bücher.example "]
)
def test_a_domain_is_the_same_in_every_spelling(small: Database, spelling: str) -> None:
    assert accounts.ensure_domain(small, OPERATOR, spelling) == "xn--bcher-kva.example"
    before = position(small)
    assert accounts.ensure_domain(small, OPERATOR, "BÜCHER.example") == "xn--bcher-kva.example"
    assert position(small) == before
    with small.read() as session:
        assert domains.require_domain(session, "bücher.example").unicode_name == "bücher.example"
        assert domains.is_local_domain(session, "xn--bcher-kva.example")
        assert "xn--bcher-kva.example" in domains.local_domain_names(session)


@pytest.mark.parametrize("name", ["", " ", "bad domain", "a..b", "-a.example", "x" * 300])
def test_what_is_no_domain_is_refused(small: Database, name: str) -> None:
    before = accounts.list_domains(small, OPERATOR)
    with pytest.raises(ContactsGroupsError):
        accounts.ensure_domain(small, OPERATOR, name)
    assert accounts.list_domains(small, OPERATOR) == before


def test_an_unknown_domain_is_named_as_people_write_it(small: Database) -> None:
    with small.read() as session, pytest.raises(DomainNotFound, match=r"bücher\.example"):
        domains.require_domain(session, "xn--bcher-kva.example")


def test_who_does_not_administer_all_domains_adds_none(small: Database) -> None:
    for actor in (ADA, LOCAL_ADMIN):
        with pytest.raises(NotPermitted):
            accounts.ensure_domain(small, actor, "new.example")


def test_each_sees_the_domains_that_they_administer(small: Database) -> None:
    assert accounts.list_domains(small, OPERATOR) == ["example.net", "example.org"]
    assert accounts.list_domains(small, LOCAL_ADMIN) == ["example.org"]
    assert accounts.list_domains(small, ADA) == []


def test_a_domain_that_is_served_later_is_no_longer_outside(database: Database) -> None:
    own = add_group(database, "own@example.org", "ada@example.org", "x@late.example")
    add_group(database, "other@example.org", "x@not-late.example")
    assert own.external_count == 1
    before = position(database)
    accounts.ensure_domain(database, OPERATOR, "late.example")
    assert groups.show_group(database, OPERATOR, own.uuid).external_count == 0
    assert changes_since(database, before) == ["domain late.example", "group own@example.org"]


def test_a_domain_is_removed_with_all_that_is_not_an_address(database: Database) -> None:
    """Departments however deep, its administrators, and whom it is shown to."""
    add_account(database, "nia@example.net", department="Sales/Europe/North")
    group = add_group(database, "old@example.net", "ada@example.org")
    accounts.appoint_administrator(database, OPERATOR, "ada@example.org", domain="example.net")
    sharing.share_domain(database, OPERATOR, "example.net", "example.org")
    sharing.share_domain(database, OPERATOR, "example.org", "example.net")
    groups.remove_group(database, OPERATOR, group.uuid)
    accounts.remove_account(database, OPERATOR, "nia@example.net")
    before = position(database)
    assert accounts.remove_domain(database, OPERATOR, "Example.NET") == "example.net"
    assert changes_since(database, before) == ["domain example.net", "domain example.org"]
    assert accounts.list_domains(database, OPERATOR) == ["example.org"]
    assert accounts.list_administrators(database, OPERATOR) == []
    assert [each.text for each in check_database(database)] == []
    accounts.ensure_domain(database, OPERATOR, "example.net")
    assert accounts.list_departments(database, "example.net") == []


@pytest.mark.parametrize("name", ["account", "alias", "group"])
def test_a_domain_with_addresses_stays(small: Database, name: str) -> None:
    if name == "account":
        add_accounts(small, ["nia", "pia"], domain="example.net")
    elif name == "alias":
        add_alias(small, "a@example.net", "ada@example.org")
    else:
        add_group(small, "g@example.net", "ada@example.org")
    before = position(small)
    held = "2 accounts" if name == "account" else f"1 {name}"
    with pytest.raises(Conflict, match=f"example.net still has {held}; remove them first"):
        accounts.remove_domain(small, OPERATOR, "example.net")
    assert position(small) == before


def test_all_that_holds_a_domain_is_said_at_once(small: Database) -> None:
    accounts.ensure_domain(small, OPERATOR, "bücher.example")
    add_accounts(small, ["nia"], domain="bücher.example")
    add_alias(small, "n@bücher.example", "nia@bücher.example")
    add_group(small, "g@bücher.example", "ada@example.org")
    held = "bücher.example still has 1 account, 1 alias, 1 group; remove them first"
    with pytest.raises(Conflict, match=held):
        accounts.remove_domain(small, OPERATOR, "bücher.example")


def test_a_domain_that_others_stand_for_stays(small: Database) -> None:
    with small.write() as session:
        row = domains.require_domain(session, "example.net")
        row.alias_of_id = domains.require_domain(session, "example.org").id
    for name in ("ada", "bob", "eve", "zoe"):
        accounts.remove_account(small, OPERATOR, f"{name}@example.org")
    with pytest.raises(Conflict, match="1 alias domain"):
        accounts.remove_domain(small, OPERATOR, "example.org")
    accounts.remove_domain(small, OPERATOR, "example.net")
    accounts.remove_domain(small, OPERATOR, "example.org")


def test_only_who_administers_a_domain_removes_it(small: Database) -> None:
    for name, actor in (("example.net", LOCAL_ADMIN), ("example.net", ADA)):
        with pytest.raises(NotPermitted):
            accounts.remove_domain(small, actor, name)
    with pytest.raises(DomainNotFound):
        accounts.remove_domain(small, OPERATOR, "unknown.example")
    assert accounts.list_domains(small, OPERATOR) == ["example.net", "example.org"]


def test_members_in_a_domain_that_is_gone_are_outside_again(database: Database) -> None:
    inner = add_group(database, "inner@example.org", "ada@example.org", "x@late.example")
    outer = add_group(database, "outer@example.org", "inner@example.org")
    accounts.ensure_domain(database, OPERATOR, "late.example")
    before = position(database)
    accounts.remove_domain(database, OPERATOR, "late.example")
    assert changes_since(database, before) == [
        "domain late.example",
        "group inner@example.org",
        "group outer@example.org",
    ]
    for group in (inner, outer):
        assert groups.show_group(database, OPERATOR, group.uuid).external_count == 1
        assert "x@late.example" in members.list_recipients(database, OPERATOR, group.uuid)


def test_what_follows_a_removed_domain_never_takes_its_place(small: Database) -> None:
    """An index or a sync token of before would be taken for the new one's."""
    accounts.ensure_domain(small, OPERATOR, "late.example")
    sharing.share_domain(small, OPERATOR, "late.example", "example.org")
    before = address_books.open_book(small, "ada@example.org")
    assert before is not None
    accounts.remove_domain(small, OPERATOR, "late.example")
    accounts.ensure_domain(small, OPERATOR, "later.example")
    sharing.share_domain(small, OPERATOR, "later.example", "example.org")
    after = address_books.open_book(small, "ada@example.org")
    assert after is not None
    assert after.domain_ids[0] == before.domain_ids[0]
    assert after.domain_ids[1] not in before.domain_ids
