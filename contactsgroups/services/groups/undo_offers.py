"""Which changes a principal can take back: what is offered beside an entry, or after a change.

An offer says that the change is one of groups, was not taken back already, and is the principal's
to undo.  Whether a rule of groups forbids it shows when it is tried.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain.authority import Right
from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.principal import UPKEEP, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditRow, Group
from contactsgroups.persistence.queries import scalars_where
from contactsgroups.services.accounts.group_standing import groups_where
from contactsgroups.services.audit_log import (
    AuditEntry,
    entry_of,
    read_actions,
    read_undoing,
)
from contactsgroups.services.groups.deleted_groups import restorable_uuids
from contactsgroups.services.groups.undoing import UNDOABLE, WORKS_LIMIT

_RIGHTS = (Right.EDIT_SETTINGS, Right.EDIT_MEMBERS)
_ENTRIES_LIMIT = 500  # of changes that are offered to be undone together


def find_offers(
    database: Database, actor: Principal, entries: Sequence[AuditEntry]
) -> Mapping[int, int]:
    """Return the entries whose change a principal can take back in their groups.

    By their ids, each with the number of groups that were changed together.
    """
    candidates = [each for each in entries if each.work_id and _may_be_undone(each)]
    if actor.read_only or not candidates:
        return {}
    with database.read() as session:
        return _offers_among(session, actor, candidates)


def _may_be_undone(entry: AuditEntry) -> bool:
    # Whose last day has passed is brought back by nothing; the upkeep changes no groups besides.
    return entry.action in UNDOABLE and entry.origin != UPKEEP.origin


def may_undo(database: Database, actor: Principal, work_ids: Sequence[str]) -> bool:
    """Whether a principal can take back all that some units of work did, in every group."""
    if actor.read_only or not 0 < len(work_ids) <= WORKS_LIMIT:
        return False
    with database.read() as session:
        is_wanted = AuditRow.work_id.in_(list(work_ids))
        statement = select(AuditRow).where(is_wanted).limit(_ENTRIES_LIMIT + 1)
        entries = [entry_of(row) for row in session.scalars(statement)]
        if not entries or len(entries) > _ENTRIES_LIMIT:
            return False
        removing = {each.work_id for each in entries if each.action == "remove group"}
        # With a group that is restored, its place in others comes back whoever edits those.
        asked = [e for e in entries if e.work_id not in removing or e.action == "remove group"]
        return _offers_among(session, actor, asked).keys() == {each.id for each in asked}


def _offers_among(
    session: Session, actor: Principal, entries: Sequence[AuditEntry]
) -> dict[int, int]:
    actions = read_actions(session, {each.work_id for each in entries})
    uuids = {each.group_uuid for each in entries}
    undone = _undone_since(session, uuids, min(each.id for each in entries))
    restorable = restorable_uuids(session, actor, uuids)
    statement = select(Group).options(joinedload(Group.domain))
    groups = {each.uuid: each for each in scalars_where(session, statement, Group.uuid, uuids)}
    editable = set(groups.values())
    for right in _RIGHTS:
        allowed = groups_where(session, actor, right, editable)
        editable = {each for each in editable if each.id in allowed}

    def is_offered(entry: AuditEntry) -> bool:
        done = actions[entry.work_id].keys()
        if not done <= UNDOABLE or entry.work_id in undone[entry.group_uuid]:
            return False
        if entry.action == "remove group":
            return entry.group_uuid in restorable
        if "remove group" in done:
            return False  # It lost a member that was deleted, and gets it back with that.
        group = groups.get(entry.group_uuid)
        return group in editable and _is_by_hand(entry, group)

    return {each.id: sum(actions[each.work_id].values()) for each in entries if is_offered(each)}


def _is_by_hand(entry: AuditEntry, group: Group | None) -> bool:
    """Whether it is more than members who follow the directory."""
    is_derived = group is not None and GroupKind(group.kind).is_derived
    return not is_derived or bool(entry.detail.keys() & {"fields", "roles"})


def _undone_since(
    session: Session, group_uuids: Collection[str], since: int
) -> dict[str, set[str]]:
    """Return the units of work that are taken back now, by the UUID of the group.

    What took something back may have been taken back itself.
    """
    undone: dict[str, set[str]] = defaultdict(set)
    for work_id, group_uuid, undoes in read_undoing(session, group_uuids, since):
        if work_id not in undone[group_uuid]:
            undone[group_uuid] |= set(undoes)
    return undone
