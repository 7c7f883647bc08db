"""Which members of a group are wanted, by words and by kind: for every face that lists members."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import fold
from contactsgroups.persistence.models import Account, Alias, DomainRow, Group, Member
from contactsgroups.persistence.queries import IS_INACTIVE
from contactsgroups.services.accounts.sharing import visible_domain_names

WORDS_LIMIT = 10


class MemberKind(StrEnum):
    """What a member is; an account may be inactive beside, and any membership may end."""

    ACCOUNT = "account"
    GROUP = "group"
    ALIAS = "alias"
    EXTERNAL = "external"
    """Also what the principal may not know."""
    INACTIVE = "inactive"
    """An account that is switched off: it is one of the accounts, too."""
    ENDS = "ends"
    """A membership that has a last day, whatever the member is beside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFilter:
    """Which members are wanted; nothing named stands for any.

    Attributes:
        search: words, each of which the address or the name contains, without case and accents.
        kinds: members of any of them.
    """

    search: str = ""
    kinds: frozenset[MemberKind] = frozenset()

    @property
    def is_plain(self) -> bool:
        """Whether all members are wanted."""
        return not (self.search or self.kinds)


ALL_MEMBERS = MemberFilter()

_Target = aliased(Account, name="alias_target")
_Nested = aliased(Group, name="nested_group")
_DOMAIN_OF: Mapping[MemberKind, InstrumentedAttribute[int]] = {
    MemberKind.ACCOUNT: Account.domain_id,
    MemberKind.ALIAS: Alias.domain_id,
    MemberKind.GROUP: _Nested.domain_id,
}
"""The column that has the domain of what a member is."""


@dataclass(frozen=True, slots=True)
class MemberTally:
    """How many members are of just these kinds together; a member may be of several."""

    together: Mapping[frozenset[MemberKind], int]

    @property
    def by_kind(self) -> dict[MemberKind, int]:
        """How many are of each kind, also of those that nobody is of."""
        return {kind: self.count({kind}) for kind in MemberKind}

    @property
    def total(self) -> int:
        """How many members there are."""
        return sum(self.together.values())

    def count(self, kinds: Collection[MemberKind]) -> int:
        """Return how many are of any of the kinds; of no kinds in particular, all."""
        return sum(
            number
            for some, number in self.together.items()
            if not kinds or some.intersection(kinds)
        )


