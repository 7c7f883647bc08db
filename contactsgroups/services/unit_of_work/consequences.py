"""What follows from a change: derived members, flattened recipients and their counts.

Run inside the transaction of the change, so that no face ever sees one without the other.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from contactsgroups.domain.expansion import Expansion, expand
from contactsgroups.persistence.models import Account, Group, Member, Recipient
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
    present = set(scalars_where(session, select(Account.address), Account.id, accounts))
    others = group_ids_containing(session, set(addresses) - present)
    stale = {*changed_groups, *moved, *others, *_out_of_step(session, accounts)}
    touched = stale | group_ids_containing(session, present)
    group_edges.refresh(session, touched)
    reached = group_edges.with_ancestors(session, touched)
    groups = list(scalars_where(session, select(Group), Group.id, reached))
    stale = group_edges.with_ancestors(session, stale)
    _refresh_recipients(session, [group for group in groups if group.id in stale])
    session.flush()
    return groups


def _out_of_step(session: Session, accounts: Collection[int]) -> set[int]:
    """Return the groups whose recipients do not say of these members whether they are active.

    An account that has another name or department changes nobody's recipients, and to compute those
    of all groups that it is in takes seconds.
    """
    its_row = (Recipient.group_id == Member.group_id) & (Recipient.address == Member.address)
    missing = Account.active.is_(True) & Recipient.address.is_(None)
    left_over = Account.active.is_(False) & Recipient.address.is_not(None)
    statement = (
        select(Member.group_id)
        .join(Account, Account.address == Member.address)
        .outerjoin(Recipient, its_row)
        .where(missing | left_over)
        .distinct()
    )
    return set(scalars_where(session, statement, Account.id, accounts))


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
