"""Who administers which domains."""

from sqlalchemy import select

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Administrator
from contactsgroups.services.accounts import domains
from contactsgroups.services.accounts.accounts import require_account
from contactsgroups.services.unit_of_work import Work, write


def appoint_administrator(
    database: Database, actor: Principal, address: str, *, domain: str | None
) -> None:
    """Let an account administer one domain, or all of them if ``domain`` is None."""
    with write(database, actor) as work:
        appoint_administrator_in(work, address, domain)


def appoint_administrator_in(work: Work, address: str, domain: str | None) -> None:
    """Let an account administer a domain, or all of them, within a unit of work."""
    account = require_account(work.session, address)
    row = domains.require_domain(work.session, domain) if domain else None
    if row is None:
        authority.require(work.actor, Right.APPOINT_SUPER_ADMINISTRATORS, None)
    else:
        authority.require(work.actor, Right.MANAGE_DOMAIN, row.name)
    domain_id = row.id if row else None
    known = select(Administrator.id).where(
        Administrator.account_id == account.id,
        Administrator.domain_id.is_(None) if row is None else Administrator.domain_id == row.id,
    )
    if work.session.scalar(known) is None:
        work.session.add(Administrator(account_id=account.id, domain_id=domain_id))
