"""Groups that were deleted: for a time they can be restored, and their addresses are reserved.

Mail to them is refused (see the views for Postfix).  Whoever may delete a group may restore it, or
release its address at once.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, insert, or_, select, true
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address, display_domain
from contactsgroups.domain.authority import Right, Standing
from contactsgroups.domain.errors import Conflict, DepartmentNotFound, GroupNotFound
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Base,
    DeletedGroup,
    DomainRow,
    Group,
    GroupRole,
    KeptMember,
    Member,
)
from contactsgroups.persistence.queries import holders, local_domain_names, scalars_where
from contactsgroups.services.accounts import addresses
from contactsgroups.services.accounts.departments import find_department
from contactsgroups.services.accounts.group_standing import own_addresses
from contactsgroups.services.accounts.succession import (
    any_active_account,
    appoint_successors_in,
    ids_with_owner,
)
from contactsgroups.services.groups.group_snapshots import (
    Elsewhere,
    GroupSnapshot,
    Values,
    known_values,
    read_snapshot,
)
from contactsgroups.services.groups.kept_members import fit_members
from contactsgroups.services.groups.members import find_cycles
from contactsgroups.services.unit_of_work import Work, derivation, write

PAGE_LIMIT = 100
_NAMED = 5  # addresses that a sentence names
_PIECE = 200  # groups that are purged at once

_UPKEEP = replace(OPERATOR, origin="upkeep")


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


@dataclass(slots=True)
class Restored:
    """A group that is back; ``notes`` say what is not, one sentence each without a full stop."""

    uuid: str
    original: str
    notes: list[str] = field(default_factory=list)


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
        Conflict: its department does not exist any more; nothing was changed.
    """
    with write(database, actor) as work:
        return restore_in(work, uuid)


def restore_in(work: Work, uuid: str) -> Restored:
    """Restore a deleted group within a unit of work."""
    session = work.session
    deleted = _require_deleted(session, work.actor, DeletedGroup.uuid == uuid)
    report, snapshot = Restored(uuid, deleted.original), read_snapshot(deleted)
    group = _group_of(session, deleted, snapshot)
    group.version += 1
    group.updated_at, group.updated_by = datetime.now(UTC), str(work.actor.address)
    addresses.reclaim(session, deleted.address)
    session.delete(deleted)
    session.flush()
    session.add(group)
    session.flush()
    _restore_people_in(work, group, snapshot, report)
    _restore_place_in(work, group, snapshot, report)
    _look_after_in(work, group, report)
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
        with write(database, _UPKEEP) as work:
            rows = work.session.scalars(due).all()
            _release_in(work, rows)
            count += len(rows)


def _release_in(work: Work, rows: Sequence[DeletedGroup]) -> None:
    for row in rows:
        work.released_address(row.domain_id, row.address)
    addresses.expire_reservations(work.session, [row.address for row in rows])


def _restorable(session: Session, actor: Principal) -> ColumnElement[bool]:
    """Return the condition for the groups that a principal could delete if they were there."""
    domains = authority.domains_where(actor, Right.DELETE_GROUP)
    if domains is None:
        return true()
    administered = select(DomainRow.id).where(DomainRow.name.in_(domains))
    owned = (
        DeletedGroup.owners.contains(f"\n{address}\n", autoescape=True)
        for address in sorted(own_addresses(session, actor))
    )
    return or_(DeletedGroup.domain_id.in_(administered), *owned)


def _require_deleted(
    session: Session, actor: Principal, condition: ColumnElement[bool]
) -> DeletedGroup:
    row = session.scalar(
        select(DeletedGroup).options(joinedload(DeletedGroup.domain)).where(condition)
    )
    roles: set[Standing] = set()
    if row is not None and own_addresses(session, actor) & set(row.owners.split("\n")):
        roles = {Standing.TEAM_OWNER}
    if row is None or not authority.may(actor, Right.DELETE_GROUP, row.domain.name, roles):
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


