"""Ask the one posting decision about a stored group."""

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.group import Role
from contactsgroups.domain.posting import (
    Action,
    Decision,
    Evidence,
    PostingFacts,
    decide,
    strictest,
)
from contactsgroups.domain.recipient import canonicalise
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Alias, Group, GroupEdge, Member, Recipient
from contactsgroups.persistence.queries import DELETED, rows_where
from contactsgroups.services.accounts.domains import is_local_domain
from contactsgroups.services.delivery.recipients import find_holders, may_be_ours

_NOT_UNDERSTOOD = Decision(
    Action.DEFER,
    "the address cannot be parsed",
    (f"{Action.DEFER}: the address cannot be parsed",),
)
_DELETED = Decision(
    Action.REJECT,
    "the group was deleted",
    (f"{Action.REJECT}: the group was deleted",),
    closed=True,
)


def decide_for(database: Database, evidence: Evidence, recipient: str) -> Decision | None:
    """Decide about a message to ``recipient``; None if that is no group of ours.

    Groups nested in it are asked too, and the strictest answer wins: a group that is open to
    anyone must not be a way into a restricted one.  A recipient that may or may not be a group of
    ours defers.

    Args:
        recipient: the address as Postfix sends it, octets that are not UTF-8 as
            "surrogateescape" decodes them.
    """
    canonical = canonicalise(recipient)
    with database.read() as session:
        if not canonical.keys:
            return _NOT_UNDERSTOOD if may_be_ours(session, canonical) else None
        holder = find_holders(session, [canonical]).get(canonical)
        if holder is not None and holder.kind == DELETED:
            return _DELETED
        if holder is None or holder.kind != "group":
            return None
        group = session.scalars(select(Group).where(Group.address == holder.address)).one()
        return decide_for_group(session, evidence, group)


def decide_for_group(session: Session, evidence: Evidence, group: Group) -> Decision:
    """Decide about a message to a group and all enabled groups inside it."""
    known = Evidence(
        login=_canonical(session, evidence.login),
        envelope_sender=_canonical(session, evidence.envelope_sender),
        trusted=evidence.trusted,
        automatic=evidence.automatic,
    )
    groups = [group, *_nested_groups(session, group)]
    return strictest(decide(known, _facts(session, each)) for each in groups)


def _nested_groups(session: Session, group: Group) -> list[Group]:
    """Return the groups inside that pass messages on; an empty one must not close those around."""
    found = {group.id: group}
    level = [group.id]
    while level:
        statement = (
            select(Group)
            .join(GroupEdge, GroupEdge.child_id == Group.id)
            .where(
                GroupEdge.parent_id.in_(level),
                Group.disabled.is_(False),
                Group.recipient_count > 0,
            )
        )
        new = {row.id: row for row in session.scalars(statement) if row.id not in found}
        found |= new
        level = list(new)
    return [row for row in found.values() if row is not group]


def _facts(session: Session, group: Group) -> PostingFacts:
    roles: dict[str, list[str]] = {role: [] for role in Role}
    targets = _alias_targets(session, [row.address for row in group.roles])
    for row in group.roles:
        roles[row.role].append(targets.get(row.address, row.address))
    return PostingFacts(
        address=group.parsed_address,
        posting_policy=group.posting_policy,
        disabled=group.disabled,
        moderated=group.moderated,
        ignore_auto_replies=group.ignore_auto_replies,
        recipient_count=group.recipient_count,
        is_member=_membership_test(session, group),
        owners=roles[Role.OWNER],
        moderators=roles[Role.MODERATOR],
        allowed_senders=roles[Role.ALLOWED_SENDER],
        is_local_domain=lambda domain: is_local_domain(session, domain),
    )


def _membership_test(session: Session, group: Group) -> Callable[[Address], bool]:
    def is_member(sender: Address) -> bool:
        key = str(sender)
        gets_a_copy = select(Recipient.address).where(
            Recipient.group_id == group.id, Recipient.address == key
        )
        is_named = select(Member.id).where(Member.group_id == group.id, Member.address == key)
        return session.scalar(gets_a_copy) is not None or session.scalar(is_named) is not None

    return is_member


def _canonical(session: Session, address: Address | None) -> Address | None:
    """Return the account of an alias; every other address as it is."""
    if address is None:
        return None
    target = _alias_targets(session, [str(address)]).get(str(address))
    return address if target is None else Address.parse(target)


def _alias_targets(session: Session, addresses: Sequence[str]) -> dict[str, str]:
    """Return the account of each of the addresses that is an alias."""
    statement = select(Alias.address, Account.address.label("target")).join(Account)
    rows = rows_where(session, statement, Alias.address, addresses)
    return {row.address: row.target for row in rows}
