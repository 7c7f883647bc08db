"""Groups that were deleted: for a time they can be restored, and their addresses are reserved.

Mail to them is refused (see the views for Postfix).  Whoever may delete a group may restore it, or
release its address at once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address, display_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import Conflict, DepartmentNotFound, GroupNotFound
from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.principal import UPKEEP, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    DeletedGroup,
    DomainRow,
    Group,
)
from contactsgroups.persistence.queries import scalars_where
from contactsgroups.services.accounts import addresses
from contactsgroups.services.accounts.departments import find_department
from contactsgroups.services.accounts.group_standing import own_addresses
from contactsgroups.services.groups import team_quota
from contactsgroups.services.groups.group_snapshots import (
    GroupSnapshot,
    known_values,
    read_snapshot,
)
from contactsgroups.services.groups.restoration import Restored, bring_back_in
from contactsgroups.services.unit_of_work import Work, write
from contactsgroups.services.unit_of_work.turns import let_others_write

PAGE_LIMIT = 100
_NAMED = 5  # addresses that a sentence names
_PIECE = 200  # groups that are purged at once


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedGroupView:
    """What a list shows of a deleted group."""

    uuid: str
    address: str
    original: str
    shown_name: str
    domain: str
    kind: str
    deleted_at: datetime
    deleted_by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DeletedPage:
    """Deleted groups in the order of their addresses; ``next_after`` asks for the next page."""

    groups: tuple[DeletedGroupView, ...]
    next_after: str | None


def list_deleted(
    database: Database, actor: Principal, *, after: str = "", limit: int = PAGE_LIMIT
) -> DeletedPage:
    """Return the deleted groups that a principal may restore, a page at a time."""
    with database.read() as session:
        statement = (
            select(DeletedGroup)
            .options(joinedload(DeletedGroup.domain))
            .where(_restorable(session, actor), DeletedGroup.address > after)
            .order_by(DeletedGroup.address)
            .limit(limit + 1)
        )
        rows = session.scalars(statement).all()
        page = tuple(_view(row) for row in rows[:limit])
        return DeletedPage(page, page[-1].address if len(rows) > limit else None)


def count_deleted(database: Database, actor: Principal) -> int:
    """Return how many deleted groups a principal may restore."""
    with database.read() as session:
        statement = select(func.count()).select_from(DeletedGroup)
        return session.scalar(statement.where(_restorable(session, actor))) or 0


def restorable_uuids(session: Session, actor: Principal, uuids: Collection[str]) -> set[str]:
    """Return which of the groups are deleted, and could be restored by a principal."""
    statement = select(DeletedGroup.uuid).where(_restorable(session, actor))
    return set(scalars_where(session, statement, DeletedGroup.uuid, uuids))


def show_deleted(database: Database, actor: Principal, uuid: str) -> DeletedGroupView:
    """Return one deleted group.

    Raises:
        GroupNotFound: there is none that this principal may restore.
    """
    with database.read() as session:
        return _view(_require_deleted(session, actor, DeletedGroup.uuid == uuid))


def find_deleted(database: Database, actor: Principal, address: str) -> DeletedGroupView:
    """Return the deleted group that had an address.

    Raises:
        InvalidAddress: it is none.
        GroupNotFound: there is none that this principal may restore.
    """
    key = str(Address.parse(address))
    with database.read() as session:
        return _view(_require_deleted(session, actor, DeletedGroup.address == key))


def restore_group(database: Database, actor: Principal, uuid: str) -> Restored:
    """Let a deleted group be there again, as it was as far as that is possible.

    Raises:
        GroupNotFound: there is none that this principal may restore.
        Conflict: its department does not exist any more, or its creator has created as many
            teams meanwhile as one account may; nothing was changed.
    """
    with write(database, actor) as work:
        return restore_in(work, uuid)


def restore_in(work: Work, uuid: str) -> Restored:
    """Restore a deleted group within a unit of work."""
    session = work.session
    work.tell_no_additions()
    deleted = _require_deleted(session, work.actor, DeletedGroup.uuid == uuid)
    report, snapshot = Restored(uuid, deleted.original), read_snapshot(deleted)
    group, deleted_at = _group_of(session, deleted, snapshot), deleted.deleted_at
    if group.kind == GroupKind.TEAM:
        team_quota.require_room(session, work.actor, group.applicant, deleted.domain.name)
    group.version += 1
    group.updated_at, group.updated_by = datetime.now(UTC), str(work.actor.address)
    addresses.reclaim(session, deleted.address)
    session.delete(deleted)
    session.flush()
    session.add(group)
    session.flush()
    bring_back_in(work, group, snapshot, deleted_at, report)
    work.changed_group(group)
    return report


def release_address(database: Database, actor: Principal, uuid: str) -> str:
    """Forget a deleted group, and return its address, which anybody may have from now on.

    Raises:
        GroupNotFound: there is none that this principal may restore.
    """
    with write(database, actor) as work:
        deleted = _require_deleted(work.session, actor, DeletedGroup.uuid == uuid)
        original = deleted.original
        _release_in(work, [deleted])
        return original


def purge_expired(database: Database) -> int:
    """Forget the deleted groups whose time has run out, and return how many there were."""
    is_due = DeletedGroup.expires_at <= datetime.now(UTC)
    due = select(DeletedGroup).where(is_due).order_by(DeletedGroup.expires_at).limit(_PIECE)
    count = 0
    while True:
        with database.read() as session:  # Mostly there is none, so the lock is not asked for.
            if session.scalar(due.with_only_columns(DeletedGroup.uuid)) is None:
                return count
        if count:
            let_others_write()
        with write(database, UPKEEP) as work:
            rows = work.session.scalars(due).all()
            _release_in(work, rows)
            count += len(rows)


def _release_in(work: Work, rows: Sequence[DeletedGroup]) -> None:
    for row in rows:
        work.released_address(row.domain_id, row.address)
    addresses.release_reservations(work.session, [row.address for row in rows])


def _restorable(session: Session, actor: Principal) -> ColumnElement[bool]:
    """Return the condition for the groups that a principal could delete if they were there."""
    is_kept = DeletedGroup.expires_at > datetime.now(UTC)
    domains = authority.domains_where(actor, Right.DELETE_GROUP)
    if domains is None:
        return is_kept
    administered = select(DomainRow.id).where(DomainRow.name.in_(domains))
    return is_kept & or_(DeletedGroup.domain_id.in_(administered), _is_owned(session, actor))


def _is_owned(session: Session, actor: Principal) -> ColumnElement[bool]:
    """Return the condition for the teams that were a principal's own.

    Whoever got an owner's address after the team was deleted is somebody else.
    """
    own = addresses.claimed_since(session, own_addresses(session, actor))
    return or_(
        false(),
        *(
            DeletedGroup.owners.contains(f"\n{address}\n", autoescape=True)
            & (DeletedGroup.deleted_at >= since)
            for address, since in sorted(own.items())
        ),
    )


def _require_deleted(
    session: Session, actor: Principal, condition: ColumnElement[bool]
) -> DeletedGroup:
    statement = select(DeletedGroup).options(joinedload(DeletedGroup.domain))
    row = session.scalar(statement.where(condition, _restorable(session, actor)))
    if row is None:
        raise GroupNotFound("there is no such deleted group, or it cannot be restored any more")
    return row


def _view(row: DeletedGroup) -> DeletedGroupView:
    return DeletedGroupView(
        uuid=row.uuid,
        address=row.address,
        original=row.original,
        shown_name=row.shown_name,
        domain=display_domain(row.domain.name),
        kind=row.kind,
        deleted_at=row.deleted_at,
        deleted_by=row.deleted_by,
        expires_at=row.expires_at,
    )


def _group_of(session: Session, deleted: DeletedGroup, snapshot: GroupSnapshot) -> Group:
    """Return the group as a row that is not stored yet.

    Raises:
        Conflict: its department does not exist any more.
    """
    (values,) = known_values(Group, [snapshot.group])
    group = Group(**values, domain_id=deleted.domain_id, picture=deleted.picture)
    if snapshot.department:
        try:
            group.department = find_department(session, deleted.domain, snapshot.department)
        except DepartmentNotFound as error:
            raise Conflict(
                "{address} cannot be restored without its department {department}; add that first",
                address=deleted.original,
                department=snapshot.department,
            ) from error
    return group
