"""From a password or a token to a principal."""

import hashlib
import time
from dataclasses import dataclass, replace
from datetime import datetime

import jwt
from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress, NotAuthenticated
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Administrator, DomainRow
from contactsgroups.services.accounts.accounts import find_account_row
from contactsgroups.services.accounts.passwords import verify

_ALGORITHM = "HS256"
_AUDIENCE = "contactsgroups"
_READ, _WRITE = "read", "write"
_LONGEST_LIFETIME = 3600 + 60  # seconds, and a minute for clocks that differ


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who an address may be.

    ``account`` is the address as it is looked up, empty if it is none.  Without an active account
    that has a password there is no ``password_hash``.
    """

    account: str
    password_hash: str | None
    principal: Principal | None


def find_candidate(database: Database, address: str) -> Candidate:
    """Return who an address may be, before any password was checked."""
    try:
        key = str(Address.parse(address))
    except InvalidAddress:
        key = ""
    with database.read() as session:
        account = find_account_row(session, key)
        if account is None:
            return Candidate(key, None, None)
        hashed = account.password_hash if account.active else None
        return Candidate(key, hashed, _principal(session, account))


def authenticate(database: Database, address: str, password: str) -> Principal:
    """Check an account's password, for a caller that limits guessing itself.

    Raises:
        NotAuthenticated: it is wrong, or there is no such active account; the text does not say
            which.
    """
    found = find_candidate(database, address)
    is_right = verify(password, found.password_hash, found.account)
    if not is_right or found.principal is None:
        raise NotAuthenticated("the address or the password is wrong")
    return found.principal


def find_principal(database: Database, address: str) -> Principal | None:
    """Return the principal of an active account, or None."""
    found = _find_account(database, address)
    return None if found is None else found[0]


def _find_account(database: Database, address: str) -> tuple[Principal, datetime] | None:
    """Return the principal of an active account, and when the account was created."""
    try:
        key = str(Address.parse(address))
    except InvalidAddress:
        return None
    with database.read() as session:
        account = find_account_row(session, key)
        if account is None or not account.active:
            return None
        return _principal(session, account), account.created_at


def issue_token(
    database: Database, secret: str, address: str, lifetime: int, *, may_write: bool = False
) -> str:
    """Return a bearer token (RFC 7519) of an account, valid for ``lifetime`` seconds.

    Args:
        may_write: the token may also record usage; never give such a token to a browser.
            No token manages groups.

    Raises:
        NotAuthenticated: there is no such active account.
    """
    principal = find_principal(database, address)
    if principal is None:
        raise NotAuthenticated(f"there is no active account {address}")
    now = int(time.time())
    claims = {
        "sub": str(principal.address),
        "aud": _AUDIENCE,
        "iat": now,
        "exp": now + lifetime,
        "scope": _WRITE if may_write else _READ,
    }
    return jwt.encode(claims, secret, algorithm=_ALGORITHM)


def verify_token(database: Database, secret: str, token: str) -> Principal:
    """Return the principal of a bearer token.

    Raises:
        NotAuthenticated: it is expired, forged, for another service, or its account was removed.
    """
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            options={"require": ["sub", "aud", "exp"]},
        )
    except jwt.InvalidTokenError as error:
        # A token that has expired, say, has been a good one: its signature was checked first.
        forged = isinstance(error, (jwt.DecodeError, jwt.InvalidAlgorithmError))
        raise NotAuthenticated(f"the token is not valid: {error}", forged=forged) from error
    except RecursionError as error:  # The header is read before the signature is checked.
        raise NotAuthenticated("the token is not valid: nested too deeply", forged=True) from error
    if claims["exp"] > time.time() + _LONGEST_LIFETIME:
        raise NotAuthenticated("the token is valid for too long; an hour is the most")
    found = _find_account(database, str(claims["sub"]))
    if found is None:
        raise NotAuthenticated("the token's account is not active")
    principal, created_at = found
    if claims.get("iat", claims["exp"]) < int(created_at.timestamp()):
        raise NotAuthenticated("the token was issued for an earlier account of this address")
    # A token is for autocomplete: it never administers, whatever its account may do.
    may_write = claims.get("scope") == _WRITE
    return replace(principal, managed_domains=frozenset(), read_only=not may_write)


def _principal(session: Session, account: Account) -> Principal:
    local_part, _, domain = account.address.rpartition("@")
    return Principal(
        address=Address(local_part, domain, account.original),
        display_name=account.display_name,
        managed_domains=_managed_domains(session, account),
        password_mark=_mark(account.password_hash or ""),
    )


def _mark(password_hash: str) -> str:
    """Return a digest that differs for each password and reveals none: the hashes are salted."""
    return hashlib.blake2b(password_hash.encode(), digest_size=12).hexdigest()


def _managed_domains(session: Session, account: Account) -> frozenset[str] | None:
    rows = session.execute(
        select(Administrator.domain_id, DomainRow.name)
        .outerjoin(DomainRow, DomainRow.id == Administrator.domain_id)
        .where(Administrator.account_id == account.id)
    ).all()
    if any(row.domain_id is None for row in rows):
        return None
    return frozenset(row.name for row in rows)
