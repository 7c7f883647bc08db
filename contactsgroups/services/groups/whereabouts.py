"""Where an address is: in which groups, through what, and in which roles."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import DomainRow, Group, GroupRole, KeptMember, Member
from contactsgroups.services.accounts.group_standing import own_addresses
from contactsgroups.services.groups.address_holders import AddressHolder, find_holder
from contactsgroups.services.groups.reading import GroupSummary, summary_of
from contactsgroups.services.unit_of_work.group_edges import ids_above, ways_above


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role in a group, and the address (as it is spelled there) that has it."""

    role: Role
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What an address, with all that stand for the same one, is in a group.

    Attributes:
        id: of the group's row.
        members: those of the addresses that are members of the group, as they are spelled there.
        since: when the first of them became one.
        way: through which groups it is reached, the nearest first, where no address is a member.
    """

    id: int
    group: GroupSummary
    members: tuple[str, ...] = ()
    since: datetime | None = None
    roles: tuple[HeldRole, ...] = ()
    way: tuple[str, ...] = ()

    @property
    def is_ruled(self) -> bool:
        """Whether the department, the rule or a pin of the group made it a member."""
        return bool(self.members) and GroupKind(self.group.settings.kind).is_derived

    @property
    def is_pinned(self) -> bool:
        """Whether it is a member whatever the department or the rule of the group says."""
        return self.is_ruled and any(held.role is Role.ALWAYS_MEMBER for held in self.roles)

    @property
    def is_named(self) -> bool:
        """Whether it was made a member by hand, and can be removed."""
        return bool(self.members) and not self.is_ruled

    @property
    def is_member(self) -> bool:
        """Whether it is in the group at all, and not only has a role there."""
        return bool(self.members or self.way)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where an address is, in the order of the groups' addresses.

    Attributes:
        kept_in: the groups that it is in again as soon as their members are named one by one again.
    """

    holder: AddressHolder
    groups: tuple[Presence, ...]
    kept_in: tuple[GroupSummary, ...] = ()

    @property
    def named(self) -> tuple[Presence, ...]:
        """The groups that it is named in as a member."""
        return tuple(each for each in self.groups if each.is_named)

    @property
    def reached(self) -> tuple[Presence, ...]:
        """The groups that it is in through a department, a rule or another group."""
        return tuple(each for each in self.groups if each.is_member and not each.is_named)

    @property
    def removable(self) -> tuple[Presence, ...]:
        """The groups that it is named in, as a member or for a role."""
        return tuple(each for each in self.groups if each.is_named or each.roles)

    def with_role(self, role: Role) -> tuple[Presence, ...]:
        """Return the groups in which it has a role."""
        return tuple(each for each in self.groups if any(held.role == role for held in each.roles))


def find_whereabouts(database: Database, actor: Principal, address: str) -> Whereabouts:
    """Return where an address is, with every address that stands for the same account.

    Only in groups whose members the actor may see as an administrator or an owner; a way leads
    through such groups only. Disabled groups are there: they pass nothing on, until they are
    enabled.

    Raises:
        InvalidAddress: it is none.
    """
    with database.read() as session:
        holder = find_holder(session, actor, address)
        return read_whereabouts(session, actor, holder)


def read_whereabouts(session: Session, actor: Principal, holder: AddressHolder) -> Whereabouts:
    """Return where the holder of an address is; as many statements for many groups as for few."""
    is_open = groups_with_right(session, actor, Right.SEE_MEMBERS)
    own = holder.addresses
    starts = ids_with_member(own).where(is_open)
    ways = ways_above(session, starts, is_open)
    members = _read_members(session, own, is_open)
    roles = _read_roles(session, own, groups_with_right(session, actor, Right.SEE_SETTINGS))
    found = _read_groups(session, own, starts, is_open)
    names = {each.id: each.display_name or each.original for each in found}
    presences = (
        Presence(
            id=group.id,
            group=summary_of(group),
            members=tuple(row.original for row in members[group.id]),
            since=min((row.added_at for row in members[group.id]), default=None),
            roles=tuple(roles[group.id]),
            way=tuple(names[each] for each in ways.get(group.id, ())),
        )
        for group in found
    )
    return Whereabouts(
        holder=holder,
        groups=tuple(each for each in presences if each.is_member or each.roles),
        kept_in=_read_kept(session, actor, own),
    )


def groups_with_right(session: Session, principal: Principal, right: Right) -> ColumnElement[bool]:
    """Return the condition that a principal has a right in a group: by the domain, or as owner."""
    names = authority.domains_where(principal, right)
    if names is None:
        return true()
    domains = select(DomainRow.id).where(DomainRow.name.in_(names))
    by_domain = Group.domain_id.in_(domains) if names else false()
    if right not in authority.RIGHTS[authority.Standing.OWNER]:
        return by_domain
    own = own_addresses(session, principal)
    owned = select(GroupRole.group_id).where(
        GroupRole.role == Role.OWNER, GroupRole.address.in_(own)
    )
    return or_(by_domain, Group.id.in_(owned))


def ids_with_member(addresses: Collection[str]) -> Select[int]:
    """Select the ids of the groups that have one of the addresses as a member, joined to them."""
    return select(Member.group_id).join(Group).where(Member.address.in_(addresses))


def _read_members(
    session: Session, own: Collection[str], is_open: ColumnElement[bool]
) -> Mapping[int, list[Member]]:
    found: dict[int, list[Member]] = defaultdict(list)
    statement = select(Member).join(Group).where(Member.address.in_(own), is_open)
    for row in session.scalars(statement.order_by(Member.address)):
        found[row.group_id].append(row)
    return found


def _read_kept(
    session: Session, actor: Principal, own: Collection[str]
) -> tuple[GroupSummary, ...]:
    """Return the groups that keep one of the addresses, and whose members the actor may edit."""
    kept = select(KeptMember.group_id).where(KeptMember.address.in_(own))
    is_editable = groups_with_right(session, actor, Right.EDIT_MEMBERS)
    statement = _with_what_a_summary_shows().where(is_editable, Group.id.in_(kept))
    return tuple(map(summary_of, session.scalars(statement)))


def _read_roles(
    session: Session, own: Collection[str], is_shown: ColumnElement[bool]
) -> Mapping[int, list[HeldRole]]:
    found: dict[int, list[HeldRole]] = defaultdict(list)
    is_held = GroupRole.address.in_(own) & (GroupRole.role != Role.NEVER_MEMBER)
    statement = select(GroupRole).join(Group).where(is_held, is_shown)
    rows = sorted(session.scalars(statement), key=lambda row: (_RANK[row.role], row.address))
    for row in rows:
        found[row.group_id].append(HeldRole(Role(row.role), row.original))
    return found


def _read_groups(
    session: Session, own: Collection[str], starts: Select[int], is_open: ColumnElement[bool]
) -> list[Group]:
    """Return the groups that one of the addresses is in or has a role in, and those above."""
    is_held = GroupRole.address.in_(own) & (GroupRole.role != Role.NEVER_MEMBER)
    named = select(GroupRole.group_id).where(is_held)
    # Joined, for MariaDB asks a union behind IN about every group.
    found = starts.union(named, ids_above(starts, is_open)).subquery()
    statement = _with_what_a_summary_shows().join(found, found.c[0] == Group.id)
    return list(session.scalars(statement.where(is_open)))


def _with_what_a_summary_shows() -> Select[Group]:
    loaded = joinedload(Group.department), joinedload(Group.domain)
    return select(Group).options(*loaded).order_by(Group.address)


_RANK = {role: place for place, role in enumerate(Role)}
