"""Who gets a copy of a message to a group, and through what; and which members get none, and why.

The copies are those of ``recipients``, which everything reads; here each is only explained.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from contactsgroups.domain.authority import Right
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Alias, Group, GroupRole, Member
from contactsgroups.persistence.queries import rows_where
from contactsgroups.services.accounts.group_standing import require_in_group
from contactsgroups.services.accounts.sharing import visible_domain_names
from contactsgroups.services.groups.groups_inside import GroupsInside, read_groups_inside
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.member_views import describe
from contactsgroups.services.groups.preview_rows import (
    Question,
    Shown,
    addresses_left_out,
    addresses_reached,
    count_left_out,
    count_reached_twice,
)

PAGE_LIMIT = 200
OTHERS_SHOWN = 4
"""Ways of one recipient that are told beside the shortest one."""


class Silence(StrEnum):
    """Why a member gets no copy; the value completes "Left out: …"."""

    CLOSED = "the account is closed"
    ALIAS = "it is an alias of a closed account"
    DISABLED = "the group is disabled"
    EMPTY = "the group reaches nobody"
    NOBODY = "nobody here has this address"
    UNSEEN = "no mail goes to this address"
    """Of a domain that one may not see, the reason stays unsaid."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way from the group to a mailbox.

    Attributes:
        groups: the names of those that a message passes, the group itself left out.
        alias: the address that is the member, if that stands for the mailbox.
        kind: of the last group: a department or a rule may have made it a member.
        is_pinned: whether it is in that group whatever the department or the rule says.
    """

    groups: tuple[str, ...]
    alias: str
    kind: GroupKind
    is_pinned: bool = False

    @property
    def is_direct(self) -> bool:
        """Whether the mailbox itself is a member of the group."""
        return not self.groups and not self.alias


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """A mailbox that gets a copy, or a member that gets none.

    Attributes:
        address: the mailbox; of an alias whose account may not be known, the alias.
        kind: account or external; of such an alias, alias; of what is left out also group.
        ways: the shortest one first; for what is left out, to where it is a member.
        way_count: how many there are; ``ways`` has a few of them.
        silence: why it gets no copy; None if it gets one.
    """

    address: str
    original: str
    name: str
    kind: str
    ways: tuple[Way, ...]
    way_count: int
    silence: Silence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPreview:
    """A page of rows in the order of their addresses, and how many there are.

    Attributes:
        recipient_count, external_count: the whole group's, as everything that counts them has it.
        twice: mailboxes that more than one way leads to, and which get one copy; an alias whose
            account may not be known counts as a mailbox of its own.
        left_out: members that get no copy.
        groups_inside: groups that a message is passed on by, of those that one may look into.
        closed: names of the groups inside that one may not look into; behind them nothing is
            listed or counted as reached twice.
    """

    rows: tuple[PreviewRow, ...]
    next_after: str | None
    recipient_count: int
    external_count: int
    twice: int
    left_out: int
    groups_inside: int
    closed: tuple[str, ...]


def preview_delivery(
    database: Database,
    actor: Principal,
    uuid: str,
    *,
    search: str = "",
    shown: Shown = Shown.ALL,
    after: str = "",
    limit: int = 50,
) -> DeliveryPreview:
    """Return who would get a copy of a message to a group, a page at a time.

    As many statements for many recipients as for few.

    Args:
        search: words, each in the address or, where the actor may read it, the account's name.
        after: the address that the page begins behind.

    Raises:
        GroupNotFound, NotPermitted: the actor may not know who is in the group.
    """
    size = max(1, min(limit, PAGE_LIMIT))
    with database.read() as session:
        group = require_group(session, uuid)
        require_in_group(session, actor, Right.SEE_MEMBERS, group)
        inside = read_groups_inside(session, actor, group)
        ids = [] if group.disabled else [*inside.open]
        asked = Question(
            group_id=group.id,
            open_ids=ids,
            search=search,
            readable=visible_domain_names(session, actor),
            is_whole=not (group.disabled or inside.closed),
        )
        rows = _read_page(session, actor, inside, asked, shown, after, size + 1)
        return DeliveryPreview(
            rows=rows[:size],
            next_after=rows[size - 1].address if len(rows) > size else None,
            recipient_count=group.recipient_count,
            external_count=group.external_count,
            twice=count_reached_twice(session, asked),
            left_out=count_left_out(session, ids),
            groups_inside=len(inside.open) - 1,
            closed=tuple(each.shown_name for each in inside.closed),
        )


def _read_page(
    session: Session,
    actor: Principal,
    inside: GroupsInside,
    asked: Question,
    shown: Shown,
    after: str,
    limit: int,
) -> tuple[PreviewRow, ...]:
    """Return the first rows behind an address; none is both reached and left out."""
    reached: list[str] = []
    silent: list[str] = []
    if shown is not Shown.LEFT_OUT:
        reached = addresses_reached(session, asked, shown, after, limit)
    if shown in {Shown.ALL, Shown.LEFT_OUT}:
        silent = addresses_left_out(session, asked, after, limit)
    page = sorted([*reached, *silent])[:limit]
    entries = _entries_of(session, asked, page)
    told = {each: _spelling_of(each, entries[each]) for each in page}
    names = {view.address: view for view in describe(session, actor, told)}
    silences = _find_silences(session, asked, {*silent} & {*page})
    rows = []
    for each in page:
        ways = [entry.way(inside) for entry in _shortest_first(entries[each], inside)]
        rows.append(
            PreviewRow(
                address=each,
                original=told[each],
                name=names[each].name,
                kind=names[each].kind,
                ways=tuple(ways[: OTHERS_SHOWN + 1]),
                way_count=len(ways),
                silence=silences.get(each),
            )
        )
    return tuple(rows)


class _Entry(NamedTuple):
    """A membership that leads to a mailbox: the group, and the address that is named there."""

    group_id: int
    original: str
    is_alias: bool
    is_pinned: bool = False

    def way(self, inside: GroupsInside) -> Way:
        """Return the shortest way to this membership."""
        return Way(
            groups=tuple(group.shown_name for group in inside.ways[self.group_id]),
            alias=self.original if self.is_alias else "",
            kind=GroupKind(inside.open[self.group_id].kind),
            is_pinned=self.is_pinned,
        )


def _spelling_of(address: str, entries: Iterable[_Entry]) -> str:
    """Return how an address is spelled where it is a member; of an alias's account, as it is."""
    return next((each.original for each in entries if not each.is_alias), address)


