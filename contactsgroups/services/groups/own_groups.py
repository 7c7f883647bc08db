"""The groups of one account: what it is in, directly and through what, and what it runs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right, Standing
from contactsgroups.domain.errors import GroupNotFound
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Account,
    Group,
    GroupRole,
    Member,
    MembershipRequest,
    Recipient,
)
from contactsgroups.persistence.queries import name_contains, rows_where, scalars_where
from contactsgroups.services.accounts.group_standing import (
    groups_open_to,
    known_groups,
    own_addresses,
    read_standings,
)
from contactsgroups.services.accounts.sharing import visible_domain_ids
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.member_views import describe
from contactsgroups.services.groups.reading import GroupSummary, summary_of
from contactsgroups.services.unit_of_work.group_edges import ways_up

PAGE_LIMIT = 100
_TYPED = (GroupKind.STATIC, GroupKind.TEAM)


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """What the principal has asked of a group, and nobody has decided about."""

    uuid: str
    wish: Wish
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGroup:
    """A group as an account sees it that may know of it.

    Attributes:
        standings: what the principal is in it.
        rights: what it may do in it.
        owners: their names, or addresses where there is no name.
        is_direct: whether the principal is named in it, and can leave it.
        until: the last day on which it is named, or pinned, in it, in UTC; None for no end.
        is_pinned: whether it is in it whatever the department or the rule says.
        way: through which groups it gets what is sent to this one, the nearest to the principal
            first; empty where it is in the group itself.
    """

    group: GroupSummary
    standings: frozenset[Standing]
    rights: frozenset[Right]
    owners: tuple[str, ...]
    is_direct: bool
    way: tuple[str, ...]
    waiting: WaitingRequest | None
    until: date | None = None
    is_pinned: bool = False

    @property
    def must_ask_to_leave(self) -> bool:
        """Whether somebody else decides about leaving."""
        return self.group.settings.leave_needs_approval and Right.EDIT_MEMBERS not in self.rights

    @property
    def may_ask_to_join(self) -> bool:
        """Whether a request to join is taken."""
        settings = self.group.settings
        is_open = settings.join_on_request and not settings.disabled
        return is_open and GroupKind(settings.kind).is_named and not self.is_direct

    @property
    def may_join(self) -> bool:
        """Whether the principal can ask to join, or be in it at once because it manages it."""
        is_named = GroupKind(self.group.settings.kind).is_named and not self.is_direct
        return self.may_ask_to_join or (is_named and Right.EDIT_MEMBERS in self.rights)


@dataclass(frozen=True, slots=True)
class KnownGroup(OwnGroup):
    """One group.

    Attributes:
        is_open: whether the principal may know who is in it.
        is_last: whether nobody else is named in it, so that the principal cannot leave.
    """

    is_open: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class OwnGroups:
    """Groups in the order of their addresses; ``next_after`` asks for the next page."""

    groups: tuple[OwnGroup, ...]
    total: int
    next_after: str | None


@dataclass(frozen=True, slots=True)
class OwnCounts:
    """In how many groups a principal is, and how many it runs."""

    joined: int
    owned: int
    moderated: int


def list_direct_groups(
    database: Database, principal: Principal, *, after: str = "", limit: int = PAGE_LIMIT
) -> OwnGroups:
    """Return the groups that a principal is named in, by its address or an alias of it."""
    with database.read() as session:
        own = own_addresses(session, principal)
        return _page(session, principal, _is_named(own), after, limit)


def list_indirect_groups(
    database: Database, principal: Principal, *, after: str = "", limit: int = PAGE_LIMIT
) -> OwnGroups:
    """Return the groups whose mail a principal gets through a department, a rule or a group."""
    with database.read() as session:
        own = own_addresses(session, principal)
        return _page(session, principal, _is_reached(principal, own), after, limit)


def list_run_groups(
    database: Database,
    principal: Principal,
    role: Role,
    *,
    after: str = "",
    limit: int = PAGE_LIMIT,
) -> OwnGroups:
    """Return the groups that a principal owns, or moderates."""
    with database.read() as session:
        own = own_addresses(session, principal)
        return _page(session, principal, _has_role(own, role), after, limit)


def list_joinable_groups(
    database: Database,
    principal: Principal,
    *,
    search: str = "",
    after: str = "",
    limit: int = PAGE_LIMIT,
) -> OwnGroups:
    """Return the groups that a principal is not in and may ask to join.

    Args:
        search: words that the address or the name contains; who is in a group is not searched.
    """
    with database.read() as session:
        own = own_addresses(session, principal)
        domains = visible_domain_ids(session, principal.domain)
        is_visible = Group.domain_id.in_(domains) & Group.show_in_contacts & ~Group.disabled
        takes_requests = Group.join_on_request & Group.kind.in_(_TYPED)
        is_member = Group.id.in_(_ids_with_member(own))
        condition = is_visible & takes_requests & ~is_member & name_contains(search)
        return _page(session, principal, condition, after, limit)


def show_known_group(database: Database, principal: Principal, uuid: str) -> KnownGroup:
    """Return a group that a principal may know of.

    Raises:
        GroupNotFound: there is none.
    """
    with database.read() as session:
        group = require_group(session, uuid)
        if not known_groups(session, principal, [group]):
            raise GroupNotFound("there is no such group")
        (view,) = views_of(session, principal, [group])
        is_open = bool(groups_open_to(session, principal, [group]))
        values = {each.name: getattr(view, each.name) for each in fields(view)}
        is_last = view.is_direct and _is_alone(session, principal, group)
        return KnownGroup(**values, is_open=is_open, is_last=is_last)


def _is_alone(session: Session, principal: Principal, group: Group) -> bool:
    """Whether nobody but the principal is named in a group."""
    own = own_addresses(session, principal)
    others = (Member.group_id == group.id) & Member.address.not_in(own)
    return session.scalars(select(Member.id).where(others).limit(1)).first() is None


def count_own_groups(database: Database, principal: Principal) -> OwnCounts:
    """Return how many groups there are in each of a principal's lists."""
    with database.read() as session:
        own = own_addresses(session, principal)
        return OwnCounts(
            joined=_count(session, _is_named(own) | _is_reached(principal, own)),
            owned=_count(session, _has_role(own, Role.OWNER)),
            moderated=_count(session, _has_role(own, Role.MODERATOR)),
        )


