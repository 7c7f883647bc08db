"""Bearer tokens (RFC 7519): issued for an account, and from a token to a principal.

The claim ``scope`` says what a token may do, in words with spaces between (RFC 8693 section 4.2):

======== =======================================================================================
read     look at what its account sees; every token may
write    also change what its account may change, apart from what it administers
manage   also what its account administers: to look at, and with ``write`` to change
======== =======================================================================================
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jwt

from contactsgroups.domain.errors import NotAuthenticated
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account
from contactsgroups.services.accounts.identity import (
    find_active_account,
    plain_principal_of,
    principal_of,
)
from contactsgroups.services.accounts.token_keys import KeyRing, read_key_ring, read_signing_key

_ALGORITHM = "HS256"
_AUDIENCE = "contactsgroups"
_REQUIRED = ("sub", "aud", "iat", "exp")
_READ, _WRITE, _MANAGE = "read", "write", "manage"
_LONGEST_LIFETIME = 3600 + 60  # seconds, and a minute for clocks that differ
_END_OF_TIME = 1e11  # seconds; neither infinite nor too large for a date

_REASONS: Mapping[type[Exception], str] = {
    jwt.ExpiredSignatureError: "it has expired",
    jwt.ImmatureSignatureError: "by its claim iat it is issued later; compare the clocks",
    jwt.InvalidAudienceError: f"its claim aud is not {_AUDIENCE}",
    jwt.MissingRequiredClaimError: f"it needs the claims {', '.join(_REQUIRED)}",
    jwt.InvalidSignatureError: "it is not signed with a key that is accepted",
    jwt.InvalidAlgorithmError: f"it is not signed with {_ALGORITHM}",
    RecursionError: "it is nested too deeply",
}

_FORGERIES = (jwt.DecodeError, jwt.InvalidAlgorithmError, RecursionError, OverflowError)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is good for, while no ordered write changes the database."""

    principal: Principal
    until: float
    """In seconds since the epoch: then the token ends, or a key that may have signed it."""


def issue_token(
    database: Database,
    secret: str,
    address: str,
    lifetime: int,
    *,
    may_write: bool = False,
    manages: bool = False,
) -> str:
    """Return a bearer token of an account, valid for ``lifetime`` seconds.

    Args:
        secret: ``Settings.read_token_secret()``.
        may_write: it may also change something; never give such a token to a browser.
        manages: it also has the rights of an administrator that its account has.

    Raises:
        NotAuthenticated: there is no such active account.
    """
    with database.read() as session:
        account = find_active_account(session, address)
        if account is None:
            raise NotAuthenticated("there is no active account {address}", address=address)
        key_id, key = read_signing_key(session, secret, for_managing=manages)
        now = max(time.time(), _valid_from(account))
        claims = {
            "sub": account.address,
            "aud": _AUDIENCE,
            "iat": now,
            "exp": now + lifetime,
            "scope": _scope(may_write=may_write, manages=manages),
        }
    return jwt.encode(claims, key, algorithm=_ALGORITHM, headers={"kid": key_id})


def verify_token(database: Database, secret: str, token: str, *, former_secret: str = "") -> Grant:
    """Return whom a bearer token speaks for, and until when.

    Args:
        former_secret: one that ``secret`` replaces, whose tokens are accepted, too.

    Raises:
        NotAuthenticated: it is expired, forged or for another service; its key is not accepted any
            more; or its account was removed, closed, or revoked what was issued before.
    """
    with database.read() as session:
        secrets = [each for each in (secret, former_secret) if each]
        keys = read_key_ring(session, secrets)
        claims = _decode(token, keys)
        scope = _read_scope(claims)
        if _MANAGE in scope and not _is_signed(token, keys.managing):
            raise _invalid(f"its scope {_MANAGE} needs the key of tokens that manage")
        account = find_active_account(session, claims["sub"])
        if account is None:
            raise NotAuthenticated("the token's account is not active")
        if claims["iat"] < _valid_from(account):
            raise NotAuthenticated("the token was revoked, or is of an earlier account")
        # What an account administers is not read for a token that does not.
        manages = _MANAGE in scope
        principal = principal_of(session, account) if manages else plain_principal_of(account)
    until = min(int(claims["exp"]), keys.next_end)
    return Grant(replace(principal, read_only=_WRITE not in scope), until)


def _scope(*, may_write: bool, manages: bool) -> str:
    words = [*([_MANAGE] if manages else []), *([_WRITE] if may_write else [])]
    return " ".join(words) or _READ


def _read_scope(claims: Mapping[str, Any]) -> frozenset[str]:
    """Return the words of the claim; one that is no text grants nothing."""
    scope = claims.get("scope", "")
    return frozenset(scope.split(" ")) if isinstance(scope, str) else frozenset()


def _valid_from(account: Account) -> float:
    return max(account.created_at, account.revoked_at or account.created_at).timestamp()


def _decode(token: str, keys: KeyRing) -> dict[str, Any]:
    """Return the claims of a token that is signed with one of the keys, and valid now."""
    try:
        claims = _decode_with_any(token, _candidates(token, [*keys.ordinary, *keys.managing]))
    except (jwt.InvalidTokenError, RecursionError, OverflowError, TypeError) as error:
        # A claim of another type than it should have is a TypeError in some versions of PyJWT.
        reasons = (text for kind, text in _REASONS.items() if isinstance(error, kind))
        # One that has expired, say, has been a good one: its signature was checked first.
        forged = isinstance(error, _FORGERIES) and not _is_signed(token, keys.retired)
        raise _invalid(next(reasons, "it is malformed"), forged=forged) from error
    for name in ("iat", "exp"):
        if not _is_moment(claims[name]):
            raise _invalid(f"its claim {name} is not a number of seconds")
    if not isinstance(claims["sub"], str):
        raise _invalid("its claim sub is not an address")
    if claims["exp"] > time.time() + _LONGEST_LIFETIME:
        raise _invalid("it is valid for more than an hour")
    return claims


def _is_signed(token: str, keys: Sequence[Mapping[str, str]]) -> bool:
    """Whether a token is signed with one of the keys, whatever else may be wrong with it."""
    try:
        _decode_with_any(token, _candidates(token, keys))
    except _FORGERIES:
        return False
    except (jwt.InvalidTokenError, TypeError):
        return True
    return True


def _decode_with_any(token: str, candidates: list[str]) -> dict[str, Any]:
    for key in candidates:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": list(_REQUIRED)},
            )
        except jwt.InvalidSignatureError:
            continue
    raise jwt.InvalidSignatureError


def _candidates(token: str, keys: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the keys of the id that a token names, or all: other programs know the key only."""
    wanted = jwt.get_unverified_header(token).get("kid")
    return [
        key for each in keys for key_id, key in each.items() if wanted is None or key_id == wanted
    ]


def _is_moment(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < _END_OF_TIME


def _invalid(reason: str, *, forged: bool = False) -> NotAuthenticated:
    return NotAuthenticated("the token is not valid: {reason}", forged=forged, reason=reason)
