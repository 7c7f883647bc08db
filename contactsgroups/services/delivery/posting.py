"""Ask the one posting decision about a stored group."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache

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
from contactsgroups.domain.recipient import lookup_keys
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
from contactsgroups.persistence.queries import DELETED, rows_where, scalars_where
from contactsgroups.services.accounts.domains import is_local_domain
from contactsgroups.services.delivery.recipients import find_holders

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


def decide_for(
    database: Database,
    evidence: Evidence,
    recipient: str,
    note_accepted: Callable[[int], None] = lambda _: None,
) -> Decision | None:
    """Decide about a message to ``recipient``; None if that is no group of ours.

    Groups nested in it are asked too, and the strictest answer wins: a group that is open to
    anyone must not be a way into a restricted one.  What cannot be parsed defers: Postfix asks only
    about what it takes for a group.

    Args:
        recipient: the address as Postfix sends it, octets that are not UTF-8 as
            "surrogateescape" decodes them.
        note_accepted: called with the group's id if the message is accepted.
    """
    keys = lookup_keys(recipient)
    if not keys:
        return _NOT_UNDERSTOOD
    with database.read() as session:
        holder = find_holders(session, [keys]).get(keys)
        if holder is not None and holder.kind == DELETED:
            return _DELETED
        if holder is None or holder.kind != "group":
            return None
        group = session.scalars(select(Group).where(Group.address == holder.address)).one()
        decision = decide_for_group(session, evidence, group)
        if decision.action is Action.ACCEPT:
            note_accepted(group.id)
        return decision


def decide_for_group(session: Session, evidence: Evidence, group: Group) -> Decision:
    """Decide about a message to a group and all enabled groups inside it."""
    return decide_for_groups(session, evidence, [group])[group.id]


def decide_for_groups(
    session: Session, evidence: Evidence, groups: Collection[Group]
) -> dict[int, Decision]:
    """Return the decision of :func:`decide_for_group` for each of the groups, by its id.

    For all of them together the database is asked as often as for one.
    """
    within = _decide_within_each(session, evidence, groups)
    return {id_: strictest(decision for _, decision in each) for id_, each in within.items()}


def decide_within(
    session: Session, evidence: Evidence, group: Group
) -> list[tuple[Group, Decision]]:
    """Return what a group decides, and then each group inside that passes messages on.

    The database is asked as often for many groups as for few.
    """
    return _decide_within_each(session, evidence, [group])[group.id]


def _decide_within_each(
    session: Session, evidence: Evidence, groups: Collection[Group]
) -> dict[int, list[tuple[Group, Decision]]]:
    known = Evidence(
        login=canonical_sender(session, evidence.login),
        envelope_sender=canonical_sender(session, evidence.envelope_sender),
        trusted=evidence.trusted,
        automatic=evidence.automatic,
    )
    inside = _groups_inside(session, groups)
    concerned = {each.id: each for each in groups}
    concerned |= {each.id: each for rows in inside.values() for each in rows}
    facts = _facts(session, concerned.values())
    decided = {each: decide(known, facts[each]) for each in concerned}
    return {
        group.id: [(each, decided[each.id]) for each in _with_nested(group, inside)]
        for group in groups
    }


def _groups_inside(session: Session, groups: Collection[Group]) -> dict[int, list[Group]]:
    """Return the groups directly inside each of these, and inside those, by the outer one's id.

    Only those that pass messages on; an empty one must not close those around.
    """
    statement = (
        select(GroupEdge.parent_id, Group)
        .join(Group, GroupEdge.child_id == Group.id)
        .where(Group.disabled.is_(False), Group.recipient_count > 0)
        .order_by(GroupEdge.parent_id, Group.id)
    )
    found: dict[int, list[Group]] = {}
    level = {group.id for group in groups}
    while level:
        found |= {each: [] for each in level}
        for row in rows_where(session, statement, GroupEdge.parent_id, level):
            found[row.parent_id].append(row.Group)
        level = {child.id for each in level for child in found[each]} - found.keys()
    return found


def _with_nested(group: Group, inside: Mapping[int, Sequence[Group]]) -> Iterator[Group]:
    """Yield a group, and each group inside it once, the nearest first."""
    seen, level = {group.id}, [group]
    while level:
        yield from level
        nested = {child.id: child for each in level for child in inside[each.id]}
        level = [child for id_, child in nested.items() if id_ not in seen]
        seen |= nested.keys()


def _facts(session: Session, groups: Collection[Group]) -> dict[int, PostingFacts]:
    """Return what is to be known of each of the groups, by its id."""
    roles = _roles_of(session, [group.id for group in groups])
    memberships = _Memberships(session, [group.id for group in groups])
    is_local = cache(lambda domain: is_local_domain(session, domain))
    return {
        group.id: PostingFacts(
            address=group.parsed_address,
            posting_policy=group.posting_policy,
            disabled=group.disabled,
            moderated=group.moderated,
            ignore_auto_replies=group.ignore_auto_replies,
            recipient_count=group.recipient_count,
            is_member=memberships.test_of(group),
            owners=roles[group.id, Role.OWNER],
            moderators=roles[group.id, Role.MODERATOR],
            allowed_senders=roles[group.id, Role.ALLOWED_SENDER],
            is_local_domain=is_local,
        )
        for group in groups
    }


def _roles_of(session: Session, ids: Collection[int]) -> Mapping[tuple[int, str], list[str]]:
    """Return who has each role in each of the groups; of an alias, its account."""
    statement = select(GroupRole.group_id, GroupRole.role, GroupRole.address)
    rows = list(rows_where(session, statement.order_by(GroupRole.address), GroupRole.group_id, ids))
    targets = _alias_targets(session, {row.address for row in rows})
    roles: dict[tuple[int, str], list[str]] = defaultdict(list)
    for row in rows:
        roles[row.group_id, row.role].append(targets.get(row.address, row.address))
    return roles


class _Memberships:
    """Who is in which of some groups: looked up for a sender when that matters, for all at once."""

    def __init__(self, session: Session, ids: Collection[int]) -> None:
        self._session = session
        self._ids = ids
        self._groups_of = cache(self._find)

    def test_of(self, group: Group) -> Callable[[Address], bool]:
        """Return the test whether a sender is named in a group, or gets a copy."""
        return lambda sender: group.id in self._groups_of(str(sender))

    def _find(self, key: str) -> frozenset[int]:
        copies = select(Recipient.group_id).where(Recipient.address == key)
        named = select(Member.group_id).where(Member.address == key)
        return frozenset(scalars_where(self._session, copies, Recipient.group_id, self._ids)) | (
            frozenset(scalars_where(self._session, named, Member.group_id, self._ids))
        )


def canonical_sender(session: Session, address: Address | None) -> Address | None:
    """Return the account of an alias; every other address as it is."""
    if address is None:
        return None
    target = _alias_targets(session, [str(address)]).get(str(address))
    return address if target is None else Address.parse(target)


def _alias_targets(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """Return the account of each of the addresses that is an alias."""
    statement = select(Alias.address, Account.address.label("target")).join(Account)
    rows = rows_where(session, statement, Alias.address, addresses)
    return {row.address: row.target for row in rows}