def views_of(
    session: Session, principal: Principal, groups: Sequence[Group]
) -> tuple[OwnGroup, ...]:
    """Return these groups as the principal sees them."""
    standings = read_standings(session, principal, groups)
    owners = _names_of_owners(session, principal, groups)
    direct = {each.id for each in groups if _is_direct(each, standings[each.id])}
    ways = _ways_to(session, principal, [each for each in groups if each.id not in direct])
    waiting = _waiting_requests(session, principal, groups)
    members = {each for each, found in standings.items() if Standing.MEMBER in found}
    last_days = _last_days(session, principal, members)
    pinned = _pinned_in(session, principal, members)
    return tuple(
        OwnGroup(
            group=summary_of(each),
            standings=standings[each.id],
            rights=authority.rights_of(principal, each.domain.name, standings[each.id]),
            owners=owners.get(each.id, ()),
            is_direct=each.id in direct,
            way=ways.get(each.id, ()),
            waiting=waiting.get(each.id),
            until=last_days.get(each.id),
            is_pinned=each.id in pinned,
        )
        for each in groups
    )


def _page(
    session: Session,
    principal: Principal,
    condition: ColumnElement[bool],
    after: str,
    limit: int,
) -> OwnGroups:
    statement = (
        select(Group)
        .options(joinedload(Group.department), joinedload(Group.domain))
        .where(condition, Group.address > after)
        .order_by(Group.address)
    )
    rows = list(session.scalars(statement.limit(limit + 1)))
    found = views_of(session, principal, rows[:limit])
    next_after = rows[limit - 1].address if len(rows) > limit else None
    return OwnGroups(found, _count(session, condition), next_after)


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Group).where(condition)) or 0


