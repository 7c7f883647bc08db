"""The recipients of groups, kept in step with what changes.

A group's recipients are the mailboxes of its members and the recipients of the groups in it.  So
when some addresses enter or leave a group, only these can enter or leave the groups around it: each
is looked up anew, the groups inside before those around them, and where nothing moves the walk
ends.  ``domain.expansion`` says what the recipients are; it does the work where groups contain each
other, and tests compare with it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from contactsgroups.domain.expansion import Expansion, expand
from contactsgroups.persistence.models import Account, Alias, Group, Member, Recipient
from contactsgroups.persistence.queries import local_domain_names, rows_where, scalars_where
from contactsgroups.services.unit_of_work import group_edges
from contactsgroups.services.unit_of_work.member_graph import MemberGraph
from contactsgroups.services.unit_of_work.recipient_rows import (
    Found,
    lanes_inside,
    stored_recipients,
    supplied_recipients,
    write_recipients,
)
from contactsgroups.services.unit_of_work.touched import Touched

_MANY = 2000
"""With more addresses to look up than this, it is quicker to read all members of the group."""
_PORTION, _PORTION_ROWS = 500, 50_000
"""So many groups, and about so many of their recipients, are brought up to date at once."""


def follow(session: Session, touched: Touched, nested: Mapping[str, int]) -> None:
    """Bring the recipients up to date that what was touched may have changed.

    Args:
        nested: the ids of all groups that may have entered or left a group, by their addresses.
    """
    places = _Places.of(session, touched, nested)
    reached = group_edges.with_ancestors(session, places.group_ids())
    groups = {group.id: group for group in scalars_where(session, select(Group), Group.id, reached)}
    inside = group_edges.children_of(session, groups.keys())
    order = TopologicalSorter(inside)
    try:
        order.prepare()
    except CycleError:
        recompute(session, list(groups.values()))
        return
    walk = _Walk(session, places, inside)
    while order.is_active():
        level = order.get_ready()
        walk.visit([groups[each] for each in sorted(level) if each in groups])
        order.done(*level)


def recompute(session: Session, groups: Sequence[Group]) -> None:
    """Expand these groups, whatever is stored."""
    graph = MemberGraph.load(session, groups)
    local_domains = local_domain_names(session)
    for group in groups:
        expansion = expand(group.address, graph.members_of)
        whole = {group.id: None}
        stored = stored_recipients(session, whole)
        write_recipients(session, whole, stored, {group.id: {*expansion.mailboxes}})
        group.recipient_count = len(expansion.mailboxes)
        group.external_count = _count_external(expansion.mailboxes, local_domains)
        group.native = is_native(group, expansion, graph)
        group.lmtp_lane = takes_lmtp_lane(group, expansion, graph)


def is_native(group: Group, expansion: Expansion, graph: MemberGraph) -> bool:
    """Whether Postfix may expand the group by itself: no moderator has to approve the message."""
    if group.disabled or not expansion.mailboxes:
        return False
    return not any(graph.is_moderated(each) for each in (group.address, *expansion.groups))


def takes_lmtp_lane(group: Group, expansion: Expansion, graph: MemberGraph) -> bool:
    """Whether the LMTP server has to look at what the group passes on, for automatic replies."""
    if group.disabled or not expansion.mailboxes:
        return False
    return any(graph.ignores_auto_replies(each) for each in (group.address, *expansion.groups))


class _Places:
    """Which addresses are to be looked up in which groups."""

    def __init__(self) -> None:
        self.addresses: dict[int, set[str]] = defaultdict(set)
        """By the group's id."""
        self.whole: set[int] = set()
        """Groups in which every address is to be looked up."""
        self.lanes: set[int] = set()
        """Groups of which only the way that messages take may have changed."""
        self.children: dict[int, set[int]] = defaultdict(set)
        """Groups that entered or left a group, by its id: all their recipients are looked up."""

    @classmethod
    def of(cls, session: Session, touched: Touched, nested: Mapping[str, int]) -> "_Places":
        """Find the places that what was touched concerns."""
        places = cls()
        places.whole |= touched.switched
        places.lanes |= touched.lanes
        places._add_members_leading_elsewhere(session, touched)
        places._add_memberships(session, touched.memberships, nested)
        places._add_members_in(session, touched.domains)
        return places

    def group_ids(self) -> set[int]:
        """Return the groups in which something is to be looked up."""
        return {*self.addresses, *self.whole, *self.lanes, *self.children}

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

    def _add_memberships(
        self,
        session: Session,
        memberships: Collection[tuple[int, str]],
        nested: Mapping[str, int],
    ) -> None:
        """Look at the members who came or went; at every one of a group where they are many."""
        counts = Counter(group_id for group_id, _ in memberships)
        self.whole |= {group_id for group_id, count in counts.items() if count > _MANY}
        some = [each for each in memberships if each[0] not in self.whole]
        targets = _targets(session, {address for _, address in some})
        for group_id, address in some:
            self.addresses[group_id].add(targets.get(address, address))
            if address in nested:
                self.children[group_id].add(nested[address])

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

    def visit(self, groups: Sequence[Group]) -> None:
        """Bring groups of which none is in another one up to date, in portions.

        Nothing is read where nothing can have changed.
        """
        reached = [each for each in groups if self._is_reached(each)]
        for some in _portions(reached):
            self._visit_at_once(some)

    def _is_reached(self, group: Group) -> bool:
        return group.id in self._starts or bool(self._changed_inside(group))

    def _changed_inside(self, group: Group) -> Collection[int]:
        return self._moved.keys() & self._inside[group.id]

    def _visit_at_once(self, groups: Sequence[Group]) -> None:
        moved = self._move(groups)
        with self._session.no_autoflush:  # These are no group's child here: they are written once.
            inside = lanes_inside(self._session, [each.id for each in groups])
        for group in groups:
            native = _may_be_native(group) and group.id not in inside.held
            lmtp_lane = _may_be_lmtp(group) or (group.id in inside.lmtp and _passes_on(group))
            if moved[group.id] or (native, lmtp_lane) != (group.native, group.lmtp_lane):
                self._moved[group.id] = moved[group.id]
                group.native, group.lmtp_lane = native, lmtp_lane
                _write_together(group)
        self._session.flush()  # The groups around these ask the database.

    def _move(self, groups: Sequence[Group]) -> Found:
        """Store who the recipients are now; return the addresses that moved."""
        looked_up = self._look_up(groups)
        stored = stored_recipients(self._session, looked_up)
        open_ones = [each for each in groups if not each.disabled]
        wanted: Found = {each: set() for each in looked_up} | supplied_recipients(
            self._session,
            {each.id: looked_up[each.id] for each in open_ones},
            {each.address: each.id for each in open_ones},
            self._local_domains,
        )
        write_recipients(self._session, looked_up, stored, wanted)
        for group in groups:
            if looked_up[group.id] is None:
                group.recipient_count = group.external_count = 0
                self._count(group, wanted[group.id], set())
            else:
                self._count(group, wanted[group.id], stored[group.id])
        return {each: stored[each] ^ wanted[each] for each in looked_up}

    def _look_up(self, groups: Sequence[Group]) -> dict[int, set[str] | None]:
        """Return what is to be looked up in each group; None for every address."""
        entered = {child for each in groups for child in self._places.children.get(each.id, ())}
        inside = stored_recipients(self._session, dict.fromkeys(entered))
        found: dict[int, set[str] | None] = {}
        for group in groups:
            changed = (self._moved[each] for each in self._changed_inside(group))
            addresses = self._places.addresses.get(group.id, set()).union(*changed)
            for child in self._places.children.get(group.id, ()):
                addresses |= inside[child] | self._moved.get(child, set())
            is_whole = group.id in self._places.whole or len(addresses) > _MANY
            found[group.id] = None if is_whole else addresses
        return found

    def _count(self, group: Group, wanted: set[str], stored: set[str]) -> None:
        group.recipient_count += len(wanted) - len(stored)
        group.external_count += self._external(wanted) - self._external(stored)

    def _external(self, mailboxes: Collection[str]) -> int:
        return _count_external(mailboxes, self._local_domains)


