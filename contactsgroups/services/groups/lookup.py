"""Find one stored group by its UUID or address."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import GroupNotFound
from contactsgroups.persistence.models import Group

_GROUPS = select(Group).options(joinedload(Group.domain))  # Every right is asked for in a domain.


def require_group(session: Session, uuid: str) -> Group:
    """Return a group by its UUID.

    Raises:
        GroupNotFound: there is none, or the text is no UUID; some texts no database takes.
    """
    is_uuid = uuid.isascii() and uuid.isprintable()
    group = session.scalar(_GROUPS.where(Group.uuid == uuid)) if is_uuid else None
    if group is None:
        raise GroupNotFound("there is no such group")
    return group


def require_group_by_address(session: Session, address: str) -> Group:
    """Return a group by its address in any spelling.

    Raises:
        GroupNotFound: there is none.
    """
    parsed = Address.parse(address)
    group = session.scalar(_GROUPS.where(Group.address == str(parsed)))
    if group is None:
        raise GroupNotFound("there is no group {parsed}", parsed=parsed)
    return group
