"""Whether an actor still is what it was when its request began."""

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
        raise NotPermitted(f"the account {actor.address} is not active any more")
    if actor.managed_domains == frozenset():
        return
    present = read_managed_domains(session, actor.account_id)
    if present is not None and not (actor.managed_domains or {None}) <= present:
        raise NotPermitted(f"{actor.address} does not administer as much any more")


def read_managed_domains(session: Session, account_id: int) -> frozenset[str] | None:
    """Return the domains that an account administers, as A-labels; None for all."""
    rows = session.execute(
        select(Administrator.domain_id, DomainRow.name)
        .outerjoin(DomainRow, DomainRow.id == Administrator.domain_id)
        .where(Administrator.account_id == account_id)
    ).all()
    if any(row.domain_id is None for row in rows):
        return None
    return frozenset(row.name for row in rows)