def _portions(groups: Sequence[Group]) -> Iterator[list[Group]]:
    """Cut groups into portions, so that not all recipients of a large site are in memory."""
    portion: list[Group] = []
    rows = 0
    for group in groups:
        rows += group.recipient_count
        if portion and (rows > _PORTION_ROWS or len(portion) == _PORTION):
            yield portion
            portion, rows = [], group.recipient_count
        portion.append(group)
    if portion:
        yield portion


def _may_be_native(group: Group) -> bool:
    """As :func:`is_native`, apart from the groups directly inside."""
    return _passes_on(group) and not group.moderated


def _may_be_lmtp(group: Group) -> bool:
    """As :func:`takes_lmtp_lane`, apart from the groups directly inside."""
    return _passes_on(group) and group.ignore_auto_replies


def _passes_on(group: Group) -> bool:
    return not group.disabled and group.recipient_count > 0


def _write_together(group: Group) -> None:
    """Have all these columns written, so that many groups take one statement."""
    for name in ("recipient_count", "external_count", "native", "lmtp_lane"):
        flag_modified(group, name)


def _count_external(mailboxes: Iterable[str], local_domains: Collection[str]) -> int:
    return sum(mailbox.rpartition("@")[2] not in local_domains for mailbox in mailboxes)


def _targets(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """Return the account's address of each of the addresses that is an alias."""
    statement = select(Alias.address, Account.address.label("target"))
    statement = statement.join(Account, Account.id == Alias.account_id)
    rows = rows_where(session, statement, Alias.address, addresses)
    return {row.address: row.target for row in rows}
