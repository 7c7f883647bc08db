"""The recipients of groups, kept in step with what changes.

A group's recipients are the mailboxes of its members and the recipients of the groups in it.  So
when some addresses enter or leave a group, only these can enter or leave the groups around it: each
is looked up anew, the groups inside before those around them, and where nothing moves the walk
ends.  ``domain.expansion`` says what the recipients are; it does the work where groups contain each
other, and tests compare with it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from contactsgroups.domain.expansion import Expansion, expand
from contactsgroups.persistence.models import Account, Alias, Group, GroupEdge, Member, Recipient
from contactsgroups.persistence.queries import (
    chunked,
    local_domain_names,
    member_rows,
    rows_where,
    scalars_where,
)
from contactsgroups.services.unit_of_work import group_edges
from contactsgroups.services.unit_of_work.member_graph import MemberGraph, mailbox_of
from contactsgroups.services.unit_of_work.touched import Touched

_MANY = 2000
"""With more addresses to look up than this, it is quicker to read all members of the group."""


def follow(session: Session, touched: Touched) -> None:
    """Bring the recipients up to date that what was touched may have changed."""
    places = _Places.of(session, touched)
    reached = group_edges.with_ancestors(session, places.group_ids())
    groups = {group.id: group for group in scalars_where(session, select(Group), Group.id, reached)}
    inside = group_edges.children_of(session, groups.keys())
    try:
        order = list(TopologicalSorter(inside).static_order())
    except CycleError:
        recompute(session, list(groups.values()))
        return
    walk = _Walk(session, places, inside)
    for group_id in order:
        if group_id in groups:
            walk.visit(groups[group_id])


def recompute(session: Session, groups: Sequence[Group]) -> None:
    """Expand these groups, whatever is stored."""
    graph = MemberGraph.load(session, groups)
    local_domains = local_domain_names(session)
    for group in groups:
        expansion = expand(group.address, graph.members_of)
        _replace(session, group.id, _stored(session, group.id, None), {*expansion.mailboxes})
        group.recipient_count = len(expansion.mailboxes)
        group.external_count = _count_external(expansion.mailboxes, local_domains)
        group.native = is_native(group, expansion, graph)


def is_native(group: Group, expansion: Expansion, graph: MemberGraph) -> bool:
    """Whether Postfix may expand the group by itself: no moderator has to approve the message."""
    if group.disabled or not expansion.mailboxes:
        return False
    return not any(graph.is_moderated(each) for each in (group.address, *expansion.groups))


class _Places:
    """Which addresses are to be looked up in which groups."""

    def __init__(self) -> None:
        self.addresses: dict[int, set[str]] = defaultdict(set)
        """By the group's id."""
        self.whole: set[int] = set()
        """Groups in which every address is to be looked up."""
        self.moderation: set[int] = set()
        """Groups of which only that may have changed."""
        self.children: dict[int, set[int]] = defaultdict(set)
        """Groups that entered or left a group, by its id: all their recipients are looked up."""

    @classmethod
    def of(cls, session: Session, touched: Touched) -> "_Places":
        """Find the places that what was touched concerns."""
        places = cls()
        places.whole |= touched.switched
        places.moderation |= touched.moderated
        places._add_members_leading_elsewhere(session, touched)
        places._add_memberships(session, touched.memberships)
        places._add_members_in(session, touched.domains)
        return places

    def group_ids(self) -> set[int]:
        """Return the groups in which something is to be looked up."""
        return {*self.addresses, *self.whole, *self.moderation, *self.children}

    def _add_members_leading_elsewhere(self, session: Session, touched: Touched) -> None:
        mailboxes = touched.mailboxes(session)
        addresses = mailboxes.keys() | touched.group_addresses
        statement = select(Member.group_id, Member.address)
        for row in rows_where(session, statement, Member.address, addresses):
            self.addresses[row.group_id] |= mailboxes.get(row.address, set())
            if row.address in touched.group_addresses:
                self.whole.add(row.group_id)
        for group_id, address in touched.memberships:
            self.addresses[group_id] |= mailboxes.get(address, set())
            if address in touched.group_addresses:
                self.whole.add(group_id)

    def _add_memberships(self, session: Session, memberships: Collection[tuple[int, str]]) -> None:
        addresses = {address for _, address in memberships}
        statement = select(Group.address, Group.id)
        rows = rows_where(session, statement, Group.address, addresses)
        children = {row.address: row.id for row in rows}
        targets = _targets(session, addresses)
        for group_id, address in memberships:
            self.addresses[group_id].add(targets.get(address, address))
            if address in children:
                self.children[group_id].add(children[address])

    def _add_members_in(self, session: Session, domains: Collection[str]) -> None:
        """Look at the groups with members in these domains, who came inside or went outside."""
        for domain in domains:
            for table in (Recipient, Member):
                is_in = table.address.endswith("@" + domain, autoescape=True)
                statement = select(table.group_id).where(is_in).distinct()
                self.whole |= set(session.scalars(statement))


