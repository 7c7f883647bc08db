"""Mail domains served here."""

from collections.abc import Iterator

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import display_domain, lookup_spellings, normalise_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import Conflict, DomainNotFound
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Account,
    Administrator,
    Alias,
    Card,
    DeletedGroup,
    Department,
    DomainRow,
    DomainShare,
    Group,
    Member,
    Recipient,
)
from contactsgroups.persistence.queries import chunked, local_domain_names
from contactsgroups.services.accounts.addresses import release_reservations
from contactsgroups.services.unit_of_work import Work, write


def require_domain(session: Session, name: str) -> DomainRow:
    """Return the domain of this name, in any spelling.

    Raises:
        DomainNotFound: it is not served here.
    """
    normalised = normalise_domain(name)
    row = session.scalar(select(DomainRow).where(DomainRow.name == normalised))
    if row is None:
        raise DomainNotFound(
            "the domain {domain} is not served here", domain=display_domain(normalised)
        )
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


def remove_domain(database: Database, actor: Principal, name: str) -> str:
    """Serve a domain no more and return its normalised name; its departments go with it.

    So does who administers it, who sees it, and what is kept of groups that were deleted.  Members
    in it are outside members from then on.

    Raises:
        Conflict: accounts, aliases or groups still have addresses in it; nothing was changed.
        DomainNotFound, NotPermitted: nothing was changed.
    """
    with write(database, actor) as work:
        row = require_domain(work.session, name)
        authority.require(work.actor, Right.MANAGE_DOMAIN, row.name)
        _require_unused(work.session, row)
        normalised = row.name
        _remove_what_belongs_to(work, row)
        work.changed_domain(row)
        work.session.delete(row)
        work.session.flush()
        _recount_members_in(work, normalised)
        return normalised


def _require_unused(session: Session, domain: DomainRow) -> None:
    if held := list(_holders_in(session, domain)):
        name = display_domain(domain.name)
        raise Conflict(
            "{name} still has {held}; remove them first", name=name, held=", ".join(held)
        )


def _holders_in(session: Session, domain: DomainRow) -> Iterator[str]:
    """Yield how many of each kind have an address in a domain, where there are any."""
    for one, many, column in (
        ("account", "accounts", Account.domain_id),
        ("alias", "aliases", Alias.domain_id),
        ("group", "groups", Group.domain_id),
        ("alias domain", "alias domains", DomainRow.alias_of_id),
    ):
        if count := session.scalar(select(func.count()).where(column == domain.id)):
            yield f"{count} {one if count == 1 else many}"


def _remove_what_belongs_to(work: Work, domain: DomainRow) -> None:
    """Remove departments, appointments, shares and what is left of former groups."""
    deleted = select(DeletedGroup.address).where(DeletedGroup.domain_id == domain.id)
    for some in chunked(work.session.scalars(deleted).all()):
        release_reservations(work.session, some)
    _remove_departments(work.session, domain)
    work.session.execute(delete(Administrator).where(Administrator.domain_id == domain.id))
    viewers = select(DomainRow).join(DomainShare, DomainShare.domain_id == DomainRow.id)
    for viewer in work.session.scalars(viewers.where(DomainShare.visible_domain_id == domain.id)):
        work.changed_domain(viewer)
    is_shared = or_(DomainShare.domain_id == domain.id, DomainShare.visible_domain_id == domain.id)
    work.session.execute(delete(DomainShare).where(is_shared))
    # Books that had the domain have another sync token without it, so no client asks for these.
    work.session.execute(delete(Card).where(Card.domain_id == domain.id))


def _remove_departments(session: Session, domain: DomainRow) -> None:
    """Remove the departments of a domain, those below before those above."""
    rows = session.scalars(select(Department).where(Department.domain_id == domain.id)).all()
    for depth in sorted({row.path.count("/") for row in rows}, reverse=True):
        ids = [row.id for row in rows if row.path.count("/") == depth]
        for some in chunked(ids):
            session.execute(delete(Department).where(Department.id.in_(some)))


def _recount_members_in(work: Work, domain: str) -> None:
    """Note the groups with members in this domain, who are inside now or outside, for a count."""
    for column in (Recipient.address, Member.address):
        is_in = column.endswith("@" + domain, autoescape=True)
        table = column.class_
        statement = select(Group).join(table, table.group_id == Group.id).where(is_in)
        for group in work.session.scalars(statement.distinct()):
            work.changed_group(group)


def list_domains(database: Database, actor: Principal) -> list[str]:
    """Return the names of the domains that this principal administers, in order."""
    with database.read() as session:
        names = sorted(local_domain_names(session))
        return [name for name in names if authority.may(actor, Right.MANAGE_DOMAIN, name)]


def _unicode_name(domain: str) -> str | None:
    return next(iter(lookup_spellings(domain)[1:]), None)
