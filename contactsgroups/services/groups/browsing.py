"""Groups as any account may browse them: those that it sees, and those that it administers."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address, normalise_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import GroupNotFound, NotPermitted
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import fold
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import DomainRow, Group, GroupRole, Member
from contactsgroups.services.accounts.sharing import (
    is_group_visible,
    may_look_inside,
    visible_domain_ids,
)
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.member_views import MemberView, describe
from contactsgroups.services.groups.reading import (
    GroupDetails,
    GroupPage,
    GroupSummary,
    details_of,
    summary_of,
)

_WORDS_LIMIT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFilter:
    """Which groups are wanted; None stands for any.

    Attributes:
        search: words that the address or the name contains, without case and accents.
        member: an address that is a direct member.
        owner: an address that is an owner.
    """

    search: str = ""
    kind: GroupKind | None = None
    domain: str | None = None
    member: str | None = None
    owner: str | None = None
    shown: bool | None = None
    disabled: bool | None = None
    moderated: bool | None = None


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as a principal sees it; ``details`` only if it may see the settings."""

    summary: GroupSummary
    details: GroupDetails | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Members in the order of their addresses; ``next_after`` asks for the next page."""

    members: tuple[MemberView, ...]
    next_after: str | None


def browse_groups(
    database: Database, principal: Principal, wanted: GroupFilter, *, after: str, limit: int
) -> GroupPage:
    """Return the groups that a principal sees or administers, a page at a time.

    Args:
        after: the address that the page begins behind (keyset paging).

    Raises:
        InvalidInput: an address or a domain of the filter is none.
    """
    with database.read() as session:
        managed = _domains_where(principal, Right.SEE_SETTINGS)
        seen = _is_listed(session, principal)
        statement = _filtered(wanted, seen=seen, managed=managed).where(or_(managed, seen))
        statement = statement.where(Group.address > after).order_by(Group.address)
        rows = list(session.scalars(statement.limit(limit + 1)))
        page = tuple(_seen_summary(principal, group) for group in rows[:limit])
    return GroupPage(page, page[-1].address if len(rows) > limit else None)


def view_group(database: Database, principal: Principal, uuid: str) -> GroupView:
    """Return a group that this principal sees or administers.

    Raises:
        GroupNotFound: there is none.
    """
    with database.read() as session:
        group = _known_group(session, principal, uuid)
        details = details_of(group) if _sees_settings(principal, group) else None
        return GroupView(_seen_summary(principal, group), details)


def browse_members(
    database: Database, principal: Principal, uuid: str, *, after: str, limit: int
) -> MemberPage:
    """Return direct members of a group, as far as the principal may know them, a page at a time.

    Raises:
        GroupNotFound: there is none that this principal sees or administers.
        NotPermitted: the group does not show who is in it.
    """
    with database.read() as session:
        group = _known_group(session, principal, uuid)
        if not may_look_inside(session, principal, group):
            raise NotPermitted(f"{group.address} does not show its members")
        statement = (
            select(Member.address, Member.original)
            .where(Member.group_id == group.id, Member.address > after)
            .order_by(Member.address)
            .limit(limit + 1)
        )
        rows = session.execute(statement).all()
        originals = {row.address: row.original for row in rows[:limit]}
        views = tuple(describe(session, principal, originals))
    return MemberPage(views, views[-1].address if len(rows) > limit else None)


def _filtered(
    wanted: GroupFilter, *, seen: ColumnElement[bool], managed: ColumnElement[bool]
) -> Select[Group]:
    statement = select(Group).options(joinedload(Group.department), joinedload(Group.domain))
    conditions = [
        *_conditions_on_columns(wanted),
        *(Group.search_text.contains(word, autoescape=True) for word in _words(wanted.search)),
    ]
    if wanted.owner is not None:
        # Whom a group belongs to is one of its settings.
        conditions += [managed, Group.id.in_(_ids_with_owner(wanted.owner))]
    if wanted.member is not None:
        shows_members = or_(managed, and_(seen, Group.show_members))
        conditions += [shows_members, Group.id.in_(_ids_with_member(wanted.member))]
    return statement.where(*conditions)


def _conditions_on_columns(wanted: GroupFilter) -> list[ColumnElement[bool]]:
    values = {
        Group.kind: wanted.kind,
        Group.show_in_contacts: wanted.shown,
        Group.disabled: wanted.disabled,
        Group.moderated: wanted.moderated,
    }
    found: list[ColumnElement[bool]] = [
        column == value for column, value in values.items() if value is not None
    ]
    if wanted.domain is not None:
        found.append(_in_domains([normalise_domain(wanted.domain)]))
    return found


def _words(search: str) -> list[str]:
    return [fold(word) for word in search.split()[:_WORDS_LIMIT]]


def _ids_with_member(address: str) -> Select[int]:
    return select(Member.group_id).where(Member.address == str(Address.parse(address)))


def _ids_with_owner(address: str) -> Select[int]:
    key = str(Address.parse(address))
    return select(GroupRole.group_id).where(GroupRole.role == Role.OWNER, GroupRole.address == key)


def _in_domains(names: Collection[str]) -> ColumnElement[bool]:
    return Group.domain_id.in_(select(DomainRow.id).where(DomainRow.name.in_(names)))


def _domains_where(principal: Principal, right: Right) -> ColumnElement[bool]:
    """Return the condition that a group is in a domain where the principal has a right."""
    names = authority.domains_where(principal, right)
    if names is None:
        return true()
    return _in_domains(names) if names else false()


def _is_listed(session: Session, principal: Principal) -> ColumnElement[bool]:
    """Return the condition that a group is visible, as ``is_group_visible`` has it for one."""
    ids = visible_domain_ids(session, principal.domain)
    return and_(Group.show_in_contacts, ~Group.disabled, Group.domain_id.in_(ids))


def _known_group(session: Session, principal: Principal, uuid: str) -> Group:
    group = require_group(session, uuid)
    if not (_sees_settings(principal, group) or is_group_visible(session, principal, group)):
        raise GroupNotFound("there is no such group")
    return group


def _sees_settings(principal: Principal, group: Group) -> bool:
    return authority.may(principal, Right.SEE_SETTINGS, group.domain.name)


def _seen_summary(principal: Principal, group: Group) -> GroupSummary:
    """Return what a list shows; how many members are external is known of who is in it only."""
    summary = summary_of(group)
    if group.show_members or _sees_settings(principal, group):
        return summary
    return replace(summary, external_count=0)