class _Walk:
    """Visits groups, those inside before those around them, and hands on what moved."""

    def __init__(
        self, session: Session, places: _Places, inside: Mapping[int, Collection[int]]
    ) -> None:
        self._session = session
        self._places = places
        self._starts = places.group_ids()
        self._inside = inside
        self._local_domains = local_domain_names(session)
        self._moved: dict[int, set[str]] = {}
        """The addresses that entered or left, of each group that is another now."""

    def visit(self, group: Group) -> None:
        """Bring one group up to date; nothing is read where nothing can have changed."""
        changed = self._moved.keys() & self._inside[group.id]
        if group.id not in self._starts and not changed:
            return
        moved = self._move(group, self._addresses(group.id, changed))
        native = _may_be_native(self._session, group)
        if moved or native != group.native:
            self._moved[group.id] = moved
        group.native = native
        self._session.flush()  # The groups around this one ask the database.

    def _addresses(self, group_id: int, changed: Collection[int]) -> set[str] | None:
        """Return what is to be looked up in a group; None for every address."""
        if group_id in self._places.whole:
            return None
        found = self._places.addresses.get(group_id, set()).union(
            *(self._moved[each] for each in changed)
        )
        for child in self._places.children.get(group_id, ()):
            found |= _stored(self._session, child, None) | self._moved.get(child, set())
        return found if len(found) <= _MANY else None

    def _move(self, group: Group, addresses: set[str] | None) -> set[str]:
        """Store which of the addresses are recipients now; return those that moved."""
        if addresses is not None and not addresses:
            return set()
        stored = _stored(self._session, group.id, addresses)
        wanted = set()
        if not group.disabled:
            wanted = _supplied(self._session, group.id, addresses, self._local_domains)
        _replace(self._session, group.id, stored, wanted)
        if addresses is None:
            group.recipient_count = group.external_count = 0
            stored_before: set[str] = set()
        else:
            stored_before = stored
        group.recipient_count += len(wanted) - len(stored_before)
        group.external_count += self._external(wanted) - self._external(stored_before)
        return stored ^ wanted

    def _external(self, mailboxes: Collection[str]) -> int:
        return _count_external(mailboxes, self._local_domains)


def _may_be_native(session: Session, group: Group) -> bool:
    """As :func:`is_native`, from what is stored of the groups directly inside."""
    if group.disabled or group.moderated or not group.recipient_count:
        return False
    statement = (
        select(Group.id)
        .join(GroupEdge, GroupEdge.child_id == Group.id)
        .where(GroupEdge.parent_id == group.id, Group.recipient_count > 0, Group.native.is_(False))
    )
    return session.scalar(statement.limit(1)) is None


def _supplied(
    session: Session, group_id: int, addresses: Collection[str] | None, local: Collection[str]
) -> set[str]:
    """Return those of the addresses, None for all, that members or groups inside supply."""
    inside = GroupEdge.child_id == Recipient.group_id
    statement = select(Recipient.address).join(GroupEdge, inside)
    statement = statement.where(GroupEdge.parent_id == group_id)
    nested: Iterable[str]
    if addresses is None:
        members = member_rows(session, [group_id])
        nested = session.scalars(statement)
    else:
        spellings = {*addresses, *_aliases_of(session, addresses)}
        members = member_rows(session, [group_id], spellings)
        nested = scalars_where(session, statement, Recipient.address, addresses)
    mailboxes = {mailbox_of(row, local) for row in members if row.nested_id is None}
    found = {mailbox for mailbox in mailboxes if mailbox is not None} | set(nested)
    return found if addresses is None else found & {*addresses}


def _stored(session: Session, group_id: int, addresses: Collection[str] | None) -> set[str]:
    """Return those of the addresses, None for all, that are stored as a group's recipients."""
    statement = select(Recipient.address).where(Recipient.group_id == group_id)
    if addresses is None:
        return set(session.scalars(statement))
    return set(scalars_where(session, statement, Recipient.address, addresses))


def _replace(session: Session, group_id: int, stored: set[str], wanted: set[str]) -> None:
    """Write only the difference: most changes touch one recipient of a large group."""
    for some in chunked(sorted(stored - wanted)):
        session.execute(
            delete(Recipient).where(Recipient.group_id == group_id, Recipient.address.in_(some))
        )
    if new := sorted(wanted - stored):
        rows = [{"group_id": group_id, "address": each} for each in new]
        session.execute(insert(Recipient), rows)


def _count_external(mailboxes: Iterable[str], local_domains: Collection[str]) -> int:
    return sum(mailbox.rpartition("@")[2] not in local_domains for mailbox in mailboxes)


def _targets(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """Return the account's address of each of the addresses that is an alias."""
    statement = select(Alias.address, Account.address.label("target"))
    statement = statement.join(Account, Account.id == Alias.account_id)
    rows = rows_where(session, statement, Alias.address, addresses)
    return {row.address: row.target for row in rows}


def _aliases_of(session: Session, addresses: Collection[str]) -> set[str]:
    statement = select(Alias.address).join(Account, Account.id == Alias.account_id)
    return set(scalars_where(session, statement, Account.address, addresses))
