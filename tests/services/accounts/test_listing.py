"""Accounts, aliases and departments as far as a principal may see them."""

from typing import Any

import pytest

from contactsgroups.domain.errors import AccountNotFound, InvalidInput, NotPermitted
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.accounts import listing, sharing
from contactsgroups.services.accounts.listing import AccountFilter
from tests.directories import add_account, add_alias
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA


@pytest.fixture
def directory(database: Database) -> Database:
    """Accounts of two domains in departments, one of them closed, with aliases."""
    add_account(database, "ada@example.org", display_name="Ada Äpfel", department="Sales/Europe")
    add_account(database, "bob@example.org", display_name="Bob", department="Sales", title="Clerk")
    add_account(database, "eve@example.org", active=False, department="Sales-East")
    add_account(database, "nia@example.net", display_name="Nia", department="IT")
    add_alias(database, "a@example.org", "ada@example.org")
    add_alias(database, "b@example.org", "ada@example.org")
    add_alias(database, "n@example.net", "nia@example.net")
    return database


def names(database: Database, principal: Principal = OPERATOR, **wanted: Any) -> list[str]:
    """The local parts of all accounts that are found, read in pages of two."""
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = listing.list_accounts(
            database, principal, AccountFilter(**wanted), after=after, limit=2
        )
        found += [each.address.partition("@")[0] for each in page.items]
        after = page.next_after
    return found


def test_an_account_sees_who_is_active_and_an_administrator_all(directory: Database) -> None:
    assert names(directory) == ["ada", "bob", "eve", "nia", "zoe"]
    assert names(directory, LOCAL_ADMIN) == ["ada", "bob", "eve", "zoe"]
    assert names(directory, ADA) == ["ada", "bob", "zoe"]
    assert names(directory, NIA) == ["nia"]
    sharing.share_domain(directory, OPERATOR, "example.org", "example.net")
    assert names(directory, NIA) == ["ada", "bob", "nia", "zoe"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"search": "apfel"}, ["ada"]),
        ({"search": "b org"}, ["bob"]),
        ({"search": "ad apf"}, ["ada"]),
        ({"search": "pfel"}, []),
        ({"search": "ÄPFEL ada@EXAMPLE"}, ["ada"]),
        ({"search": "@example.net"}, ["nia"]),
        ({"search": "ada@example.net"}, []),
        ({"search": "a%"}, ["ada"]),
        ({"search": "%"}, []),
        ({"search": "@"}, ["ada", "bob", "eve", "nia", "zoe"]),
        ({"domain": "example.NET"}, ["nia"]),
        ({"department": "Sales"}, ["ada", "bob"]),
        ({"department": "Sales/Europe"}, ["ada"]),
        ({"department": "%"}, []),
        ({"active": False}, ["eve"]),
    ],
)
def test_filters(directory: Database, wanted: dict[str, Any], found: list[str]) -> None:
    assert names(directory, **wanted) == found


def test_who_is_in_a_department_is_for_administrators(directory: Database) -> None:
    assert names(directory, ADA, department="Sales") == []
    assert names(directory, ADA, active=False) == []


def test_more_than_the_name_is_for_administrators(directory: Database) -> None:
    bob = listing.view_account(directory, LOCAL_ADMIN, "BOB@example.org")
    assert (bob.department, bob.title, bob.location, bob.aliases) == ("Sales", "Clerk", "", ())
    ada = listing.view_account(directory, OPERATOR, "ada@example.org")
    assert ada.aliases == ("a@example.org", "b@example.org")
    seen = listing.view_account(directory, ADA, "bob@example.org")
    assert (seen.display_name, seen.department, seen.title, seen.aliases) == (
        "Bob",
        None,
        None,
        None,
    )
    for address in ("eve@example.org", "nia@example.net", "no@example.org", "a@example.org"):
        with pytest.raises(AccountNotFound):
            listing.view_account(directory, ADA, address)


def test_aliases_are_for_administrators(directory: Database) -> None:
    first = listing.list_aliases(directory, OPERATOR, domain=None, after="", limit=2)
    rest = listing.list_aliases(directory, OPERATOR, domain=None, after="b@example.org", limit=2)
    assert first.next_after == "b@example.org"
    assert rest.next_after is None
    assert [(each.address, each.account) for each in (*first.items, *rest.items)] == [
        ("a@example.org", "ada@example.org"),
        ("b@example.org", "ada@example.org"),
        ("n@example.net", "nia@example.net"),
    ]
    local = listing.list_aliases(directory, LOCAL_ADMIN, domain="example.net", after="", limit=9)
    assert local.items == ()
    with pytest.raises(NotPermitted):
        listing.list_aliases(directory, ADA, domain=None, after="", limit=2)


def test_what_one_manages_is_counted_whatever_else_one_sees(directory: Database) -> None:
    sharing.share_domain(directory, OPERATOR, "example.net", "example.org")
    wanted = AccountFilter(search="a")
    found, managed = len(names(directory, LOCAL_ADMIN, managed=True, search="a")), 4
    counted = listing.count_accounts(directory, LOCAL_ADMIN, wanted)
    assert (counted.found, counted.managed) == (found, managed)
    assert listing.count_accounts(directory, ADA, wanted) == listing.Totals(0, 0)
    assert listing.count_aliases(directory, LOCAL_ADMIN, search="bob") == listing.Totals(0, 2)
    assert listing.count_aliases(directory, OPERATOR, search="NIA") == listing.Totals(1, 3)
    assert listing.count_aliases(directory, OPERATOR) == listing.Totals(3, 3)
    with pytest.raises(NotPermitted):
        listing.count_aliases(directory, ADA)


def test_departments_are_for_administrators(directory: Database) -> None:
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = listing.list_departments_of(directory, OPERATOR, domain=None, after=after, limit=2)
        found += [f"{each.domain}/{each.path}" for each in page.items]
        after = page.next_after
    assert found == [
        "example.net/IT",
        "example.org/Sales",
        "example.org/Sales-East",
        "example.org/Sales/Europe",
    ]
    local = listing.list_departments_of(
        directory, LOCAL_ADMIN, domain="example.org", after="", limit=9
    )
    assert len(local.items) == 3
    with pytest.raises(NotPermitted):
        listing.list_departments_of(directory, NIA, domain=None, after="", limit=2)


def test_a_domain_that_cannot_be_one_is_refused(small: Database) -> None:
    with pytest.raises(InvalidInput):
        names(small, domain="a b")


def test_a_name_that_one_may_not_see_is_not_guessed_through_an_alias(directory: Database) -> None:
    """The alias in one's own domain stands for an account of another one."""
    add_alias(directory, "guest@example.org", "nia@example.net")

    def found(principal: Principal, search: str) -> list[str]:
        page = listing.list_aliases(
            directory, principal, domain="example.org", search=search, after="", limit=9
        )
        return [each.address for each in page.items]

    add_account(directory, "nia@example.net", display_name="Wolkenstein")
    assert found(OPERATOR, "wolken") == ["guest@example.org"]
    assert found(LOCAL_ADMIN, "wolken") == []
    for known in ("gues", "nia@example", "GUEST net"):
        assert found(LOCAL_ADMIN, known) == ["guest@example.org"]
    sharing.share_domain(directory, OPERATOR, "example.net", "example.org")
    assert found(LOCAL_ADMIN, "wolken") == ["guest@example.org"]
