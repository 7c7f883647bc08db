"""Ask the one posting decision about a stored group."""

from collections.abc import Callable, Collection, Sequence
from functools import cache, cached_property

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

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
from contactsgroups.persistence.models import (
    Account,
    Alias,
    Group,
    GroupEdge,
    GroupRole,
    Member,
    Recipient,
)
from contactsgroups.persistence.queries import rows_where, scalars_where
from contactsgroups.services.accounts.domains import is_local_domain
from contactsgroups.services.delivery.recipients import find_holders, may_be_ours

_NOT_UNDERSTOOD = Decision(
    Action.DEFER,
    "the address cannot be parsed",
    (f"{Action.DEFER}: the address cannot be parsed",),
)


def decide_for(
    database: Database,
    evidence: Evidence,
    recipient: str,
    note_accepted: Callable[[int], None] = lambda _: None,
) -> Decision | None:
    """Decide about a message to ``recipient``; None if that is no group of ours.

    Groups nested in it are asked too, and the strictest answer wins: a group that is open to
    anyone must not be a way into a restricted one.  A recipient that may or may not be a group of
    ours defers.

    Args:
        recipient: the address as Postfix sends it, octets that are not UTF-8 as
            "surrogateescape" decodes them.
        note_accepted: called with the group's id if the message is accepted.
    """
    canonical = canonicalise(recipient)
    with database.read() as session:
        if not canonical.keys:
            return _NOT_UNDERSTOOD if may_be_ours(session, canonical) else None
        holder = find_holders(session, [canonical]).get(canonical)
        if holder is None or holder.kind != "group":
            return None
        group = session.scalars(select(Group).where(Group.address == holder.address)).one()
        decision = decide_for_group(session, evidence, group)
        if decision.action is Action.ACCEPT:
            note_accepted(group.id)
        return decision


def decide_for_group(session: Session, evidence: Evidence, group: Group) -> Decision:
    """Decide about a message to a group and all enabled groups inside it."""
    return strictest(decision for _, decision in decide_within(session, evidence, group))


def decide_within(
    session: Session, evidence: Evidence, group: Group
) -> list[tuple[Group, Decision]]:
    """Return what a group decides, and then each group inside that passes messages on.

    As many statements for many groups as for few.
    """
    known = Evidence(
        login=canonical_sender(session, evidence.login),
        envelope_sender=canonical_sender(session, evidence.envelope_sender),
        trusted=evidence.trusted,
        automatic=evidence.automatic,
    )
    groups = [group, *_nested_groups(session, group)]
    sender = _Sender(session, known.sender, [each.id for each in groups])
    return [(each, decide(known, _facts(each, sender))) for each in groups]


def _nested_groups(session: Session, group: Group) -> list[Group]:
    """Return the groups inside that pass messages on; an empty one must not close those around."""
    edges = (
        select(GroupEdge.child_id)
        .join(Group, Group.id == GroupEdge.child_id)
        .where(Group.disabled.is_(False), Group.recipient_count > 0)
    )
    inside = edges.where(GroupEdge.parent_id == group.id).cte("inside", recursive=True)
    inside = inside.union(edges.join(inside, inside.c.child_id == GroupEdge.parent_id))
    is_inside = Group.id.in_(select(inside.c.child_id)), Group.id != group.id
    statement = select(Group).options(joinedload(Group.domain)).where(*is_inside)
    return list(session.scalars(statement.order_by(Group.address)))


class _Sender:
    """What a sender is in the groups that decide about a message, each asked for once."""

    def __init__(self, session: Session, sender: Address | None, ids: Collection[int]) -> None:
        self._session = session
        self._ids = ids
        self.address = str(sender) if sender else ""
        self.is_local_domain = cache(lambda domain: is_local_domain(session, domain))

    @cached_property
    def roles(self) -> Collection[tuple[int, str]]:
        """The group's id and the role, wherever it, or an alias of its account, is named."""
        statement = select(GroupRole.group_id, GroupRole.role).where(
            or_(
                GroupRole.address == self.address,
                GroupRole.address.in_(
                    select(Alias.address).join(Account).where(Account.address == self.address)
                ),
            )
        )
        rows = rows_where(self._session, statement, GroupRole.group_id, self._ids)
        return {(row.group_id, row.role) for row in rows} if self.address else set()

    @cached_property
    def memberships(self) -> Collection[int]:
        """The ids of the groups that it is named in, or gets what is sent to."""
        copies = select(Recipient.group_id).where(Recipient.address == self.address)
        named = select(Member.group_id).where(Member.address == self.address)
        return {
            *scalars_where(self._session, copies, Recipient.group_id, self._ids),
            *scalars_where(self._session, named, Member.group_id, self._ids),
        }


def _facts(group: Group, sender: _Sender) -> PostingFacts:
    def named_as(role: Role) -> Collection[str]:
        return {sender.address} if (group.id, role) in sender.roles else ()

    return PostingFacts(
        address=group.parsed_address,
        posting_policy=group.posting_policy,
        disabled=group.disabled,
        moderated=group.moderated,
        ignore_auto_replies=group.ignore_auto_replies,
        recipient_count=group.recipient_count,
        is_member=lambda _: group.id in sender.memberships,
        owners=named_as(Role.OWNER),
        moderators=named_as(Role.MODERATOR),
        allowed_senders=named_as(Role.ALLOWED_SENDER),
        is_local_domain=sender.is_local_domain,
    )


def canonical_sender(session: Session, address: Address | None) -> Address | None:
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
