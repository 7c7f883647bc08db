"""The list of groups that a principal manages: searched, filtered, sorted, counted, in pages."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, false, func, null, or_, select, true, union_all
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.group import Role
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import DomainRow, Group
from contactsgroups.services.accounts.group_standing import own_addresses
from contactsgroups.services.accounts.sharing import visible_domain_names
from contactsgroups.services.groups import filtering
from contactsgroups.services.groups.filtering import GroupFilter
from contactsgroups.services.groups.findings import has_finding
from contactsgroups.services.groups.ordering import Sorting
from contactsgroups.services.groups.reading import (
    PAGE_LIMIT,
    GroupPage,
    GroupSummary,
    summary_of,
)

Facts = tuple[str, bool, bool, bool]
"""Kind, shown, disabled, moderated."""
_FACTS = ("kinds", "shown", "disabled", "moderated")
_COLUMNS = (Group.kind, Group.show_in_contacts, Group.disabled, Group.moderated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page begins: behind a place of the list, or before it where it is ``backwards``."""

    text: str = ""
    is_backwards: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupListing:
    """A page of a list, and how many groups there are.

    Attributes:
        found: how many groups the filter finds on all pages.
        managed: how many there are without a filter.
        tallies: for each value of a filter, such as ``("kinds", "static")`` or ``("shown",
            True)``, how many groups there would be with it, and with what else is wanted.
        before: the place whose page ends where this one begins; None for the first page.
        after: the place behind which the next page begins; None for the last page.
    """

    groups: tuple[GroupSummary, ...]
    found: int
    managed: int
    tallies: Mapping[tuple[str, object], int]
    before: str | None
    after: str | None


def list_managed(
    database: Database,
    actor: Principal,
    wanted: GroupFilter,
    *,
    sorting: Sorting,
    place: Place,
    limit: int = 50,
) -> GroupListing:
    """Return those of the groups that a principal administers or owns which a filter finds.

    The search also looks at members: at the beginning of their addresses, and of each word of an
    account's name, as far as the principal may read it.

    Raises:
        InvalidInput: the filter names what is no address or no domain, or the place is none.
    """
    size = max(1, min(limit, PAGE_LIMIT))
    with database.read() as session:
        managed = is_managed(session, actor)
        found = and_(managed, _without_columns(session, actor, wanted))
        page = _Page(wanted, sorting, place, size)
        tally, ids = (_look_through if wanted.search else _look_up)(session, found, page)
        groups, before, after = _load(session, ids, page)
        count = sum(tally.values()) if _is_plain(wanted) else _count(session, managed)
    return GroupListing(
        groups=tuple(summary_of(each) for each in groups),
        found=_sum_of(tally, wanted),
        managed=count,
        tallies=_tallies(tally, wanted),
        before=before,
        after=after,
    )


def list_groups(
    database: Database,
    actor: Principal,
    *,
    search: str = "",
    after: str = "",
    limit: int = 50,
) -> GroupPage:
    """Return the groups that this principal administers or owns, by address, a page at a time.

    Args:
        search: words, as :func:`list_managed` looks for them.
        after: the address that the page begins behind (keyset paging).
    """
    size, wanted = max(1, min(limit, PAGE_LIMIT)), GroupFilter(search=search)
    with database.read() as session:
        found = and_(is_managed(session, actor), _without_columns(session, actor, wanted))
        page = _Page(wanted, Sorting(), Place(text=after), size)
        rows, _, last = _load(session, _ids_of(session, found, page), page)
        return GroupPage(tuple(summary_of(each) for each in rows), last)


@dataclass(frozen=True, slots=True)
class _Page:
    """Which page of which list is asked for."""

    wanted: GroupFilter
    sorting: Sorting
    place: Place
    size: int

    @property
    def way(self) -> Sorting:
        """The order in which its groups are found: backwards, the last one comes first."""
        return self.sorting.turned if self.place.is_backwards else self.sorting

    @property
    def begins(self) -> ColumnElement[bool]:
        """The condition that a group stands where the page begins, or later on its way."""
        return self.way.behind(self.place.text) if self.place.text else true()


def is_managed(session: Session, actor: Principal) -> ColumnElement[bool]:
    """Return the condition that a principal sees a group's settings and members."""
    names = authority.domains_where(actor, Right.SEE_SETTINGS)
    if names is None:
        return true()
    owned = filtering.has_role(own_addresses(session, actor), {Role.OWNER})
    return or_(filtering.in_domains(names) if names else false(), owned)


def _without_columns(
    session: Session, actor: Principal, wanted: GroupFilter
) -> ColumnElement[bool]:
    """Return the conditions that are not facts of the group itself."""
    conditions = [filtering.in_wanted_domains(wanted)]
    if wanted.search:
        conditions.append(filtering.matches(wanted.search, _readable_ids(session, actor)))
    if wanted.owner is not None:
        conditions.append(filtering.has_owner(wanted.owner))
    if wanted.member is not None:
        conditions.append(filtering.has_member(wanted.member))
    if wanted.finding is not None:
        conditions.append(has_finding(wanted.finding))
    return and_(*conditions)


