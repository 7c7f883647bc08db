"""Who administers which domains."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import normalise_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import NotFound
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Administrator, DomainRow
from contactsgroups.services.accounts import domains
from contactsgroups.services.accounts.accounts import no_account, require_account
from contactsgroups.services.accounts.last_administrator import keep_an_administrator_in
from contactsgroups.services.accounts.sharing import sees_account
from contactsgroups.services.unit_of_work import Work, write


@dataclass(frozen=True, slots=True)
class Appointment:
    """An account and a domain that it administers; None stands for all domains."""

    address: str
    domain: str | None
    active: bool
    """Whether the account may sign in at all."""
    name: str = ""


def list_administrators(database: Database, actor: Principal) -> list[Appointment]:
    """Return the appointments that the actor could take back, by address and domain."""
    statement = (
        select(Account.address, DomainRow.name, Account.active, Account.display_name)
        .join_from(Administrator, Account, Account.id == Administrator.account_id)
        .outerjoin(DomainRow, DomainRow.id == Administrator.domain_id)
    )
    with database.read() as session:
        found = [Appointment(*row) for row in session.execute(statement)]
    listed = [each for each in found if authority.may(actor, *_needed(each.domain))]
    return sorted(listed, key=lambda each: (each.address, each.domain or ""))


def appoint_administrator(
    database: Database, actor: Principal, address: str, *, domain: str | None
) -> None:
    """Let an account administer one domain, or all of them if ``domain`` is None."""
    with write(database, actor) as work:
        appoint_administrator_in(work, address, domain)


def appoint_administrator_in(work: Work, address: str, domain: str | None) -> None:
    """Let an account administer a domain, or all of them, within a unit of work."""
    row = _administered_domain(work, domain)
    account = _seen_account(work, address)
    domain_id = row.id if row else None
    if not _appointments(
        work.session, account, Administrator.domain_id.is_not_distinct_from(domain_id)
    ):
        work.session.add(Administrator(account_id=account.id, domain_id=domain_id))


def remove_administrator(
    database: Database, actor: Principal, address: str, *, domain: str | None
) -> bool:
    """Take back that an account administers one domain; every domain if ``domain`` is None.

    It takes effect at once, also for requests that wait for their turn to write.

    Returns:
        Whether the account still administers something.

    Raises:
        NotFound: it does not administer that domain, or none at all.
        Conflict: see :func:`remove_appointment`.
        AccountNotFound, DomainNotFound, NotPermitted: nothing was changed.
    """
    with write(database, actor) as work:
        row = _administered_domain(work, domain)
        account = require_account(work.session, address)
        everything = _appointments(work.session, account)
        taken = [each for each in everything if row is None or each.domain_id == row.id]
        if not taken:
            _seen_account(work, address)
            raise NotFound(_what_is_missing(account, row, everything))
        for each in taken:
            _remove(work, account, each)
        return len(taken) < len(everything)


def remove_appointment(
    database: Database, actor: Principal, address: str, *, domain: str | None
) -> None:
    """Take back one appointment: of one domain, or the one of all domains if ``domain`` is None.

    Raises:
        NotFound: there is no such appointment.
        Conflict: nobody else who can sign in administers all domains.  The operator may remove the
            last one: only the command line can appoint the next.
        AccountNotFound, DomainNotFound, NotPermitted: nothing was changed.
    """
    with write(database, actor) as work:
        row = _administered_domain(work, domain)
        account = require_account(work.session, address)
        domain_id = row.id if row else None
        found = _appointments(
            work.session, account, Administrator.domain_id.is_not_distinct_from(domain_id)
        )
        if not found:
            _seen_account(work, address)
            where = row.name if row else Sentence("all domains")
            raise NotFound(
                "{address} is not appointed administrator of {where}",
                address=account.address,
                where=where,
            )
        _remove(work, account, found[0])


def _administered_domain(work: Work, domain: str | None) -> DomainRow | None:
    """Return the domain, None for all, once the actor may appoint administrators of it."""
    authority.require(work.actor, *_needed(normalise_domain(domain) if domain else None))
    return domains.require_domain(work.session, domain) if domain else None


def _seen_account(work: Work, address: str) -> Account:
    """Return an account that the actor may know of; all others are as if there were none.

    Raises:
        AccountNotFound
    """
    account = require_account(work.session, address)
    if not sees_account(work.session, work.actor, account):
        raise no_account(account.address)
    return account


def _remove(work: Work, account: Account, row: Administrator) -> None:
    _require_right_to_remove(work, row)
    if row.domain_id is None:
        keep_an_administrator_in(work, account)
    work.session.delete(row)


def _needed(domain: str | None) -> tuple[Right, str | None]:
    """Return the right to appoint administrators of a domain, or of all, and where it is needed."""
    right = Right.APPOINT_SUPER_ADMINISTRATORS if domain is None else Right.MANAGE_DOMAIN
    return right, domain


def _appointments(
    session: Session, account: Account, *conditions: ColumnElement[bool]
) -> list[Administrator]:
    statement = select(Administrator).where(Administrator.account_id == account.id, *conditions)
    return list(session.scalars(statement))


def _require_right_to_remove(work: Work, row: Administrator) -> None:
    domain = work.session.get(DomainRow, row.domain_id) if row.domain_id else None
    authority.require(work.actor, *_needed(domain.name if domain else None))


def _what_is_missing(
    account: Account, domain: DomainRow | None, present: list[Administrator]
) -> Sentence:
    who = account.address
    if domain is None:
        return Sentence("{address} does not administer anything", address=who)
    if any(each.domain_id is None for each in present):
        return Sentence(
            "{address} administers all domains, and {domain} only as one of them",
            address=who,
            domain=domain.name,
        )
    return Sentence("{address} does not administer {domain}", address=who, domain=domain.name)
