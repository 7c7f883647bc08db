"""One address, one holder: claims on addresses across accounts, aliases and groups."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import AddressInUse
from contactsgroups.persistence.models import ClaimedAddress, GroupRole, KeptMember, Member
from contactsgroups.persistence.queries import groups_containing, insert_rows
from contactsgroups.services.unit_of_work import Work


def claim(session: Session, address: Address, holder: str) -> None:
    """Take an address for an account, an alias or a group.

    Raises:
        AddressInUse: an account, an alias or a group holds it already.
    """
    taken = session.get(ClaimedAddress, str(address))
    if taken is not None:
        raise AddressInUse(str(address), taken.holder)
    session.add(ClaimedAddress(address=str(address), holder=holder))
    session.flush()


def claim_all(session: Session, addresses: Sequence[str], holder: str) -> None:
    """Take many addresses of which it was checked before that they are free.

    If one is not, the primary key of the claimed addresses holds in any case.
    """
    claims = [{"address": each, "holder": holder} for each in addresses]
    insert_rows(session, ClaimedAddress, claims)


def release(session: Session, address: str) -> None:
    """Release an address; its holder's row must be removed or renamed (and flushed) before."""
    session.execute(delete(ClaimedAddress).where(ClaimedAddress.address == address))


def remove_from_groups_in(work: Work, address: str) -> None:
    """Remove an address from every group, whatever its role there."""
    for group in groups_containing(work.session, [address]):
        work.changed_group(group)
    work.session.execute(delete(Member).where(Member.address == address))
    work.session.execute(delete(KeptMember).where(KeptMember.address == address))
    work.session.execute(delete(GroupRole).where(GroupRole.address == address))