def _is_named(own: Collection[str]) -> ColumnElement[bool]:
    return Group.kind.in_(_TYPED) & Group.id.in_(_ids_with_member(own))


def _is_reached(principal: Principal, own: Collection[str]) -> ColumnElement[bool]:
    """Whose mail the principal gets, or whose source selects it, without its being named."""
    reached = select(Recipient.group_id).where(Recipient.address == str(principal.address))
    is_member = Group.id.in_(_ids_with_member(own))
    return (Group.kind.not_in(_TYPED) & is_member) | (Group.id.in_(reached) & ~is_member)


def _has_role(own: Collection[str], role: Role) -> ColumnElement[bool]:
    ids = select(GroupRole.group_id).where(GroupRole.address.in_(own), GroupRole.role == role)
    return Group.id.in_(ids)


def _ids_with_member(own: Collection[str]) -> Select[int]:
    return select(Member.group_id).where(Member.address.in_(own))


def _is_direct(group: Group, standings: Collection[Standing]) -> bool:
    return Standing.MEMBER in standings and group.kind in _TYPED


def _last_days(session: Session, principal: Principal, ids: Collection[int]) -> dict[int, date]:
    """Return the last days in groups that all memberships of the principal have an end in."""
    own = own_addresses(session, principal)
    statement = select(Member.group_id, Member.until).where(Member.address.in_(own))
    endless, found = set(), dict[int, date]()
    for row in rows_where(session, statement, Member.group_id, ids):
        if row.until is None:
            endless.add(row.group_id)
        else:
            found[row.group_id] = max(row.until, found.get(row.group_id, row.until))
    return {each: until for each, until in found.items() if each not in endless}


def _pinned_in(session: Session, principal: Principal, ids: Collection[int]) -> set[int]:
    """Return those of the groups in which the principal is whatever they select."""
    pins = select(GroupRole.group_id).where(
        GroupRole.address == str(principal.address), GroupRole.role == Role.ALWAYS_MEMBER
    )
    return set(scalars_where(session, pins, GroupRole.group_id, ids))


def _waiting_requests(
    session: Session, principal: Principal, groups: Sequence[Group]
) -> dict[int, WaitingRequest]:
    statement = (
        select(MembershipRequest)
        .join(Account, Account.id == MembershipRequest.account_id)
        .where(Account.address == str(principal.address))
        .where(MembershipRequest.state == RequestState.WAITING)
    )
    ids = [each.id for each in groups]
    return {
        row.group_id: WaitingRequest(row.uuid, Wish(row.wish), row.asked_at)
        for row in scalars_where(session, statement, MembershipRequest.group_id, ids)
    }


def _names_of_owners(
    session: Session, principal: Principal, groups: Sequence[Group]
) -> dict[int, tuple[str, ...]]:
    statement = select(GroupRole.group_id, GroupRole.address, GroupRole.original)
    rows = list(
        rows_where(
            session,
            statement.where(GroupRole.role == Role.OWNER),
            GroupRole.group_id,
            [each.id for each in groups],
        )
    )
    views = describe(session, principal, {row.address: row.original for row in rows})
    names = {view.address: view.name or view.original for view in views}
    found: dict[int, tuple[str, ...]] = {}
    for row in sorted(rows, key=lambda row: names[row.address]):
        found[row.group_id] = (*found.get(row.group_id, ()), names[row.address])
    return found


def _ways_to(
    session: Session, principal: Principal, groups: Sequence[Group]
) -> Mapping[int, tuple[str, ...]]:
    """Return through which groups each of these is reached, by its id."""
    if not groups:
        return {}
    own = own_addresses(session, principal)
    starts = _ids_with_member(own).join(Group).where(~Group.disabled)
    ways = ways_up(session, starts, {each.id for each in groups})
    passed = {each for way in ways.values() for each in way}
    statement = select(Group.id, Group.display_name, Group.address)
    rows = rows_where(session, statement, Group.id, passed)
    names = {row.id: row.display_name or row.address for row in rows}
    return {each: tuple(names[passed] for passed in way) for each, way in ways.items()}