def _readable_ids(session: Session, actor: Principal) -> Collection[int] | None:
    """Return the domains of which a principal may know who has an address; None for all."""
    names = visible_domain_names(session, actor)
    if names is None:
        return None
    return list(session.scalars(select(DomainRow.id).where(DomainRow.name.in_(names))))


def _look_up(
    session: Session, found: ColumnElement[bool], page: _Page
) -> tuple[Mapping[Facts, int], list[int]]:
    """Return the tally of all groups found, and the ids of a page, each from an index.

    In any order; of one group more if there is one.
    """
    return _tally(session, found), _ids_of(session, found, page)


def _look_through(
    session: Session, found: ColumnElement[bool], page: _Page
) -> tuple[Mapping[Facts, int], list[int]]:
    """Return the same by one statement: to search twice takes longer, and so does to read all."""
    fits = case((and_(page.begins, *filtering.on_columns(page.wanted)), 1), else_=0)
    keys = (each.label(f"key{number}") for number, each in enumerate(page.way.keys))
    all_found = select(Group.id, fits.label("fits"), *keys, *_COLUMNS).where(found).cte("found")
    facts = [all_found.c[each.key] for each in _COLUMNS]
    tally = select(null(), *facts, func.count()).group_by(*facts)
    fitting = select(all_found.c.id).where(all_found.c.fits == 1)
    some = page.way.sorted(fitting, all_found.c.key0, all_found.c.key1).limit(page.size + 1)
    ids = select(some.subquery().c.id, *(null() for _ in facts), null())
    rows = session.execute(union_all(tally, ids)).all()
    counts = {tuple(row[1:5]): row[5] for row in rows if row[0] is None}
    return counts, [row[0] for row in rows if row[0] is not None]


def _ids_of(session: Session, found: ColumnElement[bool], page: _Page) -> list[int]:
    """Return the ids of a page, and of one group more if there is one."""
    conditions = found, page.begins, *filtering.on_columns(page.wanted)
    statement = page.way.sorted(select(Group.id).where(*conditions))
    return list(session.scalars(statement.limit(page.size + 1)))


def _load(
    session: Session, ids: Sequence[int], page: _Page
) -> tuple[Sequence[Group], str | None, str | None]:
    """Return the groups of a page, and the places before and after it, where there are more."""
    options = joinedload(Group.department), joinedload(Group.domain)
    rows = session.scalars(select(Group).options(*options).where(Group.id.in_(ids)))
    shown = page.way.sorted_groups(rows)[: page.size]
    has_more, has_less = len(ids) > page.size, bool(page.place.text)
    if page.place.is_backwards:
        shown.reverse()
        has_more, has_less = has_less, has_more
    if not shown:
        return (), None, None
    first, last = page.sorting.place_of(shown[0]), page.sorting.place_of(shown[-1])
    return shown, first if has_less else None, last if has_more else None


def _tally(session: Session, found: ColumnElement[bool]) -> Mapping[Facts, int]:
    """Return how many groups there are of each combination of facts: 32 rows at most."""
    rows = session.execute(select(*_COLUMNS, func.count()).where(found).group_by(*_COLUMNS))
    return {(kind, shown, disabled, moderated): n for kind, shown, disabled, moderated, n in rows}


def _count(session: Session, managed: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Group).where(managed)) or 0


def _is_plain(wanted: GroupFilter) -> bool:
    """Whether nothing is asked for but facts of the groups themselves."""
    others = (wanted.search, wanted.domains, wanted.owner, wanted.member, wanted.finding)
    return not any(others)


def _is_wanted(facts: Facts, wanted: GroupFilter, but: str = "") -> bool:
    """Whether a combination of facts is asked for; what one filter says of it may be left out."""
    return all(
        getattr(wanted, name) in (None, frozenset())
        or (fact in wanted.kinds if name == "kinds" else fact == getattr(wanted, name))
        for name, fact in zip(_FACTS, facts, strict=True)
        if name != but
    )


def _sum_of(tally: Mapping[Facts, int], wanted: GroupFilter) -> int:
    return sum(count for facts, count in tally.items() if _is_wanted(facts, wanted))


def _tallies(tally: Mapping[Facts, int], wanted: GroupFilter) -> Mapping[tuple[str, object], int]:
    found: Counter[tuple[str, object]] = Counter()
    for facts, count in tally.items():
        for name, fact in zip(_FACTS, facts, strict=True):
            if _is_wanted(facts, wanted, but=name):
                found[name, fact] += count
    return found
