"""The addresses in people's own address books, as far as autocomplete needs them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import AccountNotFound, InvalidAddress, InvalidText
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.domain.text import clean_name
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import OwnContact
from contactsgroups.services.completion.learning import touch_personal
from contactsgroups.services.directory import require_account
from contactsgroups.services.work import write


@dataclass(frozen=True, slots=True)
class Contact:
    """One address of one card; ``href`` is the card's path, ``book/card.vcf``."""

    href: str
    name: str
    address: str


def put_contacts(
    database: Database, principal: str, hrefs: Iterable[str], contacts: Iterable[Contact]
) -> None:
    """Replace what is known of these cards (or whole books, ``book/``) by these contacts.

    What is no address is left out: a card may hold anything, and the address book is not the place
    to complain.  A principal without an account has no completions, so nothing is kept for it.
    """
    with write(database, OPERATOR) as work:
        try:
            account = require_account(work.session, principal)
        except (AccountNotFound, InvalidAddress):
            return
        for href in hrefs:
            is_it = OwnContact.href == href
            is_inside = OwnContact.href.startswith(href, autoescape=True)
            work.session.execute(
                delete(OwnContact).where(
                    OwnContact.account_id == account.id, is_inside if href.endswith("/") else is_it
                )
            )
        for contact in contacts:
            row = _row(account.id, contact)
            if row is not None:
                work.session.add(row)
        touch_personal(work.session, account)


def _row(account_id: int, contact: Contact) -> OwnContact | None:
    try:
        address = Address.parse(contact.address)
    except InvalidAddress:
        return None
    try:
        name = clean_name(contact.name, field="name", required=False)
    except InvalidText:
        name = ""
    return OwnContact(
        account_id=account_id,
        href=contact.href[:500],
        address=str(address),
        original=address.original,
        name=name,
    )
