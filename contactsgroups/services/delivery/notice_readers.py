"""Who reads a notice: the account behind an address, if there is one."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contactsgroups.persistence.models import Account, Alias


def account_of(session: Session, address: str) -> Account | None:
    """Return the account that has an address as its own or by an alias."""
    by_alias = select(Alias.account_id).where(Alias.address == address)
    own = or_(Account.address == address, Account.id.in_(by_alias))
    return session.scalars(select(Account).where(own)).first()


def language_of(session: Session, address: str) -> str:
    """Return the tag of the language that the account at an address reads; empty if not known."""
    account = account_of(session, address)
    return account.language if account else ""
