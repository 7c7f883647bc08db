"""Groups as any account may browse them: those that it sees, and those that it administers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import GroupNotFound, NotPermitted
from contactsgroups.domain.group import Role
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Member, Recipient
from contactsgroups.persistence.queries import name_contains
from contactsgroups.services.accounts.group_standing import (
    groups_open_to,
    known_groups,
    may_in_group,
    own_addresses,
)
from contactsgroups.services.accounts.sharing import visible_domain_ids
from contactsgroups.services.groups import filtering
from contactsgroups.services.groups.filtering import GroupFilter, has_role
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.member_filtering import (
    ALL_MEMBERS,
    MemberFilter,
    MemberSearch,
)
from contactsgroups.services.groups.member_views import MemberView, describe
from contactsgroups.services.groups.reading import (
    GroupDetails,
    GroupPage,
    GroupSummary,
    details_of,
    summary_of,
)


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as a principal sees it; ``details`` only if it may see the settings."""

    summary: GroupSummary
    details: GroupDetails | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Members in the order of their addresses; ``next_after`` asks for the next page.

    ``last_days`` has those of the members whose membership ends, as far as the principal may know.
    """

    members: tuple[MemberView, ...]
    next_after: str | None
    last_days: Mapping[str, date] = field(default_factory=dict)


def browse_groups(
    database: Database, principal: Principal, wanted: GroupFilter, *, after: str, limit: int
) -> GroupPage:
    """Return the groups that a principal may know of, a page at a time.

    Those that are listed, those that it has to do with, and those that it administers, as
    :func:`known_groups` has them.

    Args:
        after: the address that the page begins behind (keyset paging).

    Raises:
        InvalidInput: an address or a domain of the filter is none.
    """
    with database.read() as session:
        own = own_addresses(session, principal)
        managed = or_(_domains_where(principal, Right.SEE_SETTINGS), has_role(own, {Role.OWNER}))
        known = or_(managed, _is_listed(session, principal), *_has_to_do_with(principal, own))
        statement = _filtered(wanted, known=known, managed=managed).where(known)
        statement = statement.where(Group.address > after).order_by(Group.address)
        rows = list(session.scalars(statement.limit(limit + 1)))
        page = _seen_summaries(session, principal, rows[:limit])
    return GroupPage(page, page[-1].address if len(rows) > limit else None)


def view_group(database: Database, principal: Principal, uuid: str) -> GroupView:
    """Return a group that this principal may know of; with its settings, if it may see them.

    Raises:
        GroupNotFound: there is none.
    """
    with database.read() as session:
        group = _known_group(session, principal, uuid)
        may_see = may_in_group(session, principal, Right.SEE_SETTINGS, group)
        (summary,) = _seen_summaries(session, principal, [group])
        return GroupView(summary, details_of(group) if may_see else None)


def browse_members(
    database: Database,
    principal: Principal,
    uuid: str,
    *,
    after: str,
    limit: int,
    wanted: MemberFilter = ALL_MEMBERS,
) -> MemberPage:
    """Return direct members of a group, as far as the principal may know them, a page at a time.

    Args:
        wanted: which of them; who is inactive, and whose membership ends, is told to those alone
            who may see members anyway.

    Raises:
        GroupNotFound: there is none that this principal may know of.
        NotPermitted: the group does not show who is in it.
    """
    with database.read() as session:
        group = _known_group(session, principal, uuid)
        if not groups_open_to(session, principal, [group]):
            raise NotPermitted("{address} does not show its members", address=group.address)
        tells = may_in_group(session, principal, Right.SEE_MEMBERS, group)
        search = MemberSearch.of(session, principal, group, tells_more=tells)
        statement = search.select(wanted, Member.address, Member.original, Member.until)
        begun = statement.where(Member.address > after).order_by(Member.address)
        rows = session.execute(begun.limit(limit + 1)).all()
        originals = {row.address: row.original for row in rows[:limit]}
        views = tuple(describe(session, principal, originals))
        last_days = {row.address: row.until for row in rows if row.until is not None and tells}
    return MemberPage(views, views[-1].address if len(rows) > limit else None, last_days)


def _filtered(
    wanted: GroupFilter, *, known: ColumnElement[bool], managed: ColumnElement[bool]
) -> Select[Group]:
    statement = select(Group).options(joinedload(Group.department), joinedload(Group.domain))
    conditions = [
        *filtering.on_columns(wanted),
        filtering.in_wanted_domains(wanted),
        name_contains(wanted.search),
    ]
    if wanted.owner is not None:
        # Whom a group belongs to is one of its settings.
        conditions += [managed, filtering.has_owner(wanted.owner)]
    if wanted.member is not None:
        shows_members = or_(managed, and_(known, Group.show_members))
        conditions += [shows_members, filtering.has_member(wanted.member)]
    return statement.where(*conditions)


def _domains_where(principal: Principal, right: Right) -> ColumnElement[bool]:
    """Return the condition that a group is in a domain where the principal has a right."""
    names = authority.domains_where(principal, right)
    if names is None:
        return true()
    return filtering.in_domains(names) if names else false()


def _is_listed(session: Session, principal: Principal) -> ColumnElement[bool]:
    """Return the condition that a group is listed where the principal sees it."""
    ids = visible_domain_ids(session, principal.domain)
    return and_(Group.show_in_contacts, ~Group.disabled, Group.domain_id.in_(ids))


def _has_to_do_with(principal: Principal, own: Collection[str]) -> list[ColumnElement[bool]]:
    """Return the conditions of which one is met if it has a role in a group or gets its mail."""
    members = select(Member.group_id).where(Member.address.in_(own))
    reached = select(Recipient.group_id).where(Recipient.address == str(principal.address))
    roles = has_role(own, {Role.OWNER, Role.MODERATOR})
    return [roles, Group.id.in_(members), Group.id.in_(reached)]


def _known_group(session: Session, principal: Principal, uuid: str) -> Group:
    group = require_group(session, uuid)
    if not known_groups(session, principal, [group]):
        raise GroupNotFound("there is no such group")
    return group


def _seen_summaries(
    session: Session, principal: Principal, groups: Sequence[Group]
) -> tuple[GroupSummary, ...]:
    """Return what a list shows; how many are external only where it shows who is in a group."""
    seen = groups_open_to(session, principal, groups)
    summaries = [(group.id in seen, summary_of(group)) for group in groups]
    return tuple(each if shown else replace(each, external_count=0) for shown, each in summaries)
