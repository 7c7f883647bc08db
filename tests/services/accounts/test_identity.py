"""Passwords and tokens lead to a principal, or to nobody."""

import time
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from sqlalchemy import update

from contactsgroups.domain.authority import is_administrator
from contactsgroups.domain.errors import NotAuthenticated
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account
from contactsgroups.services import accounts
from contactsgroups.services.accounts import identity
from tests.directories import add_account

SECRET = "a secret of at least thirty-two characters"


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
    token = identity.issue_token(with_password, SECRET, "ada@example.org", 60)
    add_account(with_password, "ada@example.org", active=False)
    with pytest.raises(NotAuthenticated):
        identity.authenticate(with_password, "ada@example.org", "correct horse")
    with pytest.raises(NotAuthenticated):
        identity.verify_token(with_password, SECRET, token)
    with pytest.raises(NotAuthenticated):
        identity.issue_token(with_password, SECRET, "ada@example.org", 60)


def test_administrators_manage_one_domain_or_all(with_password: Database) -> None:
    accounts.appoint_administrator(with_password, OPERATOR, "ada@example.org", domain="Example.org")
    principal = identity.find_principal(with_password, "ada@example.org")
    assert principal is not None
    assert principal.managed_domains == frozenset({"example.org"})
    accounts.appoint_administrator(with_password, OPERATOR, "ada@example.org", domain=None)
    principal = identity.find_principal(with_password, "ada@example.org")
    assert principal is not None
    assert principal.managed_domains is None


def test_a_token_speaks_for_its_account_until_it_expires(database: Database) -> None:
    token = identity.issue_token(database, SECRET, "ada@example.org", 60)
    assert str(identity.verify_token(database, SECRET, token).address) == "ada@example.org"
    expired = identity.issue_token(database, SECRET, "ada@example.org", -1)
    with pytest.raises(NotAuthenticated, match="expired"):
        identity.verify_token(database, SECRET, expired)


def test_a_token_never_administers_and_reads_only_unless_it_says_otherwise(
    database: Database,
) -> None:
    accounts.appoint_administrator(database, OPERATOR, "ada@example.org", domain=None)
    for may_write in (False, True):
        token = identity.issue_token(database, SECRET, "ada@example.org", 60, may_write=may_write)
        principal = identity.verify_token(database, SECRET, token)
        assert principal.read_only is not may_write
        assert not is_administrator(principal)


def test_a_token_does_not_outlive_its_account(database: Database) -> None:
    """A new account of the same address is somebody else."""
    token = identity.issue_token(database, SECRET, "ada@example.org", 600)
    with database.write() as session:
        later = datetime.now(UTC) + timedelta(seconds=2)
        ada = Account.address == "ada@example.org"
        session.execute(update(Account).where(ada).values(created_at=later))
    with pytest.raises(NotAuthenticated, match="earlier account"):
        identity.verify_token(database, SECRET, token)


def test_forged_tokens_are_refused(database: Database) -> None:
    soon = int(time.time()) + 60
    claims: dict[str, object] = {"sub": "ada@example.org", "aud": "contactsgroups", "exp": soon}
    forged = [
        jwt.encode(claims, SECRET + "!", algorithm="HS256"),
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode(claims | {"exp": soon + 86400}, SECRET, algorithm="HS256"),
        jwt.encode(claims | {"aud": "webmail"}, SECRET, algorithm="HS256"),
        jwt.encode({"sub": "ada@example.org", "aud": "contactsgroups"}, SECRET, algorithm="HS256"),
        jwt.encode(claims | {"sub": "nobody@example.org"}, SECRET, algorithm="HS256"),
        "rubbish",
        "",
    ]
    for token in forged:
        with pytest.raises(NotAuthenticated):
            identity.verify_token(database, SECRET, token)
