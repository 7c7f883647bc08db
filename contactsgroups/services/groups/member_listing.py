"""The list of a group's members: searched, filtered by kind, counted, in pages both ways."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import is_control
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Department, Group, Member
from contactsgroups.persistence.queries import groups_by_address, scalars_where
from contactsgroups.services.accounts.group_standing import (
    groups_open_to,
    may_in_group,
    require_in_group,
)
from contactsgroups.services.groups.last_days import dated_rows, entity_with_day
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.member_filtering import MemberFilter, MemberKind, MemberSearch
from contactsgroups.services.groups.member_views import MemberView, describe

PAGE_LIMIT = 500
_COLUMNS = (
    Member.address,
    Member.original,
    Member.added_at,
    Member.until,
    Account.active,
    Department.path,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMember:
    """A member as a principal sees it in a list.

    Attributes:
        kind: account, alias, group or external; external also for what it may not know.
        since: when it became a member.
        until: the last day of the membership, as far as the principal may know; None for no end.
        is_inactive: an account that gets no mail, as far as the principal may know.
        department: the path of an account's department, if the principal manages it.
        group_uuid: of a group that the principal may open; empty for all else.
        recipient_count: how many a group reaches, where ``group_uuid`` is given.
    """

    address: str
    original: str
    name: str
    kind: str
    since: datetime
    until: date | None = None
    is_inactive: bool = False
    department: str = ""
    group_uuid: str = ""
    recipient_count: int = 0

    @property
    def shown_name(self) -> str:
        """The name; of a member that has none, the address."""
        return self.name or self.original


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberListing:
    """A page of the list, and how many members there are.

    Attributes:
        found: how many members the filter finds on all pages.
        total: how many there are without a filter.
        tallies: how many of each kind have the words that are searched for.
        before: the address whose page ends where this one begins; None for the first page.
        after: the address behind which the next page begins; None for the last page.
    """

    members: tuple[ListedMember, ...]
    found: int
    total: int
    tallies: Mapping[MemberKind, int]
    before: str | None
    after: str | None


def list_found_members(
    database: Database,
    actor: Principal,
    uuid: str,
    wanted: MemberFilter,
    *,
    after: str = "",
    before: str = "",
    limit: int = 100,
) -> MemberListing:
    """Return those of the direct members that a filter finds, by address, a page at a time.

    Args:
        after: the address that the page begins behind (keyset paging).
        before: the address that the page ends before; it goes before ``after``.

    Raises:
        GroupNotFound, NotPermitted: the actor may not know who is in the group.
    """
    size = max(1, min(limit, PAGE_LIMIT))
    with database.read() as session:
        group = _open_group(session, actor, uuid)
        search = _search_in(session, actor, group)
        rows = _rows(session, search, wanted, after=after, before=before, limit=size + 1)
        shown = rows[-size:] if before else rows[:size]
        has_more = len(rows) > size
        tally = search.tally(session, wanted.search)
        total = _count_all(session, group) if wanted.search else tally.total
        members = _listed(session, actor, search, shown)
    is_first, is_last = (not has_more, False) if before else (not after, not has_more)
    return MemberListing(
        members=members,
        found=tally.count(wanted.kinds),
        total=total,
        tallies=tally.by_kind,
        before=members[0].address if members and not is_first else None,
        after=members[-1].address if members and not is_last else None,
    )


def read_found_members(
    database: Database, actor: Principal, uuid: str, wanted: MemberFilter
) -> Iterator[ListedMember]:
    """Return all members that a filter finds, for a file; they are read while it is written.

    Raises:
        GroupNotFound, NotPermitted: at once, before the first of them.
    """
    with database.read() as session:
        _open_group(session, actor, uuid)
    return _read_all(database, actor, uuid, wanted)


def addresses_found(
    database: Database, actor: Principal, uuid: str, wanted: MemberFilter
) -> list[str]:
    """Return the addresses of all members that a filter finds, in order.

    Raises:
        GroupNotFound, NotPermitted: the actor may not know who is in the group.
    """
    with database.read() as session:
        group = _open_group(session, actor, uuid)
        statement = _search_in(session, actor, group).select(wanted, Member.address)
        return list(session.scalars(statement.order_by(Member.address)))


def list_last_days(
    database: Database, actor: Principal, uuid: str, addresses: Collection[str]
) -> dict[str, date | None]:
    """Return the last days of those of the addresses that are direct members.

    Where members follow the directory, those of the addresses that are pinned.

    Args:
        addresses: in their normalised forms; others are passed over, whatever they are.

    Raises:
        GroupNotFound, NotPermitted: the actor may not know who is in the group.
    """
    with database.read() as session:
        group = require_group(session, uuid)
        require_in_group(session, actor, Right.SEE_MEMBERS, group)
        asked = {each for each in addresses if not any(map(is_control, each))}
        column = entity_with_day(group).address
        found = scalars_where(session, dated_rows(group), column, asked)
        return {row.address: row.until for row in found}


def _read_all(
    database: Database, actor: Principal, uuid: str, wanted: MemberFilter
) -> Iterator[ListedMember]:
    """Yield page after page, each from a transaction of its own: a slow client holds none open."""
    after = ""
    while True:
        with database.read() as session:
            search = _search_in(session, actor, _open_group(session, actor, uuid))
            rows = _rows(session, search, wanted, after=after, before="", limit=PAGE_LIMIT)
            members = _listed(session, actor, search, rows)
        yield from members
        if len(members) < PAGE_LIMIT:
            return
        after = members[-1].address


def _open_group(session: Session, actor: Principal, uuid: str) -> Group:
    group = require_group(session, uuid)
    if not groups_open_to(session, actor, [group]):
        require_in_group(session, actor, Right.SEE_MEMBERS, group)
    return group


def _search_in(session: Session, actor: Principal, group: Group) -> MemberSearch:
    tells = may_in_group(session, actor, Right.SEE_MEMBERS, group)
    return MemberSearch.of(session, actor, group, tells_more=tells)


def _rows(
    session: Session,
    search: MemberSearch,
    wanted: MemberFilter,
    *,
    after: str,
    before: str,
    limit: int,
) -> Sequence[Row[Any]]:
    """Return members in the order of their addresses: those nearest to where the page begins."""
    statement = search.select(wanted, *_COLUMNS).outerjoin(
        Department, Department.id == Account.department_id
    )
    if before:
        backwards = statement.where(Member.address < before).order_by(Member.address.desc())
        return session.execute(backwards.limit(limit)).all()[::-1]
    onwards = statement.where(Member.address > after).order_by(Member.address)
    return session.execute(onwards.limit(limit)).all()


def _listed(
    session: Session, actor: Principal, search: MemberSearch, rows: Sequence[Row[Any]]
) -> tuple[ListedMember, ...]:
    views = describe(session, actor, {row.address: row.original for row in rows})
    inside = groups_by_address(
        session, [each.address for each in views if each.kind == MemberKind.GROUP]
    )
    opened = groups_open_to(session, actor, inside.values())
    seen = {address: group for address, group in inside.items() if group.id in opened}
    return tuple(
        _member_of(actor, search, row, view, seen.get(view.address))
        for row, view in zip(rows, views, strict=True)
    )


def _member_of(
    actor: Principal, search: MemberSearch, row: Row[Any], view: MemberView, group: Group | None
) -> ListedMember:
    is_account = view.kind == MemberKind.ACCOUNT
    domain = view.address.rpartition("@")[2]
    manages = is_account and authority.may(actor, Right.MANAGE_ACCOUNTS, domain)
    return ListedMember(
        address=view.address,
        original=view.original,
        name=view.name,
        kind=view.kind,
        since=row.added_at,
        until=row.until if search.tells_more else None,
        is_inactive=search.tells_more and is_account and not row.active,
        department=(row.path or "") if manages else "",
        group_uuid=group.uuid if group else "",
        recipient_count=group.recipient_count if group else 0,
    )


def _count_all(session: Session, group: Group) -> int:
    statement = select(func.count()).select_from(Member).where(Member.group_id == group.id)
    return session.scalar(statement) or 0
