"""The addresses in accounts' own address books, as far as autocomplete needs them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, true

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import AccountNotFound, InvalidAddress
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.domain.text import tidy_name
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, OwnContact
from contactsgroups.persistence.queries import is_at_or_below
from contactsgroups.services.accounts.accounts import require_account
from contactsgroups.services.completion.personal import CONTACTS_LIMIT
from contactsgroups.services.completion.personal_state import write_own


@dataclass(frozen=True, slots=True)
class Contact:
    """One address of one card."""

    href: str
    """The card's path below the principal, as in ``contacts/ada.vcf``."""
    name: str
    address: str


def replace_contacts(
    database: Database, principal: str, place: str, contacts: Iterable[Contact]
) -> int:
    """Replace the contacts that a principal has at a place, and return their number.

    Invalid addresses, and contacts beyond the limit of what is suggested, are left out without an
    error: a card may hold any text. A principal without an account has no completions, so nothing
    is stored for it.

    Args:
        principal: address of the account.
        place: path below the principal: of a card, of a book, or empty for all books.
        contacts: all contacts at that place and below.

    Raises:
        Unavailable: the database does not answer; nothing was changed.
    """
    rows = list(islice(filter(None, map(_row, contacts)), CONTACTS_LIMIT))
    try:
        with write_own(database, OPERATOR, principal) as (session, state):
            own = OwnContact.account_id == state.account_id
            session.execute(delete(OwnContact).where(own, _is_at(place)))
            if rows:
                account_id = {"account_id": state.account_id}
                session.execute(insert(OwnContact), [row | account_id for row in rows])
    except (AccountNotFound, InvalidAddress):
        return 0
    return len(rows)


def list_owners(database: Database) -> list[str]:
    """Return the addresses of the accounts that have own contacts, in order."""
    statement = select(Account.address).join(OwnContact).distinct().order_by(Account.address)
    with database.read() as session:
        return list(session.scalars(statement))


def find_owners(database: Database, addresses: Collection[str]) -> list[str]:
    """Return the normalised addresses of accounts, which are given in any spelling.

    Raises:
        AccountNotFound, InvalidAddress: one of them is no account.
        Unavailable: the database does not answer.
    """
    with database.read() as session:
        return [require_account(session, each).address for each in addresses]


def _is_at(place: str) -> ColumnElement[bool]:
    """Whether a contact is at a place or below it."""
    if not place:
        return true()
    return is_at_or_below(OwnContact.href, place)


def _row(contact: Contact) -> dict[str, Any] | None:
    try:
        address = Address.parse(contact.address)
    except InvalidAddress:
        return None
    return {
        "href": contact.href,
        "address": str(address),
        "original": address.original,
        "name": tidy_name(contact.name),
    }
