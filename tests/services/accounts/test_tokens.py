"""Tokens speak for an account until they expire, are revoked, or their key is not accepted."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.authority import is_administrator
from contactsgroups.domain.errors import NotAuthenticated
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, schema
from contactsgroups.services import accounts
from contactsgroups.services.accounts import token_keys, tokens
from tests.directories import add_accounts
from tests.services.accounts.revocations import LASTING, PASSING, close

SECRET = "a secret of at least thirty-two characters"
ADA = "ada@example.org"


def claims(**changes: object) -> dict[str, Any]:
    """What another webmail claims for Ada; a claim of None is left out."""
    now = int(time.time()) + 1  # Not the second in which the account was made.
    given = {"sub": ADA, "aud": "contactsgroups", "iat": now - 1, "exp": now + 60, **changes}
    return {name: value for name, value in given.items() if value is not None}


def sign(database: Database, **changes: object) -> str:
    return jwt.encode(claims(**changes), token_keys.read_current_key(database, SECRET))


def refusal(database: Database, token: str) -> str:
    with pytest.raises(NotAuthenticated) as caught:
        tokens.verify_token(database, SECRET, token)
    return str(caught.value)


def issue(database: Database, lifetime: int = 60) -> str:
    return tokens.issue_token(database, SECRET, ADA, lifetime)


def test_a_token_speaks_for_its_account_until_it_expires(database: Database) -> None:
    principal = tokens.verify_token(database, SECRET, issue(database)).principal
    assert str(principal.address) == ADA
    assert refusal(database, issue(database, -1)) == "the token is not valid: it has expired"


@pytest.mark.parametrize("manages", [False, True])
@pytest.mark.parametrize("may_write", [False, True])
def test_a_token_reads_only_and_administers_nothing_unless_it_says_otherwise(
    small: Database, *, may_write: bool, manages: bool
) -> None:
    accounts.appoint_administrator(small, OPERATOR, ADA, domain=None)
    token = tokens.issue_token(small, SECRET, ADA, 60, may_write=may_write, manages=manages)
    principal = tokens.verify_token(small, SECRET, token).principal
    assert principal.read_only is not may_write
    assert is_administrator(principal) is manages


def test_a_token_that_manages_has_no_more_rights_than_its_account(small: Database) -> None:
    token = tokens.issue_token(small, SECRET, ADA, 60, may_write=True, manages=True)
    assert not is_administrator(tokens.verify_token(small, SECRET, token).principal)


@pytest.mark.parametrize("scope", ["manage", "manage write", "write manage"])
def test_the_key_of_a_webmail_makes_no_token_that_manages(small: Database, scope: str) -> None:
    accounts.appoint_administrator(small, OPERATOR, ADA, domain=None)
    assert "needs the key of tokens that manage" in refusal(
        small, sign(small, iat=time.time(), scope=scope)
    )
    managing = token_keys.read_current_key(small, SECRET, for_managing=True)
    token = jwt.encode(claims(iat=time.time(), scope=scope), managing)
    assert is_administrator(tokens.verify_token(small, SECRET, token).principal)


@pytest.mark.parametrize("scope", [None, "", "WRITE", "managewrite", ["manage", "write"], 7, True])
def test_any_other_scope_only_reads(small: Database, scope: object) -> None:
    accounts.appoint_administrator(small, OPERATOR, ADA, domain=None)
    principal = tokens.verify_token(
        small, SECRET, sign(small, iat=time.time(), scope=scope)
    ).principal
    assert principal.read_only
    assert not is_administrator(principal)


def rotate(database: Database) -> None:
    token_keys.rotate_token_key(database, OPERATOR, overlap=timedelta())


@pytest.mark.parametrize("revoke", [*LASTING, *PASSING, rotate])
def test_what_was_issued_before_is_refused_at_once(
    database: Database, revoke: Callable[[Database], None]
) -> None:
    """Also within the same second."""
    token = issue(database)
    revoke(database)
    assert refusal(database, token)


@pytest.mark.parametrize("revoke", [*PASSING, rotate])
def test_what_is_issued_afterwards_is_accepted_at_once(
    small: Database, revoke: Callable[[Database], None]
) -> None:
    revoke(small)
    assert tokens.verify_token(small, SECRET, issue(small))


def test_no_token_is_issued_for_a_closed_account(small: Database) -> None:
    close(small)
    with pytest.raises(NotAuthenticated):
        issue(small)


def test_another_webmail_signs_with_the_key_alone(small: Database) -> None:
    time.sleep(1 - time.time() % 1)  # Its seconds are whole; the account was made in the last one.
    assert tokens.verify_token(small, SECRET, sign(small))
    assert refusal(small, sign(small, iat=None)).endswith("needs the claims sub, aud, iat, exp")


def test_a_token_whose_key_ended_is_refused_and_within_the_overlap_it_is_not(
    small: Database,
) -> None:
    token, key = issue(small), token_keys.read_current_key(small, SECRET)
    token_keys.rotate_token_key(small, OPERATOR, overlap=timedelta(hours=1))
    assert tokens.verify_token(small, SECRET, token)
    assert jwt.get_unverified_header(token)["kid"] != jwt.get_unverified_header(issue(small))["kid"]
    rotate(small)
    for refused in (token, jwt.encode(claims(), key)):
        assert refusal(small, refused).endswith("not signed with a key that is accepted")


def test_it_is_told_until_when_a_token_is_good(small: Database) -> None:
    token = issue(small, 600)
    expiry = jwt.decode(token, options={"verify_signature": False})["exp"]
    assert expiry - 1 < tokens.verify_token(small, SECRET, token).until <= expiry

    token_keys.rotate_token_key(small, OPERATOR, overlap=timedelta(minutes=5))

    _, former = token_keys.list_token_keys(small, OPERATOR)
    assert former.expires_at is not None
    assert tokens.verify_token(small, SECRET, token).until == former.expires_at.timestamp()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": int(time.time()) + 86_400}, "it is valid for more than an hour"),
        ({"iat": int(time.time()) + 3_000, "exp": int(time.time()) + 3_060}, "compare the clocks"),
        ({"aud": "webmail"}, "its claim aud is not contactsgroups"),
        ({"aud": None}, "it needs the claims"),
        ({"sub": "nobody@example.org"}, "the token's account is not active"),
        ({"sub": "rubbish"}, "the token's account is not active"),
        ({"exp": "9999999999"}, "its claim exp is not a number"),
        ({"exp": float("inf")}, "the token is not valid"),
        ({"exp": float("nan")}, "the token is not valid"),
        ({"iat": True}, "its claim iat is not a number"),
        ({"iat": -(10**400)}, "its claim iat is not a number"),
    ],
)
def test_a_refusal_says_why_in_words_of_our_own(
    small: Database, changes: dict[str, object], reason: str
) -> None:
    assert reason in refusal(small, sign(small, **changes))


def test_forged_tokens_are_refused(small: Database) -> None:
    key = token_keys.read_current_key(small, SECRET)
    for forged in (
        jwt.encode(claims(), key + "!"),
        jwt.encode(claims(), SECRET),
        jwt.encode(claims(), None, algorithm="none"),
        jwt.encode(claims(), key, headers={"kid": "unknown"}),
        "rubbish",
        "",
    ):
        assert refusal(small, forged).startswith("the token is not valid: it is ")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('tokens') / 'db'}")
    schema.upgrade(database)
    add_accounts(database, ["ada"])
    yield database
    database.dispose()


@given(name=st.sampled_from(["sub", "aud", "iat", "exp", "scope", "nbf", "iss"]), value=_json)
def test_no_claim_is_an_error_of_ours(shared: Database, name: str, value: object) -> None:
    """Whoever has the key may claim anything; the answer is a principal or a refusal."""
    try:
        token = sign(shared, **{name: value})
    except TypeError:  # PyJWT does not sign it.
        return
    with suppress(NotAuthenticated):
        principal = tokens.verify_token(shared, SECRET, token).principal
        assert principal.managed_domains == frozenset()


def test_what_was_good_once_is_no_forgery(small: Database) -> None:
    """Who has such a token did not guess; what no key of ours has signed was guessed."""
    key, token = token_keys.read_current_key(small, SECRET), issue(small)
    rotate(small)
    forged = {
        token: False,
        jwt.encode(claims(), key): False,
        jwt.encode(claims(exp=1), key): False,
        jwt.encode(claims(), "x" * 32): True,
        token[:-6] + "AAAAAA": True,
        "nonsense": True,
    }
    for each, is_forged in forged.items():
        with pytest.raises(NotAuthenticated) as caught:
            tokens.verify_token(small, SECRET, each)
        assert caught.value.forged is is_forged
