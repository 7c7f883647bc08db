"""The first mailboxes that a group reaches, of however many: who is inside, at a glance."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import GroupNotFound, NotPermitted
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Recipient
from contactsgroups.persistence.queries import scalars_where
from contactsgroups.services.accounts.group_standing import groups_open_to, known_groups
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.member_views import MemberView, describe, expand_for
from contactsgroups.services.unit_of_work.group_edges import children_of


@dataclass(frozen=True, slots=True)
class FirstRecipients:
    """Some mailboxes in the order of their addresses, and how many there are in all.

    A group among them is one that does not show this principal who is in it.
    """

    views: tuple[MemberView, ...]
    total: int


def list_first_recipients(
    database: Database, principal: Principal, uuid: str, limit: int
) -> FirstRecipients:
    """Return the first mailboxes that a group reaches, as far as the principal may know them.

    Raises:
        GroupNotFound: there is none that this principal may see.
        NotPermitted: the group does not show who is in it.
    """
    with database.read() as session:
        group = require_group(session, uuid)
        if not known_groups(session, principal, [group]):
            raise GroupNotFound("there is no such group")
        if not group.show_members:
            raise NotPermitted("{address} does not show its members", address=group.address)
        if _has_closed_group(session, principal, group):
            reached = expand_for(session, principal, group)
            total = len(reached)
        else:
            # All are in the table then, which answers for a hundred thousand as for one.
            rows = select(Recipient.address).where(Recipient.group_id == group.id)
            reached = list(session.scalars(rows.order_by(Recipient.address).limit(limit)))
            total = group.recipient_count
        first = {address: address for address in reached[:limit]}
        return FirstRecipients(tuple(describe(session, principal, first)), total)


def _has_closed_group(session: Session, principal: Principal, group: Group) -> bool:
    """Whether a group inside, however deep, does not show this principal who is in it."""
    found, level = {group.id}, {group.id}
    while level:
        level = {child for each in children_of(session, level).values() for child in each} - found
        found |= level
    nested = list(scalars_where(session, select(Group), Group.id, found - {group.id}))
    return len(groups_open_to(session, principal, nested)) < len(nested)
