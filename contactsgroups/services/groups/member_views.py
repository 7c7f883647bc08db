"""Members as they are shown to a principal."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.expansion import expand
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Account, Alias, Group
from contactsgroups.persistence.queries import chunked
from contactsgroups.services.accounts.sharing import may_look_inside, visible_domain_names
from contactsgroups.services.unit_of_work.member_graph import MemberGraph


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member as people see it; ``kind`` is account, alias, group or external."""

    address: str
    original: str
    name: str
    kind: str


def expand_for(session: Session, principal: Principal, group: Group) -> list[str]:
    """Return the addresses that a group reaches, as far as this principal may look."""
    graph = MemberGraph.load(session, [group])
    closed: set[str] = set()
    for some in chunked(sorted(graph.enabled_groups() - {group.address})):
        for nested in session.scalars(select(Group).where(Group.address.in_(some))):
            if not may_look_inside(session, principal, nested):
                closed.add(nested.address)

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
    for some in chunked(sorted(originals)):
        for row in session.execute(
            select(Account.address, Account.display_name).where(Account.address.in_(some))
        ):
            names[row.address] = (row.display_name, "account")
        for row in session.execute(
            select(Group.address, Group.display_name).where(Group.address.in_(some))
        ):
            names[row.address] = (row.display_name, "group")
        for row in session.execute(
            select(Alias.address, Account.display_name)
            .join(Account, Account.id == Alias.account_id)
            .where(Alias.address.in_(some))
        ):
            names[row.address] = (row.display_name, "alias")
    views = []
    for address in sorted(originals):
        name, kind = names.get(address, ("", "external"))
        is_readable = readable is None or address.rpartition("@")[2] in readable
        if not is_readable:
            name, kind = "", "external"
        views.append(MemberView(address, originals[address], name, kind))
    return views
