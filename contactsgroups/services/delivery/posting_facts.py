"""What is to be known of groups before a decision about a message, and which are inside them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.group import Role
from contactsgroups.domain.posting import PostingFacts
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


class Senders(Protocol):
    """What is known of senders."""

    def groups_of(self, sender: str) -> Collection[int]:
        """Return the ids of groups that a sender is named in, or gets copies through."""

    def is_local_domain(self, name: str) -> bool:
        """Whether a domain is served here."""


class StoredSenders:
    """Looks senders up when that matters, for all of some groups at once."""

    def __init__(self, session: Session, ids: Collection[int]) -> None:
        self._session = session
        self._ids = ids
        self._groups_of = cache(self._read_groups_of)
        self._is_local = cache(lambda name: is_local_domain(session, name))

    def groups_of(self, sender: str) -> frozenset[int]:
        """Return those of the groups that a sender is in."""
        return self._groups_of(sender)

    def is_local_domain(self, name: str) -> bool:
        """Whether a domain is served here."""
        return self._is_local(name)

    def _read_groups_of(self, sender: str) -> frozenset[int]:
        statements = {
            Recipient.group_id: select(Recipient.group_id).where(Recipient.address == sender),
            Member.group_id: select(Member.group_id).where(Member.address == sender),
        }
        return frozenset(
            each
            for column, statement in statements.items()
            for each in scalars_where(self._session, statement, column, self._ids)
        )


def groups_inside(session: Session, groups: Collection[Group]) -> dict[int, list[Group]]:
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


def with_nested(group: Group, inside: Mapping[int, Sequence[Group]]) -> Iterator[Group]:
    """Yield a group, and each group inside it once, the nearest first."""
    seen, level = {group.id}, [group]
    while level:
        yield from level
        nested = {child.id: child for each in level for child in inside[each.id]}
        level = [child for id_, child in nested.items() if id_ not in seen]
        seen |= nested.keys()


def read_facts(
    session: Session, groups: Collection[Group], senders: Senders
) -> dict[int, PostingFacts]:
    """Return what is to be known of each of the groups, by its id."""
    roles = _roles_of(session, [group.id for group in groups])
    return {
        group.id: PostingFacts(
            address=group.parsed_address,
            posting_policy=group.posting_policy,
            disabled=group.disabled,
            moderated=group.moderated,
            ignore_auto_replies=group.ignore_auto_replies,
            recipient_count=group.recipient_count,
            is_member=_membership_test(senders, group.id),
            owners=roles[group.id, Role.OWNER],
            moderators=roles[group.id, Role.MODERATOR],
            allowed_senders=roles[group.id, Role.ALLOWED_SENDER],
            is_local_domain=senders.is_local_domain,
        )
        for group in groups
    }


def _membership_test(senders: Senders, group_id: int) -> Callable[[Address], bool]:
    return lambda sender: group_id in senders.groups_of(str(sender))


def _roles_of(session: Session, ids: Collection[int]) -> Mapping[tuple[int, str], list[str]]:
    """Return who has each role in each of the groups; of an alias, its account."""
    statement = select(GroupRole.group_id, GroupRole.role, GroupRole.address)
    rows = list(rows_where(session, statement.order_by(GroupRole.address), GroupRole.group_id, ids))
    targets = _alias_targets(session, {row.address for row in rows})
    roles: dict[tuple[int, str], list[str]] = defaultdict(list)
    for row in rows:
        roles[row.group_id, row.role].append(targets.get(row.address, row.address))
    return roles


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
