"""What follows from a change: derived members, flattened recipients and their counts.

Run inside the transaction of the change, so that no face ever sees one without the other.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from contactsgroups.domain.expansion import Expansion, expand
from contactsgroups.persistence.models import Group, Recipient
from contactsgroups.persistence.queries import (
    chunked,
    group_ids_containing,
    local_domain_names,
    scalars_where,
)
from contactsgroups.services.unit_of_work import derivation, group_edges
from contactsgroups.services.unit_of_work.member_graph import MemberGraph


def follow(
    session: Session,
    *,
    changed_groups: Collection[int],
    accounts: Collection[int],
    addresses: Collection[str],
) -> list[Group]:
    """Update all that depends on the changes and return every group that they reach.

    A group is reached when anything that a face shows of it may have changed: itself, or a member
    however deeply nested.
    """
    moved = derivation.follow_accounts(session, accounts)
    session.flush()
    touched = {*changed_groups, *moved, *group_ids_containing(session, addresses)}
    group_edges.refresh(session, touched)
    reached = group_edges.with_ancestors(session, touched)
    groups = list(scalars_where(session, select(Group), Group.id, reached))
    _refresh_recipients(session, groups)
    session.flush()
    return groups


def _refresh_recipients(session: Session, groups: Sequence[Group]) -> None:
    graph = MemberGraph.load(session, groups)
    local_domains = local_domain_names(session)
    for group in groups:
        expansion = expand(group.address, graph.members_of)
        _store_recipients(session, group, expansion.mailboxes)
        group.recipient_count = len(expansion.mailboxes)
        group.external_count = sum(
            mailbox.rpartition("@")[2] not in local_domains for mailbox in expansion.mailboxes
        )
        group.native = is_native(group, expansion, graph)


def is_native(group: Group, expansion: Expansion, graph: MemberGraph) -> bool:
    """Whether Postfix may expand the group by itself: no moderator has to approve the message."""
    if group.disabled or not expansion.mailboxes:
        return False
    return not any(graph.is_moderated(each) for each in (group.address, *expansion.groups))


def _store_recipients(session: Session, group: Group, mailboxes: Collection[str]) -> None:
    """Write only the difference: most changes touch one recipient of a large group."""
    stored = set(session.scalars(select(Recipient.address).where(Recipient.group_id == group.id)))
    for some in chunked(sorted(stored.difference(mailboxes))):
        session.execute(
            delete(Recipient).where(Recipient.group_id == group.id, Recipient.address.in_(some))
        )
    new = sorted(set(mailboxes) - stored)
    if new:
        session.execute(
            insert(Recipient), [{"group_id": group.id, "address": each} for each in new]
        )
