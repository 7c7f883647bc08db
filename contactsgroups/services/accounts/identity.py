"""From a password or an address to a principal."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress, NotAuthenticated
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account
from contactsgroups.services.accounts.accounts import find_account_row
from contactsgroups.services.accounts.passwords import mark_of, verify
from contactsgroups.services.unit_of_work.standing import read_managed_domains


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
        return Candidate(key, hashed, principal_of(session, account))


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
    with database.read() as session:
        account = find_active_account(session, address)
        return None if account is None else principal_of(session, account)


def find_active_account(session: Session, address: str) -> Account | None:
    """Return an active account by its address in any spelling, or None."""
    try:
        key = str(Address.parse(address))
    except InvalidAddress:
        return None
    account = find_account_row(session, key)
    return account if account is not None and account.active else None


def principal_of(session: Session, account: Account) -> Principal:
    """Return the principal of an account, with what it administers now."""
    managed_domains = read_managed_domains(session, account.id)
    return replace(plain_principal_of(account), managed_domains=managed_domains)


def plain_principal_of(account: Account) -> Principal:
    """Return the principal of an account that administers nothing, whatever it may administer."""
    local_part, _, domain = account.address.rpartition("@")
    return Principal(
        address=Address(local_part, domain, account.original),
        display_name=account.display_name,
        password_mark=mark_of(account.password_hash),
        account_id=account.id,
    )
