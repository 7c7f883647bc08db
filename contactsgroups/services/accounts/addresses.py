"""One address, one holder: claims on addresses across accounts, aliases and groups."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import AddressInUse
from contactsgroups.domain.sentence import Day
from contactsgroups.persistence.models import (
    ClaimedAddress,
    DeletedGroup,
    GroupRole,
    KeptMember,
    Member,
)
from contactsgroups.persistence.queries import (
    DELETED,
    groups_containing,
    insert_rows,
    rows_where,
    scalars_where,
)
from contactsgroups.services.unit_of_work import Work

RESTORABLE = timedelta(days=30)
"""So long a deleted group can be restored, and its address is nobody else's."""


def claim(session: Session, address: Address, holder: str) -> None:
    """Take an address for an account, an alias or a group.

    Raises:
        AddressInUse: an account, an alias or a group holds it already, or it is reserved.
    """
    require_free(session, address)
    if session.get(ClaimedAddress, str(address)) is not None:
        expire_reservations(session, [str(address)])  # It has run out, and was not purged yet.
    session.add(ClaimedAddress(address=str(address), holder=holder))
    session.flush()


def require_free(session: Session, address: Address) -> None:
    """Raise :class:`AddressInUse` unless an account, an alias or a group could have an address."""
    taken = session.get(ClaimedAddress, str(address))
    if taken is None:
        return
    if taken.holder != DELETED:
        raise AddressInUse(str(address), taken.holder)
    reserved = find_reserved(session, [str(address)])
    if (error := reserved.get(str(address))) is not None:
        raise error


def find_reserved(session: Session, addresses: Collection[str] | None) -> dict[str, AddressInUse]:
    """Return why each address that is reserved for a deleted group cannot be had.

    Args:
        addresses: to look for; None for all that are reserved.
    """
    statement = select(DeletedGroup).where(DeletedGroup.expires_at > datetime.now(UTC))
    rows = (
        session.scalars(statement)
        if addresses is None
        else scalars_where(session, statement, DeletedGroup.address, addresses)
    )
    return {
        row.address: AddressInUse(row.address, "group", until=Day(row.expires_at)) for row in rows
    }


def claimed_since(session: Session, addresses: Collection[str]) -> dict[str, datetime]:
    """Return since when each of the addresses that somebody has here is its holder's.

    A deleted group that is restored has its address since before.
    """
    statement = select(ClaimedAddress.address, ClaimedAddress.claimed_at)
    rows = rows_where(session, statement, ClaimedAddress.address, addresses)
    return {row.address: row.claimed_at for row in rows}


def expire_reservations(session: Session, addresses: Collection[str]) -> None:
    """Release those of the addresses whose time as a deleted group's has run out."""
    has_run_out = DeletedGroup.expires_at <= datetime.now(UTC)
    due = select(DeletedGroup.address).where(has_run_out)
    release_reservations(
        session, list(scalars_where(session, due, DeletedGroup.address, addresses))
    )


def release_reservations(session: Session, addresses: Collection[str]) -> None:
    """Forget the deleted groups that had these addresses, and release those at once."""
    rows = list(scalars_where(session, select(DeletedGroup), DeletedGroup.address, addresses))
    for row in rows:
        session.delete(row)
    session.flush()
    for row in rows:
        release(session, row.address)


def reserve(session: Session, address: str) -> None:
    """Keep a group's address for it while it is deleted."""
    _hand_over(session, address, DELETED)


def reclaim(session: Session, address: str) -> None:
    """Give a group that is restored its address again."""
    _hand_over(session, address, "group")


def _hand_over(session: Session, address: str, holder: str) -> None:
    is_claim = ClaimedAddress.address == address
    session.execute(update(ClaimedAddress).where(is_claim).values(holder=holder))


def claim_all(session: Session, addresses: Sequence[str], holder: str) -> None:
    """Take many addresses of which it was checked before that they are free.

    If one is not, the primary key of the claimed addresses holds in any case.
    """
    expire_reservations(session, addresses)  # They have run out, and were not purged yet.
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
