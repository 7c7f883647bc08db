"""Which domains' accounts and groups a principal may see: its own, and those shown to it."""

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address, display_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, DomainRow, DomainShare, Group
from contactsgroups.persistence.queries import local_domain_names
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.unit_of_work import write

# Built once: it runs for each completion after a change of the database.
_domains, _shares = DomainRow.__table__, DomainShare.__table__
_VISIBLE_BY_NAME = (
    select(_domains.c.id, _shares.c.visible_domain_id)
    .select_from(_domains.outerjoin(_shares, _shares.c.domain_id == _domains.c.id))
    .where(_domains.c.name == bindparam("domain"))
)


def share_domain(database: Database, actor: Principal, domain: str, with_domain: str) -> None:
    """Show the accounts and groups of ``domain`` to the accounts of ``with_domain``.

    Raises:
        DomainNotFound, NotPermitted: nothing was changed.
    """
    with write(database, actor) as work:
        shown = require_domain(work.session, domain)
        viewer = require_domain(work.session, with_domain)
        authority.require(actor, Right.MANAGE_DOMAIN, shown.name)
        key = (viewer.id, shown.id)
        if shown.id == viewer.id or work.session.get(DomainShare, key) is not None:
            return
        work.session.add(DomainShare(domain_id=viewer.id, visible_domain_id=shown.id))
        work.changed_domain(viewer)


def hide_domain(database: Database, actor: Principal, domain: str, from_domain: str) -> None:
    """Undo :func:`share_domain`; harmless if there is no such share."""
    with write(database, actor) as work:
        shown = require_domain(work.session, domain)
        viewer = require_domain(work.session, from_domain)
        authority.require(actor, Right.MANAGE_DOMAIN, shown.name)
        work.session.execute(
            delete(DomainShare).where(
                DomainShare.domain_id == viewer.id, DomainShare.visible_domain_id == shown.id
            )
        )
        work.changed_domain(viewer)


def visible_domain_ids(session: Session | Connection, domain: str) -> list[int]:
    """Return the domains that accounts of ``domain`` (as A-labels) may see, their own first."""
    rows = session.execute(_VISIBLE_BY_NAME, {"domain": domain}).all()
    return [own for own, _ in rows[:1]] + sorted(shown for _, shown in rows if shown is not None)


def visible_from(session: Session, domain_id: int) -> list[int]:
    """Return the domains that accounts of this one may see, their own first."""
    shown = select(DomainShare.visible_domain_id).where(DomainShare.domain_id == domain_id)
    return [domain_id, *sorted(session.scalars(shown))]


def viewers_of(session: Session, domain_id: int) -> list[int]:
    """Return the domains whose accounts may see this one, which is the first of them."""
    viewers = select(DomainShare.domain_id).where(DomainShare.visible_domain_id == domain_id)
    return [domain_id, *sorted(session.scalars(viewers))]


def visible_domain_names(session: Session, principal: Principal) -> set[str] | None:
    """Return the domains whose names this principal may read; None means all.

    Those it may see as a colleague, and those it administers.
    """
    managed = authority.domains_where(principal, Right.SEE_NAMES)
    if managed is None:
        return None
    ids = visible_domain_ids(session, principal.domain)
    names = session.scalars(select(DomainRow.name).where(DomainRow.id.in_(ids)))
    return {*names, *managed}


def unseen_domains(session: Session, principal: Principal) -> set[str]:
    """Return the domains of ours whose accounts this principal may not know."""
    readable = visible_domain_names(session, principal)
    return set() if readable is None else set(local_domain_names(session)) - readable


def is_group_visible(session: Session, principal: Principal, group: Group) -> bool:
    """Whether a group is listed, in a domain that this principal may see."""
    return group.is_listed and group.domain_id in visible_domain_ids(session, principal.domain)


def sees_account(session: Session, principal: Principal, account: Account) -> bool:
    """Whether a principal may know of an account: of active ones it is shown, and those it manages.

    All others are to be as if there were none.
    """
    if authority.may(principal, Right.MANAGE_ACCOUNTS, account.domain.name):
        return True
    return account.active and account.domain_id in visible_domain_ids(session, principal.domain)


def unseen_address(address: Address, field: str) -> InvalidAddress:
    """Return the fault of every address in a domain of ours that the actor may not see."""
    where = display_domain(address.domain)
    return InvalidAddress(
        "{address}: {where} is served here but not shown to you; its administrator can show it",
        field=field,
        address=address,
        where=where,
    )
