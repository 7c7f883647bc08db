"""Take back a change of groups: one unit of work, as the audit log has it.

What was changed again since stays (see :mod:`contactsgroups.domain.undoing`).  Everything else goes
through the same back rooms as by hand, so the same rights are asked for and the same checks hold.
The undo is a change of its own, with entries in the log, and can be undone itself.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import Conflict, InvalidInput, NoMembers, NotFound
from contactsgroups.domain.faults import FAULTS
from contactsgroups.domain.group import SETTINGS, GroupKind, Role
from contactsgroups.domain.last_day import read_last_day
from contactsgroups.domain.merging import Value
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence, in_a_row
from contactsgroups.domain.undoing import MEMBERS, GroupChange, Moves, take_back
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditRow, Group, Member
from contactsgroups.persistence.queries import chunked
from contactsgroups.services.accounts.group_standing import require_in_group
from contactsgroups.services.audit_log import read_details
from contactsgroups.services.groups.deleted_groups import restore_in
from contactsgroups.services.groups.drafts import GroupDraft, refuse_too_many
from contactsgroups.services.groups.editing import draft_like, update_group_in
from contactsgroups.services.groups.former_days import (
    already_pinned,
    pin_until_former_days_in,
    set_former_days_in,
    without_ended_pins,
)
from contactsgroups.services.groups.last_days import ended_among, without_ended
from contactsgroups.services.groups.members import ADDRESSES_LIMIT, add_in
from contactsgroups.services.groups.reading import details_of
from contactsgroups.services.groups.responsible import require_responsible_in, responsible_for
from contactsgroups.services.groups.restoration import told
from contactsgroups.services.groups.stored_settings import settings_of
from contactsgroups.services.unit_of_work import Work, write

UNDOABLE = frozenset({"change group", "remove group"})
"""What the log calls changes that can be taken back, if a unit of work has no others."""
WORKS_LIMIT = 20
"""Units of work that are taken back at once: many members are changed in pieces."""

_LABELS = {each.name: each.label.lower() for each in SETTINGS} | {"original": "address"}
_SETTINGS = frozenset(each.name for each in SETTINGS)


@dataclass(slots=True)
class Undone:
    """What became of an undo.

    Attributes:
        groups: the addresses of the groups that were changed, or are back.
        notes: what stays as it is, and why: one sentence each, without a full stop.
        back: memberships that are there again; of a group that is back, all that it has.
        gone: memberships that are there no more.
        settings: settings and roles that are as before, each counted once in a group.
    """

    groups: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    back: int = 0
    gone: int = 0
    settings: int = 0

    @property
    def counts(self) -> list[str]:
        """What was undone, in numbers: one sentence each, without a full stop."""
        told = (
            Sentence("1 member is back", many="{number} members are back", number=self.back),
            Sentence(
                "1 member is out again", many="{number} members are out again", number=self.gone
            ),
            Sentence(
                "1 setting is as before",
                many="{number} settings are as before",
                number=self.settings,
            ),
        )
        return [each for each in told if each.values["number"]]


def undo_changes(
    database: Database, actor: Principal, work_ids: Sequence[str], *, only: str = ""
) -> Undone:
    """Take back units of work, the newest first, in one transaction.

    Args:
        work_ids: as entries of the audit log have them, in the order in which they were written.
        only: the UUID of the one group in which they are taken back; empty for all.

    Raises:
        NotFound: there is no such change.
        GroupNotFound, NotPermitted: the actor could not do by hand what has to be done.
        Conflict: nothing is left to undo, or a group cannot be as it was; nothing was changed.
    """
    authority.require_writing(actor)
    if not work_ids:
        raise _no_such_change()
    if len(work_ids) > WORKS_LIMIT:
        raise InvalidInput("more than {limit} changes at once", field="change", limit=WORKS_LIMIT)
    with write(database, actor) as work:
        undone = Undone()
        for work_id in reversed(list(dict.fromkeys(work_ids))):
            _undo_in(work, work_id, only, undone)
            work.undo(work_id)
        if not undone.groups:
            raise _nothing_left(undone)
        undone.groups = list(dict.fromkeys(undone.groups))
        return undone


def _no_such_change() -> NotFound:
    return NotFound("there is no such change")


def _nothing_left(undone: Undone) -> Conflict:
    if not undone.notes:
        return Conflict("nothing of this change is left to undo")
    notes = in_a_row(undone.notes[:5])
    return Conflict("nothing of this change is left to undo: {notes}", notes=notes)


def _undo_in(work: Work, work_id: str, only: str, undone: Undone) -> None:
    removed, changes = _read_changes(work.session, work_id, only)
    for uuid in removed:
        report = restore_in(work, uuid)
        undone.groups.append(report.original)
        undone.notes += report.notes
        undone.back += _count_members(work.session, uuid)
    if removed:
        return  # With a group, its place in the groups around it is back.
    for uuid, change in changes.items():
        group = work.session.scalar(select(Group).where(Group.uuid == uuid))
        if group is None:
            undone.notes.append(Sentence("a group that was changed does not exist any more"))
            continue
        _take_back_in(work, group, change, undone)


def _read_changes(
    session: Session, work_id: str, only: str
) -> tuple[list[str], dict[str, GroupChange]]:
    """Return the groups that a unit of work removed, and what it changed in others.

    Raises:
        NotFound: there is no such change.
        Conflict: it is not one of groups alone.
    """
    statement = select(AuditRow.action).where(AuditRow.work_id == work_id).distinct()
    actions = set(session.scalars(statement))
    if not work_id or not actions:
        raise _no_such_change()
    if not actions <= UNDOABLE:
        others = ", ".join(sorted(actions - UNDOABLE))
        raise Conflict(
            "this change cannot be undone, because of what else was done: {others}", others=others
        )
    removed: list[str] = []
    details: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for action, uuid, detail in read_details(session, work_id, only):
        if action == "remove group":
            removed.append(uuid)
        else:
            details[uuid].append(detail)
    if not removed and not details:
        raise _no_such_change()
    return removed, _in_order({uuid: GroupChange.read(each) for uuid, each in details.items()})


def _in_order(changes: Mapping[str, GroupChange]) -> dict[str, GroupChange]:
    """Put groups with a new address first: where they are members, they follow by themselves."""
    renamed = [each.fields["address"] for each in changes.values() if "address" in each.fields]
    addresses = {str(address) for pair in renamed for address in pair}
    order = sorted(changes, key=lambda uuid: "address" not in changes[uuid].fields)
    return {uuid: changes[uuid].without(addresses) for uuid in order}


def _take_back_in(work: Work, group: Group, change: GroupChange, undone: Undone) -> None:
    """Take back what was done to one group.

    Raises:
        Conflict: a rule of groups forbids it.
    """
    known_as = group.original
    pinned = already_pinned(group)
    try:
        is_changed = _change_settings_in(work, group, change, undone)
        is_changed |= pin_until_former_days_in(work, group, change, pinned, undone.notes)
        is_changed |= _change_members_in(work, group, change, undone)
    except FAULTS as error:
        raise Conflict(
            "{address} cannot be as it was: {why}", address=known_as, why=error
        ) from error
    if is_changed:
        undone.groups.append(group.original)


def _change_settings_in(work: Work, group: Group, change: GroupChange, undone: Undone) -> bool:
    """Take back fields and roles; return whether anything differs."""
    roles = {name: moves for name, moves in change.lists.items() if name != MEMBERS}
    if not change.fields and not roles:
        return False
    require_in_group(work.session, work.actor, Right.EDIT_SETTINGS, group)
    stored = draft_like(details_of(group))
    draft = _with_roles(_with_fields(stored, group, change, undone), group, roles)
    draft = without_ended_pins(draft, stored, change, undone.notes)
    if draft == stored:
        return False
    undone.settings += _count_differences(stored, draft)
    refuse_too_many(draft, {(row.role, row.original) for row in group.roles})
    before = responsible_for(group), settings_of(group)
    update_group_in(work, group, draft)
    require_responsible_in(work, group, *before)
    return True


def _count_differences(stored: GroupDraft, draft: GroupDraft) -> int:
    """Return how many settings and roles, address and picture too, another draft has changed."""
    before, after = stored.settings.values(), draft.settings.values()
    others = [each.name for each in fields(GroupDraft) if each.name != "settings"]
    changed = [name for name in before if before[name] != after[name]]
    changed += [name for name in others if getattr(stored, name) != getattr(draft, name)]
    return len(changed)


def _count_members(session: Session, uuid: str) -> int:
    counted = select(func.count()).select_from(Member).join(Group, Group.id == Member.group_id)
    return session.scalar(counted.where(Group.uuid == uuid)) or 0


def _with_fields(
    draft: GroupDraft, group: Group, change: GroupChange, undone: Undone
) -> GroupDraft:
    present: dict[str, Value] = {**draft.settings.values(), "original": draft.address}
    back = take_back(change, present)
    for name in back.kept:
        undone.notes.append(
            Sentence(
                "the {what} of {address} was changed again since",
                what=_LABELS[name],
                address=group.original,
            )
        )
    settings = {name: value for name, value in back.values.items() if name in _SETTINGS}
    return replace(
        draft,
        address=str(back.values.get("original", draft.address)),
        settings=draft.settings.changed(settings),  # type: ignore[arg-type]
        picture=_picture_before(group, change, undone),
    )


def _picture_before(group: Group, change: GroupChange, undone: Undone) -> bytes | None:
    """Return b"" if the group had no picture; the log tells former ones, it does not keep them."""
    if "picture" not in change.fields:
        return None
    before, _ = change.fields["picture"]
    if before == "":
        return b"" if group.picture else None
    undone.notes.append(
        Sentence("the former picture of {address} is not kept", address=group.original)
    )
    return None


def _with_roles(draft: GroupDraft, group: Group, roles: Mapping[str, Moves]) -> GroupDraft:
    values: dict[str, tuple[str, ...]] = {}
    for role, moves in roles.items():
        held = {row.address: row.original for row in group.roles if row.role == role}
        wanted = moves.taken_back(frozenset(held))
        if wanted != held.keys():
            values[f"{Role(role)}s"] = tuple(held.get(each, each) for each in sorted(wanted))
    return replace(draft, **values)  # type: ignore[arg-type]


def _change_members_in(work: Work, group: Group, change: GroupChange, undone: Undone) -> bool:
    """Let those be members again who were, and those go who came; return whether anything differs.

    Not where members follow the directory, or did so before or after.  Those who gave way to them
    were kept, and are back with the kind already.
    """
    moves = change.lists.get(MEMBERS)
    is_nothing = moves is None and not change.last_days
    if is_nothing or GroupKind(group.kind).is_derived or _moves_by_directory(change):
        return False
    require_in_group(work.session, work.actor, Right.EDIT_MEMBERS, group)
    statement = select(Member.address).where(Member.group_id == group.id)
    present = frozenset(work.session.scalars(statement))
    wanted = present if moves is None else moves.taken_back(present)
    is_dated = set_former_days_in(work, group, change, present & wanted, undone.notes)
    if wanted == present:
        return is_dated
    added = _add_in(work, group, sorted(wanted - present), change, undone)
    leaving = present - wanted
    if leaving == present and not added:
        raise NoMembers("a group needs at least one member")
    for some in chunked(sorted(leaving)):
        is_own = Member.group_id == group.id
        work.session.execute(delete(Member).where(is_own, Member.address.in_(some)))
    work.session.expire(group, ["members"])
    work.changed_group(group)
    undone.back += len(added)
    undone.gone += len(leaving)
    return bool(added or leaving) or is_dated


def _moves_by_directory(change: GroupChange) -> bool:
    """Whether the change let the directory say who is a member, or did so no more."""
    return any(any(change.fields.get(name, ())) for name in ("department", "rule"))


def _add_in(
    work: Work, group: Group, addresses: Sequence[str], change: GroupChange, undone: Undone
) -> tuple[str, ...]:
    """Let those be members again whose last day has not passed; return who is."""
    if len(addresses) > ADDRESSES_LIMIT:
        raise InvalidInput(
            "more than {limit} addresses at once", field="members", limit=ADDRESSES_LIMIT
        )
    last_days = {
        each: read_last_day(change.last_days[each][0])
        for each in addresses
        if each in change.last_days
    }
    ended = ended_among(last_days)
    undone.notes += told(without_ended, sorted(ended))
    candidates = {each: Address.parse(each) for each in addresses if each not in ended}
    last_days = {each: until for each, until in last_days.items() if each in candidates}
    report = add_in(work, group, candidates, [], last_days=last_days)
    undone.notes += _refusals(group, report.refused)
    return report.added


def _refusals(group: Group, refused: Sequence[Any]) -> Iterator[str]:
    for each in refused:
        yield Sentence(
            "{address} is not in {group} again: {why}",
            address=each.text,
            group=group.original,
            why=each.reason,
        )
