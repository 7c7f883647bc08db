"""The first mailboxes that a group reaches, of however many: who is inside, at a glance."""

from dataclasses import dataclass

from sqlalchemy import select

from contactsgroups.domain.errors import GroupNotFound, NotPermitted
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Recipient
from contactsgroups.services.accounts.group_standing import groups_open_to, known_groups
from contactsgroups.services.groups.known_recipients import groups_known_throughout
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.member_views import MemberView, describe, expand_for


@dataclass(frozen=True, slots=True)
class FirstRecipients:
    """Some mailboxes in the order of their addresses, and how many there are in all.

    A group among them is one that does not show this principal who is in it, an alias one of an
    account that it may not know.
    """

    views: tuple[MemberView, ...]
    total: int


def list_first_recipients(
    database: Database, principal: Principal, uuid: str, limit: int
) -> FirstRecipients:
    """Return the first mailboxes that a group reaches, as far as the principal may know them.

    Raises:
        GroupNotFound: there is none that this principal may see.
        NotPermitted: the group does not show this principal who is in it.
    """
    with database.read() as session:
        group = require_group(session, uuid)
        if not known_groups(session, principal, [group]):
            raise GroupNotFound("there is no such group")
        if not groups_open_to(session, principal, [group]):
            raise NotPermitted("{address} does not show its members", address=group.address)
        if groups_known_throughout(session, principal, [group]):
            # All are in the table then, which answers for a hundred thousand as for one.
            rows = select(Recipient.address).where(Recipient.group_id == group.id)
            reached = list(session.scalars(rows.order_by(Recipient.address).limit(limit)))
            total = group.recipient_count
        else:
            reached = expand_for(session, principal, group)
            total = len(reached)
        first = {address: address for address in reached[:limit]}
        return FirstRecipients(tuple(describe(session, principal, first)), total)
