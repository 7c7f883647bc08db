"""Mail domains served here."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import display_domain, lookup_spellings, normalise_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import DomainNotFound
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import DomainRow, Group, Recipient
from contactsgroups.persistence.queries import local_domain_names
from contactsgroups.services.unit_of_work import Work, write


def require_domain(session: Session, name: str) -> DomainRow:
    """Return the domain of this name, in any spelling.

    Raises:
        DomainNotFound: it is not served here.
    """
    normalised = normalise_domain(name)
    row = session.scalar(select(DomainRow).where(DomainRow.name == normalised))
    if row is None:
        raise DomainNotFound(f"the domain {display_domain(normalised)} is not served here")
    return row


def is_local_domain(session: Session, name: str) -> bool:
    """Whether the domain (as A-labels) is served here."""
    return session.scalar(select(DomainRow.id).where(DomainRow.name == name)) is not None


def ensure_domain(database: Database, actor: Principal, name: str) -> str:
    """Serve a mail domain and return its normalised name; harmless if it is served already."""
    with write(database, actor) as work:
        return ensure_domain_in(work, name).name


def ensure_domain_in(work: Work, name: str) -> DomainRow:
    """Find or add a domain within a unit of work."""
    normalised = normalise_domain(name.strip())
    authority.require(work.actor, Right.MANAGE_DOMAIN, normalised)
    row = work.session.scalar(select(DomainRow).where(DomainRow.name == normalised))
    if row is None:
        row = DomainRow(name=normalised, unicode_name=_unicode_name(normalised))
        work.session.add(row)
        work.session.flush()
        work.changed_domain(row)
        _recount_members_in(work, normalised)
    return row


def _recount_members_in(work: Work, domain: str) -> None:
    """Note the groups with members of this domain, which were outside members, for a new count."""
    inside = Recipient.address.endswith("@" + domain, autoescape=True)
    statement = select(Group).join(Recipient, Recipient.group_id == Group.id).where(inside)
    for group in work.session.scalars(statement.distinct()):
        work.changed_group(group)


def list_domains(database: Database, actor: Principal) -> list[str]:
    """Return the names of the domains that this principal administers, in order."""
    with database.read() as session:
        names = sorted(local_domain_names(session))
        return [name for name in names if authority.may(actor, Right.MANAGE_DOMAIN, name)]


def _unicode_name(domain: str) -> str | None:
    return next(iter(lookup_spellings(domain)[1:]), None)
