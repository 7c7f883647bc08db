"""Domains as their administrators see them: how much is in each, and to whom it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Alias, DomainRow, DomainShare, Group
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.accounts.sharing import visible_domain_names


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainView:
    """A domain, by its name in A-labels.

    Attributes:
        accounts: how many there are, closed ones included.
        aliases: how many there are.
        groups: how many there are.
        shown_to: the domains whose accounts see its accounts and groups, in order.
    """

    name: str
    accounts: int = 0
    aliases: int = 0
    groups: int = 0
    shown_to: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing has an address in it."""
        return not (self.accounts or self.aliases or self.groups)


def list_domain_views(database: Database, actor: Principal) -> list[DomainView]:
    """Return the domains that this principal administers, in order."""
    with database.read() as session:
        names = {row.id: row.name for row in session.execute(select(DomainRow.id, DomainRow.name))}
        managed = {
            id_: name
            for id_, name in names.items()
            if authority.may(actor, Right.MANAGE_DOMAIN, name)
        }
        return sorted(_views(session, managed, names).values(), key=lambda each: each.name)


def view_domain(database: Database, actor: Principal, name: str) -> DomainView:
    """Return one domain.

    Raises:
        DomainNotFound, NotPermitted: it is none of the principal's.
    """
    with database.read() as session:
        row = require_domain(session, name)
        authority.require(actor, Right.MANAGE_DOMAIN, row.name)
        shown = select(DomainShare.domain_id).where(DomainShare.visible_domain_id == row.id)
        around = select(DomainRow.id, DomainRow.name).where(DomainRow.id.in_(shown))
        names = {each.id: each.name for each in session.execute(around)}
        return _views(session, {row.id: row.name}, names)[row.id]


def list_possible_viewers(database: Database, actor: Principal, name: str) -> list[str]:
    """Return the domains that a domain can be shown to, of those whose names the principal knows.

    Raises:
        DomainNotFound, NotPermitted: it is none of the principal's.
    """
    shown = view_domain(database, actor, name)
    with database.read() as session:
        readable = visible_domain_names(session, actor)
        names = session.scalars(select(DomainRow.name).order_by(DomainRow.name))
        known = [each for each in names if readable is None or each in readable]
    return [each for each in known if each not in {shown.name, *shown.shown_to}]


def _views(
    session: Session, wanted: Mapping[int, str], names: Mapping[int, str]
) -> dict[int, DomainView]:
    accounts, aliases, groups = (
        _count(session, column) for column in (Account.domain_id, Alias.domain_id, Group.domain_id)
    )
    shares = session.execute(select(DomainShare.visible_domain_id, DomainShare.domain_id)).all()
    viewers: dict[int, list[str]] = {id_: [] for id_ in wanted}
    for shown, viewer in shares:
        if shown in wanted and viewer in names:
            viewers[shown].append(names[viewer])
    return {
        id_: DomainView(
            name=name,
            accounts=accounts.get(id_, 0),
            aliases=aliases.get(id_, 0),
            groups=groups.get(id_, 0),
            shown_to=tuple(sorted(viewers[id_])),
        )
        for id_, name in wanted.items()
    }


def _count(session: Session, column: InstrumentedAttribute[int]) -> dict[int, int]:
    rows = session.execute(select(column, func.count().label("many")).group_by(column))
    return {row[0]: row.many for row in rows}
