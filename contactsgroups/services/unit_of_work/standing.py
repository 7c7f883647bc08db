"""Whether an actor still is what it was when its request began."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import NotPermitted
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Account, Administrator, DomainRow


def require_standing(session: Session, actor: Principal) -> None:
    """Look again, now that nobody else writes: a request may have waited long for its turn.

    A principal that a host made itself has no row to compare with.

    Raises:
        NotPermitted: the account was closed or removed meanwhile, or administers less.
    """
    if actor.account_id is None:
        return
    statement = select(Account.address).where(Account.id == actor.account_id, Account.active)
    if session.scalar(statement) != str(actor.address):
        raise NotPermitted("the account {address} is not active any more", address=actor.address)
    if actor.managed_domains == frozenset():
        return
    present = read_managed_domains(session, actor.account_id)
    if present is not None and not (actor.managed_domains or {None}) <= present:
        raise NotPermitted("{address} does not administer as much any more", address=actor.address)


def read_managed_domains(session: Session, account_id: int) -> frozenset[str] | None:
    """Return the domains that an account administers, as A-labels; None for all."""
    statement = (
        select(Administrator.id.label("administrator_id"), Administrator.domain_id, DomainRow.name)
        .outerjoin(DomainRow, DomainRow.id == Administrator.domain_id)
        .where(Administrator.account_id == account_id)
    )
    return managed_domains_of(session.execute(statement).all())


def managed_domains_of(rows: Sequence[Any]) -> frozenset[str] | None:
    """Return the domains of an account's appointments; None if one of them is for all.

    Args:
        rows: with ``administrator_id``, which is empty where there is no appointment,
            ``domain_id``, which is empty for all domains, and the domain's ``name``.
    """
    appointments = [row for row in rows if row.administrator_id is not None]
    if any(row.domain_id is None for row in appointments):
        return None
    return frozenset(row.name for row in appointments)
