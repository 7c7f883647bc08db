"""Accounts and aliases: added, brought up to date, and removed with all that names them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactsgroups.domain.errors import (
    AccountNotFound,
    AddressInUse,
    DomainNotFound,
    InvalidAddress,
    InvalidText,
    NotAuthenticated,
    NotPermitted,
)
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts import AccountDraft, identity, listing, sessions
from contactsgroups.services.groups import members
from tests.directories import add_account, add_accounts, add_alias, add_group
from tests.services.conftest import LOCAL_ADMIN, changes_since, position

DRAFT = AccountDraft(address="Kim@example.org", display_name="Kim", department="Sales/Europe")


def recipients(database: Database, uuid: str) -> list[str]:
    return members.list_recipients(database, OPERATOR, uuid)


def test_an_account_is_added_once_and_then_brought_up_to_date(small: Database) -> None:
    before = position(small)
    accounts.ensure_account(small, LOCAL_ADMIN, DRAFT)
    assert changes_since(small, before) == ["account kim@example.org"]
    again = position(small)
    accounts.ensure_account(small, LOCAL_ADMIN, DRAFT)
    assert changes_since(small, again) == []
    accounts.ensure_account(small, LOCAL_ADMIN, replace(DRAFT, display_name="Kim Possible"))
    assert changes_since(small, again) == ["account kim@example.org"]
    principal = identity.find_principal(small, "KIM@example.org")
    assert principal is not None
    assert (principal.display_name, principal.address.original) == (
        "Kim Possible",
        "Kim@example.org",
    )


FILLED: dict[str, str | bool] = {
    "display_name": "Kim",
    "department": "Sales/Europe",
    "title": "Team lead",
    "location": "Bonn",
    "active": False,
}
"""An account that has nothing of what a new one begins with."""


def stored_values(database: Database, address: str) -> dict[str, object]:
    view = listing.view_account(database, OPERATOR, address)
    return {name: getattr(view, name) for name in FILLED}


@pytest.mark.parametrize("name", FILLED)
def test_what_a_draft_does_not_name_stays(small: Database, name: str) -> None:
    add_account(small, "kim@example.org", **FILLED)
    changed = True if name == "active" else "Another"
    add_account(small, "kim@example.org", **{name: changed})
    assert stored_values(small, "kim@example.org") == {**FILLED, name: changed}
    add_account(small, "kim@example.org", **{name: False if name == "active" else ""})
    add_account(small, "kim@example.org")
    cleared = False if name == "active" else ""
    assert stored_values(small, "kim@example.org") == {**FILLED, name: cleared}


def test_a_new_account_is_active_and_has_no_more_than_its_address(small: Database) -> None:
    add_account(small, "kim@example.org")
    nothing = dict.fromkeys(("display_name", "department", "title", "location"), "")
    assert stored_values(small, "kim@example.org") == {**nothing, "active": True}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"address": "no address"}, InvalidAddress),
        ({"address": "kim@unknown.example"}, DomainNotFound),
        ({"display_name": "Kim\r\nBcc: x@example.com"}, InvalidText),
        ({"title": "Boss\0"}, InvalidText),
        ({"location": "\u202egnol"}, InvalidText),
        ({"department": "Sales//Europe"}, InvalidText),
    ],
)
def test_a_faulty_draft_adds_nothing(
    small: Database, change: dict[str, str], error: type[Exception]
) -> None:
    before = position(small)
    with pytest.raises(error):
        accounts.ensure_account(small, OPERATOR, replace(DRAFT, **change))
    assert position(small) == before
    assert accounts.list_departments(small, "example.org") == []


def test_only_administrators_of_the_domain_change_its_accounts(small: Database) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    add_alias(small, "n@example.net", "nia@example.net")
    attempts = [
        lambda: accounts.ensure_account(
            small, LOCAL_ADMIN, AccountDraft(address="new@example.net")
        ),
        lambda: accounts.remove_account(small, LOCAL_ADMIN, "nia@example.net"),
        lambda: accounts.set_password(small, LOCAL_ADMIN, "nia@example.net", "long enough"),
        lambda: accounts.remove_alias(small, LOCAL_ADMIN, "n@example.net"),
    ]
    before = position(small)
    for attempt in attempts:
        with pytest.raises(NotPermitted):
            attempt()
    assert position(small) == before


def test_an_account_leaves_with_its_aliases_memberships_and_roles(small: Database) -> None:
    add_alias(small, "b@example.org", "bob@example.org")
    group = add_group(
        small, "team@example.org", "b@example.org", "ada@example.org", owners=["bob@example.org"]
    )
    before = position(small)
    accounts.remove_account(small, LOCAL_ADMIN, "Bob@example.org")
    assert changes_since(small, before) == [
        "account bob@example.org",
        "alias b@example.org",
        "group team@example.org",
    ]
    assert groups.show_group(small, OPERATOR, group.uuid).owners == ()
    assert recipients(small, group.uuid) == ["ada@example.org"]
    add_group(small, "bob@example.org", "ada@example.org")
    add_group(small, "b@example.org", "ada@example.org")


def test_removing_what_is_not_there_is_an_error(small: Database) -> None:
    with pytest.raises(AccountNotFound):
        accounts.remove_account(small, OPERATOR, "nobody@example.org")
    with pytest.raises(AccountNotFound):
        accounts.remove_alias(small, OPERATOR, "nothing@example.org")
    with pytest.raises(AccountNotFound):
        accounts.remove_alias(small, OPERATOR, "ada@example.org")


def test_an_alias_leaves_the_groups_it_was_in_and_gives_its_address_back(small: Database) -> None:
    add_alias(small, "B@example.org", "bob@example.org")
    group = add_group(small, "team@example.org", "b@example.org", "ada@example.org")
    assert recipients(small, group.uuid) == ["ada@example.org", "bob@example.org"]
    before = position(small)
    accounts.remove_alias(small, LOCAL_ADMIN, "b@Example.org")
    assert changes_since(small, before) == ["alias b@example.org", "group team@example.org"]
    assert recipients(small, group.uuid) == ["ada@example.org"]
    assert identity.find_principal(small, "bob@example.org") is not None
    add_account(small, "b@example.org")


def test_mail_follows_an_alias_that_moves_to_another_account(small: Database) -> None:
    add_alias(small, "desk@example.org", "ada@example.org")
    group = add_group(small, "team@example.org", "desk@example.org")
    assert recipients(small, group.uuid) == ["ada@example.org"]
    before = position(small)
    add_alias(small, "desk@example.org", "zoe@example.org")
    assert "alias desk@example.org" in changes_since(small, before)
    assert recipients(small, group.uuid) == ["zoe@example.org"]
    again = position(small)
    add_alias(small, "desk@example.org", "zoe@example.org")
    assert position(small) == again


@pytest.mark.parametrize(
    ("address", "account", "error"),
    [
        ("bob@example.org", "ada@example.org", AddressInUse),
        ("a@unknown.example", "ada@example.org", DomainNotFound),
        ("a@example.org", "nobody@example.org", AccountNotFound),
        ("a b@example.org", "ada@example.org", InvalidAddress),
    ],
)
def test_a_faulty_alias_is_refused(
    small: Database, address: str, account: str, error: type[Exception]
) -> None:
    before = position(small)
    with pytest.raises(error):
        add_alias(small, address, account)
    assert position(small) == before


def test_a_password_is_set_and_the_one_before_counts_no_more(small: Database) -> None:
    accounts.set_password(small, LOCAL_ADMIN, "bob@example.org", "the first one")
    accounts.set_password(small, LOCAL_ADMIN, "bob@example.org", "the second one")
    assert identity.authenticate(small, "bob@example.org", "the second one")
    with pytest.raises(NotAuthenticated):
        identity.authenticate(small, "bob@example.org", "the first one")


def test_short_passwords_are_refused(small: Database) -> None:
    with pytest.raises(InvalidText, match="at least 8 characters"):
        accounts.set_password(small, OPERATOR, "ada@example.org", "1234567")
    accounts.set_password(small, OPERATOR, "ada@example.org", "12345678")


@pytest.mark.parametrize(
    "change",
    [
        accounts.remove_account,
        lambda database, actor, address: accounts.set_password(
            database, actor, address, "a long enough one"
        ),
        lambda database, actor, address: accounts.ensure_alias(
            database, actor, "desk@example.org", address
        ),
        sessions.sign_out_everywhere,
    ],
    ids=["remove", "password", "alias", "sign out"],
)
def test_whether_there_is_an_account_is_told_to_those_only_who_manage_it(
    small: Database, change: Callable[[Database, Principal, str], None]
) -> None:
    add_account(small, "nia@example.net", display_name="Nia")
    said = set()
    for name in ("nia", "nil"):
        with pytest.raises(NotPermitted) as caught:
            change(small, LOCAL_ADMIN, f"{name}@example.net")
        said.add(str(caught.value))
    assert len(said) == 1
    with pytest.raises(AccountNotFound):
        change(small, LOCAL_ADMIN, "nil@example.org")
