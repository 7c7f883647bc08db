"""Members as they are shown to a principal."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.expansion import expand
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Account, Alias, Group
from contactsgroups.persistence.queries import groups_by_address, rows_where
from contactsgroups.services.accounts.group_standing import groups_open_to
from contactsgroups.services.accounts.sharing import visible_domain_names
from contactsgroups.services.unit_of_work.member_graph import MemberGraph

# What an address is, and how it is called.
_NAMES = (
    ("account", Account.address, select(Account.address, Account.display_name)),
    ("group", Group.address, select(Group.address, Group.display_name)),
    ("alias", Alias.address, select(Alias.address, Account.display_name).join_from(Alias, Account)),
)


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member as a principal sees it; ``kind`` is account, alias, group or external."""

    address: str
    original: str
    name: str
    kind: str


def expand_for(session: Session, principal: Principal, group: Group) -> list[str]:
    """Return the addresses that a group reaches, as far as this principal may see them."""
    graph = MemberGraph.load(session, [group])
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

    Of a domain that it may not see, it stays unsaid who has an address, and whether anybody has it.
    """
    readable = visible_domain_names(session, principal)
    names: dict[str, tuple[str, str]] = {}
    for kind, column, statement in _NAMES:
        for row in rows_where(session, statement, column, originals):
            names[row.address] = (row.display_name, kind)
    views = []
    for address in sorted(originals):
        name, kind = names.get(address, ("", "external"))
        is_readable = readable is None or address.rpartition("@")[2] in readable
        if not is_readable:
            name, kind = "", "external"
        views.append(MemberView(address, originals[address], name, kind))
    return views
