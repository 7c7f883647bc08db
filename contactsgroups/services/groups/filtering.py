"""Which groups a list shows, and in which order: for every face that has a list of groups."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select, true

from contactsgroups.domain.address import Address, normalise_domain
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.text import fold, words_in
from contactsgroups.persistence.models import AccountWord, DomainRow, Group, GroupRole, Member
from contactsgroups.services.accounts.account_search import addresses_with, begins
from contactsgroups.services.groups.findings import Finding

WORDS_LIMIT = 10
SHORTEST_MEMBER_WORD = 3
"""Letters of ASCII that a word needs before members are searched: fewer begin half of all names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFilter:
    """Which groups are wanted; None, or nothing named, stands for any.

    Attributes:
        search: words that the address or the name contains, without case and accents.
        kinds: groups of any of them.
        domains: groups in any of them.
        member: an address that is a direct member.
        owner: an address that is an owner.
        finding: what may be amiss with it.
    """

    search: str = ""
    kinds: frozenset[GroupKind] = frozenset()
    domains: frozenset[str] = frozenset()
    member: str | None = None
    owner: str | None = None
    shown: bool | None = None
    disabled: bool | None = None
    moderated: bool | None = None
    finding: Finding | None = None


def on_columns(wanted: GroupFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on kind and switches, which every row tells by itself."""
    values = {
        Group.show_in_contacts: wanted.shown,
        Group.disabled: wanted.disabled,
        Group.moderated: wanted.moderated,
    }
    found: list[ColumnElement[bool]] = [
        column == value for column, value in values.items() if value is not None
    ]
    return [*found, Group.kind.in_(wanted.kinds)] if wanted.kinds else found


def in_domains(names: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a group is in one of the domains, given as A-labels."""
    return Group.domain_id.in_(select(DomainRow.id).where(DomainRow.name.in_(names)))


def in_wanted_domains(wanted: GroupFilter) -> ColumnElement[bool]:
    """Return the condition that a group is in one of the wanted domains, in any spelling.

    Raises:
        InvalidInput: one of them is no domain.
    """
    names = [normalise_domain(each) for each in wanted.domains]
    return in_domains(names) if names else true()


def has_member(address: str) -> ColumnElement[bool]:
    """Return the condition that an address is a direct member of a group."""
    is_it = Member.address == str(Address.parse(address))
    return Group.id.in_(select(Member.group_id).where(is_it))


def has_owner(address: str) -> ColumnElement[bool]:
    """Return the condition that an address owns a group."""
    is_it = GroupRole.address == str(Address.parse(address))
    return Group.id.in_(select(GroupRole.group_id).where(GroupRole.role == Role.OWNER, is_it))


def has_role(own: Collection[str], roles: Collection[Role]) -> ColumnElement[bool]:
    """Return the condition that one of these addresses has one of the roles in a group."""
    is_named = GroupRole.role.in_(roles), GroupRole.address.in_(own)
    return Group.id.in_(select(GroupRole.group_id).where(*is_named))


def matches(search: str, readable: Collection[int] | None) -> ColumnElement[bool]:
    """Return the condition that each word is in the address or the name, or begins a member's.

    Args:
        readable: the ids of the domains of which one may know who has an address; None for all.
    """
    return and_(true(), *(_has_word(each, readable) for each in search.split()[:WORDS_LIMIT]))


def _has_word(word: str, readable: Collection[int] | None) -> ColumnElement[bool]:
    folded = fold(word)
    in_text = Group.search_text.contains(folded, autoescape=True)
    if folded.isascii() and len(folded) < SHORTEST_MEMBER_WORD:
        return in_text
    member = select(Member.group_id).where(begins(Member.address, word.casefold()))
    ways = [in_text, Group.id.in_(member)]
    if parts := words_in(folded):
        is_found_already = begins(AccountWord.address, word.casefold())
        named = addresses_with(parts, readable).where(~is_found_already).subquery()
        is_named = Member.address == named.c.address
        ways.append(Group.id.in_(select(Member.group_id).join_from(named, Member, is_named)))
    return or_(*ways)