def _restore_people_in(work: Work, group: Group, snapshot: GroupSnapshot, report: Restored) -> None:
    """Restore members and roles, as far as their addresses still exist."""
    session = work.session
    _insert(session, KeptMember, group, snapshot.kept_members)
    if GroupKind(group.kind).is_derived:
        derivation.derive_all(session, group)
    else:
        fit = fit_members(session, group, {each["address"] for each in snapshot.members})
        _insert(
            session, Member, group, (each for each in snapshot.members if each["address"] in fit)
        )
        lost = [each["original"] for each in snapshot.members if each["address"] not in fit]
        report.notes += _missing(lost, "is not a member again", "are not members again")
    there = _present(session, {each["address"] for each in snapshot.roles})
    _insert(
        session, GroupRole, group, (each for each in snapshot.roles if each["address"] in there)
    )
    lost = [each["original"] for each in snapshot.roles if each["address"] not in there]
    report.notes += _missing(lost, "has no role in it again", "have no role in it again")
    session.expire(group, ["members", "roles"])


def _insert(session: Session, entity: type[Base], group: Group, rows: Iterable[Values]) -> None:
    values = [each | {"group_id": group.id} for each in known_values(entity, rows)]
    if values:
        session.execute(insert(entity), values)


def _present(session: Session, wanted: Collection[str]) -> set[str]:
    """Return the addresses that somebody here has, and those of other servers."""
    served, taken = local_domain_names(session), holders(session, wanted)
    return {each for each in wanted if each in taken or each.rpartition("@")[2] not in served}


def _missing(lost: Sequence[str], one: str, many: str) -> list[str]:
    """Say who is missing, because the address does not exist any more."""
    if not lost:
        return []
    named = ", ".join(lost[:_NAMED])
    more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
    return [f"{named}{more} {one if len(lost) == 1 else many}"]


def _restore_place_in(work: Work, group: Group, snapshot: GroupSnapshot, report: Restored) -> None:
    """Put the group back into those that contained it or gave it a role."""
    session = work.session
    uuids = {
        each.uuid
        for part in (snapshot.memberships, snapshot.roles_elsewhere, snapshot.kept_elsewhere)
        for each in part
    }
    others = {each.uuid: each for each in scalars_where(session, select(Group), Group.uuid, uuids)}
    for each in snapshot.memberships:
        fault = _membership_fault(session, group, others.get(each.uuid))
        if fault:
            report.notes.append(
                Sentence("it is not in {address} again, {why}", address=each.address, why=fault)
            )
        else:
            _insert_elsewhere(session, Member, others[each.uuid], each)
            work.changed_group(others[each.uuid])
    for entity, part in (
        (GroupRole, snapshot.roles_elsewhere),
        (KeptMember, snapshot.kept_elsewhere),
    ):
        for each in part:
            if each.uuid in others:
                _insert_elsewhere(session, entity, others[each.uuid], each)
                work.changed_group(others[each.uuid])


def _membership_fault(session: Session, group: Group, parent: Group | None) -> str:
    """Return why a group cannot be a member again; nothing if it can."""
    if parent is None:
        return Sentence("which does not exist any more")
    if GroupKind(parent.kind).is_derived:
        return Sentence("whose members follow the directory now")
    if find_cycles(session, parent.address, [group.address]):
        return Sentence("which it contains now")
    return ""


def _insert_elsewhere(session: Session, entity: type[Base], parent: Group, kept: Elsewhere) -> None:
    """Insert a row of the group in another one, under the address that it has."""
    _insert(session, entity, parent, [kept.values])
    session.expire(parent)


def _look_after_in(work: Work, group: Group, report: Restored) -> None:
    """See that somebody answers for the group; the accounts that did may have gone meanwhile."""
    session = work.session
    session.flush()
    if group.kind == GroupKind.TEAM and not ids_with_owner(session, [group.id]):
        appoint_successors_in(work, [group])
        owners = [row.original for row in group.roles if row.role == Role.OWNER]
        report.notes.append(
            Sentence("its owner is {owners}", owners=", ".join(owners))
            if owners
            else Sentence("it has no owner")
        )
    responsible = {row.address for row in group.roles if row.role != Role.ALLOWED_SENDER}
    holds = group.moderated and not group.disabled
    if holds and not any_active_account(session, responsible):
        report.notes.append(Sentence("nobody can approve messages to it; name a moderator"))
    first = select(Member.id).where(Member.group_id == group.id).limit(1)
    if session.scalar(first) is None:
        report.notes.append(Sentence("nobody is in it"))
