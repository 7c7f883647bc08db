"""One address, one holder: claims on addresses across accounts, aliases and groups."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address, display_domain, normalise_domain
from contactsgroups.domain.errors import AddressInUse, DomainNotFound
from contactsgroups.persistence.models import ClaimedAddress, DomainRow


def claim(session: Session, address: Address, holder: str) -> None:
    """Take an address for an account, an alias or a group.

    Raises:
        AddressInUse: somebody holds it already.
    """
    taken = session.get(ClaimedAddress, str(address))
    if taken is not None:
        raise AddressInUse(str(address), taken.holder)
    session.add(ClaimedAddress(address=str(address), holder=holder))
    session.flush()


def release(session: Session, address: str) -> None:
    """Give an address back; its holder's row must be gone or renamed (and flushed) before."""
    session.execute(delete(ClaimedAddress).where(ClaimedAddress.address == address))


def require_domain(session: Session, name: str) -> DomainRow:
    """Return the domain of this name, in any spelling.

    Raises:
        DomainNotFound: it is not served here.
    """
    normalised = normalise_domain(name)
    row = session.scalar(select(DomainRow).where(DomainRow.name == normalised))
    if row is None:
        raise DomainNotFound(f"the domain {display_domain(normalised)} is not served here")
    return row


def local_domain_names(session: Session) -> frozenset[str]:
    """Return every domain that is served here, as A-labels."""
    return frozenset(session.scalars(select(DomainRow.name)))


def is_local_domain(session: Session, name: str) -> bool:
    """Whether the domain (as A-labels) is served here."""
    return session.scalar(select(DomainRow.id).where(DomainRow.name == name)) is not None
