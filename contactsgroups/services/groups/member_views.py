"""Members as they are shown to a principal."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import join, select
from sqlalchemy.orm import Session

from contactsgroups.domain.expansion import expand
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Account, Alias, DomainRow, Group, Member
from contactsgroups.persistence.queries import groups_by_address, rows_where, scalars_where
from contactsgroups.services.accounts.group_standing import groups_open_to
from contactsgroups.services.accounts.sharing import unseen_domains, visible_domain_names
from contactsgroups.services.unit_of_work.member_graph import MemberGraph

# What an address is, how it is called, and whose name that is.
_NAMES = tuple(
    (kind, address, select(address, of.display_name, of.address.label("named")).select_from(source))
    for kind, address, of, source in (
        ("account", Account.address, Account, Account),
        ("group", Group.address, Group, Group),
        ("alias", Alias.address, Account, join(Alias, Account)),
    )
)


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member as a principal sees it; ``kind`` is account, alias, group or external."""

    address: str
    original: str
    name: str
    kind: str


def expand_for(session: Session, principal: Principal, group: Group) -> list[str]:
    """Return the addresses that a group reaches, as far as this principal may see them.

    A group inside whose members it may not know stands for itself, and so does an alias whose
    account it may not know.
    """
    graph = MemberGraph.load(session, [group], unseen_domains(session, principal))
    nested = groups_by_address(session, graph.enabled_groups() - {group.address})
    seen = groups_open_to(session, principal, nested.values())
    closed = {address for address, row in nested.items() if row.id not in seen}

    def members_of(address: str) -> Collection[str] | None:
        return None if address in closed else graph.members_of(address)

    return sorted(expand(group.address, members_of).mailboxes)


def describe(
    session: Session, principal: Principal, originals: Mapping[str, str]
) -> list[MemberView]:
    """Return what a principal sees of these addresses (normalised to original), in order.

    Of a domain that it may not see, it stays unsaid who has an address, and whether anybody has it;
    of an alias whose account is there, who that is.
    """
    readable = visible_domain_names(session, principal)
    names: dict[str, tuple[str, str]] = {}
    for kind, column, statement in _NAMES:
        for row in rows_where(session, statement, column, originals):
            if _is_readable(row.address, readable):
                name = row.display_name if _is_readable(row.named, readable) else ""
                names[row.address] = (name, kind)
    return [
        MemberView(address, originals[address], *names.get(address, ("", "external")))
        for address in sorted(originals)
    ]


def groups_with_untold_aliases(
    session: Session, group_ids: Collection[int], readable: Collection[str] | None
) -> set[int]:
    """Return those of the groups with a member that is an alias of an account that stays unsaid.

    Args:
        readable: the domains whose accounts may be known; None for all.
    """
    if readable is None:
        return set()
    told = select(DomainRow.id).where(DomainRow.name.in_(sorted(readable)))
    statement = (
        select(Member.group_id)
        .join(Alias, Alias.address == Member.address)
        .join(Account, Account.id == Alias.account_id)
        .where(Account.domain_id.not_in(told))
        .distinct()
    )
    return set(scalars_where(session, statement, Member.group_id, group_ids))


def _is_readable(address: str, readable: Collection[str] | None) -> bool:
    return readable is None or address.rpartition("@")[2] in readable