def _shortest_first(entries: Iterable[_Entry], inside: GroupsInside) -> list[_Entry]:
    return sorted(
        entries,
        key=lambda entry: (
            len(inside.ways[entry.group_id]),
            entry.is_alias,
            [group.address for group in inside.ways[entry.group_id]],
            entry.original,
        ),
    )


def _entries_of(
    session: Session, asked: Question, addresses: Collection[str]
) -> Mapping[str, list[_Entry]]:
    """Return the memberships that lead to each address, those that name it first.

    An alias whose account may not be known leads to itself alone.
    """
    named = select(Member.address, Member.group_id, Member.original).where(
        Member.address.in_(addresses)
    )
    aliased = (
        select(Account.address, Member.group_id, Member.original)
        .select_from(Member)
        .join(Alias, Alias.address == Member.address)
        .join(Account, Account.id == Alias.account_id)
        .where(Account.address.in_(addresses), asked.may_tell(Account.domain_id))
    )
    pins = _pins_among(session, asked, addresses)
    found: dict[str, list[_Entry]] = defaultdict(list)
    for statement, is_alias in ((named, False), (aliased, True)):
        for row in rows_where(session, statement, Member.group_id, asked.open_ids):
            is_pinned = (row.group_id, row.address) in pins
            found[row.address].append(_Entry(row.group_id, row.original, is_alias, is_pinned))
    return found


def _pins_among(
    session: Session, asked: Question, addresses: Collection[str]
) -> set[tuple[int, str]]:
    """Return where the addresses are pinned: ids of groups that follow the directory, with them."""
    statement = select(GroupRole.group_id, GroupRole.address).where(
        GroupRole.role == Role.ALWAYS_MEMBER, GroupRole.address.in_(addresses)
    )
    rows = rows_where(session, statement, GroupRole.group_id, asked.open_ids)
    return {(row.group_id, row.address) for row in rows}


def _find_silences(
    session: Session, asked: Question, addresses: Collection[str]
) -> Mapping[str, Silence]:
    """Return why each of these members gets no copy, as far as the actor may know."""
    readable = asked.readable
    found = dict.fromkeys(addresses, Silence.NOBODY)
    for row in rows_where(session, _HOLDERS, Member.address, addresses):
        domains = {each.rpartition("@")[2] for each in (row.address, row.target) if each}
        if readable is not None and not domains <= {*readable}:
            found[row.address] = Silence.UNSEEN
        elif row.account_id is not None:
            found[row.address] = Silence.CLOSED
        elif row.target is not None:
            found[row.address] = Silence.ALIAS
        elif row.disabled is not None:
            found[row.address] = Silence.DISABLED if row.disabled else Silence.EMPTY
    return found


_Target = aliased(Account, name="alias_target")
_HOLDERS = (
    select(
        Member.address,
        Account.id.label("account_id"),
        _Target.address.label("target"),
        Group.disabled,
    )
    .distinct()
    .outerjoin(Account, Account.address == Member.address)
    .outerjoin(Alias, Alias.address == Member.address)
    .outerjoin(_Target, _Target.id == Alias.account_id)
    .outerjoin(Group, Group.address == Member.address)
)
