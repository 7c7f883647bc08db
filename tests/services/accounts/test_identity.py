"""Passwords lead to a principal, or to nobody."""

import pytest

from contactsgroups.domain.authority import is_administrator
from contactsgroups.domain.errors import NotAuthenticated
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import accounts
from contactsgroups.services.accounts import identity
from tests.directories import add_account


@pytest.fixture
def with_password(database: Database) -> Database:
    accounts.set_password(database, OPERATOR, "ada@example.org", "correct horse")
    return database


def test_the_right_password_in_any_spelling_of_the_address(with_password: Database) -> None:
    principal = identity.authenticate(with_password, "ADA@Example.org", "correct horse")
    assert str(principal.address) == "ada@example.org"
    assert not is_administrator(principal)


@pytest.mark.parametrize(
    ("address", "password"),
    [
        ("ada@example.org", "wrong"),
        ("ada@example.org", ""),
        ("bob@example.org", ""),
        ("bob@example.org", "nobody has this password"),
        ("nobody@example.org", "nobody has this password"),
        ("rubbish", "correct horse"),
    ],
)
def test_everything_else_is_nobody_and_the_text_does_not_say_why(
    with_password: Database, address: str, password: str
) -> None:
    with pytest.raises(NotAuthenticated, match="the address or the password is wrong"):
        identity.authenticate(with_password, address, password)


def test_a_closed_account_cannot_sign_in(with_password: Database) -> None:
    add_account(with_password, "ada@example.org", active=False)
    with pytest.raises(NotAuthenticated):
        identity.authenticate(with_password, "ada@example.org", "correct horse")
    assert identity.find_principal(with_password, "ada@example.org") is None


def test_administrators_manage_one_domain_or_all(with_password: Database) -> None:
    accounts.appoint_administrator(with_password, OPERATOR, "ada@example.org", domain="Example.org")
    principal = identity.find_principal(with_password, "ada@example.org")
    assert principal is not None
    assert principal.managed_domains == frozenset({"example.org"})
    accounts.appoint_administrator(with_password, OPERATOR, "ada@example.org", domain=None)
    principal = identity.find_principal(with_password, "ada@example.org")
    assert principal is not None
    assert principal.managed_domains is None