@dataclass(frozen=True, slots=True)
class MemberSearch:
    """Finds members of one group as a principal may know them.

    Of a domain that it may not see, every address is external and has no name.

    Attributes:
        readable: the ids of the domains of which it may know who has an address; None for all.
        tells_more: whether it may know which accounts are inactive, and which memberships end.
    """

    group_id: int
    readable: Collection[int] | None
    tells_more: bool

    @classmethod
    def of(
        cls, session: Session, principal: Principal, group: Group, *, tells_more: bool
    ) -> "MemberSearch":
        """Return what finds members of a group for a principal who may see them."""
        names = visible_domain_names(session, principal)
        ids = select(DomainRow.id).where(DomainRow.name.in_(names or ()))
        readable = None if names is None else list(session.scalars(ids))
        return cls(group.id, readable, tells_more)

    def select(self, wanted: MemberFilter, *columns: Any) -> Select[*tuple[Any, ...]]:
        """Select columns of the wanted members; an account's columns and a group's are at hand."""
        conditions = [self._has_word(word) for word in wanted.search.split()[:WORDS_LIMIT]]
        if wanted.kinds:
            conditions.append(or_(*(self._is(kind) for kind in sorted(wanted.kinds))))
        return self._joined(select(*columns)).where(*conditions)

    def tally(self, session: Session, search: str) -> "MemberTally":
        """Return how many members of each kind have the words, in one walk through all."""
        if self.readable is None and not search.strip() and (plain := self._tally_all(session)):
            return plain
        ends = case((Member.until.is_not(None), 1), else_=0).label("ends")
        facts = Account.domain_id, Account.active, Alias.domain_id, _Nested.domain_id, ends
        rows = session.execute(
            self.select(MemberFilter(search=search), *facts, func.count()).group_by(*facts)
        )
        found: Counter[frozenset[MemberKind]] = Counter()
        for account, active, alias, nested, is_ending, count in rows:
            kinds = {self._kind_of(account, alias, nested)}
            if self._is_readable(account) and not active and self.tells_more:
                kinds.add(MemberKind.INACTIVE)
            if is_ending and self.tells_more:
                kinds.add(MemberKind.ENDS)
            found[frozenset(kinds)] += count
        return MemberTally(found)

    def _tally_all(self, session: Session) -> MemberTally | None:
        """Return the same of all members, where all is known: from indexes, in a fifth of it.

        None where a membership ends: then each member has to be looked at.
        """
        members = select(func.count()).where(Member.group_id == self.group_id)
        inactive = select(Account.address).where(IS_INACTIVE)
        counts = (
            members.where(Member.address == Account.address),
            members.where(Member.address == Group.address),
            members.where(Member.address == Alias.address),
            members.where(Member.address.in_(inactive)),
            members,
        )
        # An index has the days of all groups; that of the group's members has none.
        dated = select(Member.group_id).where(Member.until >= date.min)
        is_ending = literal(self.group_id).in_(dated).label("ending")
        columns = [*(each.scalar_subquery() for each in counts), is_ending]
        row = session.execute(select(*columns)).one()
        accounts, groups, aliases, switched_off, everybody, ending = row
        if ending:
            return None
        told = switched_off if self.tells_more else 0
        together = {
            frozenset({MemberKind.ACCOUNT}): accounts - told,
            frozenset({MemberKind.ACCOUNT, MemberKind.INACTIVE}): told,
            frozenset({MemberKind.GROUP}): groups,
            frozenset({MemberKind.ALIAS}): aliases,
            frozenset({MemberKind.EXTERNAL}): everybody - accounts - groups - aliases,
        }
        return MemberTally(together)

    def _kind_of(self, account: int | None, alias: int | None, nested: int | None) -> MemberKind:
        """Return a member's kind; of account, alias and group, the domain of the one it is."""
        if self._is_readable(account):
            return MemberKind.ACCOUNT
        if self._is_readable(alias):
            return MemberKind.ALIAS
        return MemberKind.GROUP if self._is_readable(nested) else MemberKind.EXTERNAL

    def _is_readable(self, domain_id: int | None) -> bool:
        return domain_id is not None and (self.readable is None or domain_id in self.readable)

    def _joined(self, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        return (
            statement.select_from(Member)
            .outerjoin(Account, Account.address == Member.address)
            .outerjoin(Alias, Alias.address == Member.address)
            .outerjoin(_Target, _Target.id == Alias.account_id)
            .outerjoin(_Nested, _Nested.address == Member.address)
            .where(Member.group_id == self.group_id)
        )

    def _is(self, kind: MemberKind) -> ColumnElement[bool]:
        if kind is MemberKind.EXTERNAL:
            return and_(*(self._unreadable(each) for each in _DOMAIN_OF.values()))
        if kind is MemberKind.ENDS:
            return Member.until.is_not(None) if self.tells_more else false()
        if kind is MemberKind.INACTIVE:
            is_inactive = and_(self._readable(Account.domain_id), ~Account.active)
            return is_inactive if self.tells_more else false()
        return self._readable(_DOMAIN_OF[kind])

    def _readable(self, domain_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Return the condition that there is a row, in a domain that may be read."""
        return domain_id.is_not(None) if self.readable is None else domain_id.in_(self.readable)

    def _unreadable(self, domain_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        is_missing = domain_id.is_(None)
        if self.readable is None:
            return is_missing
        return or_(is_missing, domain_id.not_in(self.readable))

    def _has_word(self, word: str) -> ColumnElement[bool]:
        folded = fold(word)

        def has_text(text: Any, domain_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
            return and_(self._readable(domain_id), text.contains(folded, autoescape=True))

        return or_(
            Member.address.contains(word.casefold(), autoescape=True),
            has_text(Account.search_text, Account.domain_id),
            and_(self._readable(Alias.domain_id), has_text(_Target.search_text, _Target.domain_id)),
            has_text(_Nested.search_text, _Nested.domain_id),
        )
