"""The same change to many groups: each by the rules of a single one, with a result of its own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import (
    ContactsGroupsError,
    GroupNotFound,
    InvalidInput,
    NotPermitted,
)
from contactsgroups.domain.group import GroupSettings
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, GroupEdge, Member
from contactsgroups.persistence.queries import chunked, scalars_where
from contactsgroups.services.accounts.group_standing import groups_where, known_groups
from contactsgroups.services.accounts.succession import active_responsible
from contactsgroups.services.groups.editing import remove_group_in
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.responsible import find_irresponsible, responsible_for
from contactsgroups.services.groups.stored_settings import settings_of
from contactsgroups.services.groups.whereabouts import groups_with_right
from contactsgroups.services.unit_of_work import Work, write

_PIECE = 20
"""Groups that are switched at once: all their recipients come or go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one group; without an ``error`` it is as it was wanted.

    Of a group that the principal may not know of, ``original`` and ``name`` are empty.
    """

    uuid: str
    original: str = ""
    name: str = ""
    error: ContactsGroupsError | None = None


def show_many(
    database: Database,
    actor: Principal,
    uuids: Sequence[str],
    right: Right = Right.DELETE_GROUP,
) -> list[Outcome]:
    """Return what would be removed, with an error for each group where this principal may not.

    In the order of ``uuids``; each of them once.

    Args:
        right: which it needs there.
    """
    with database.read() as session:
        found = _find(session, uuids)
        refused = _refused(session, actor, right, found.values())
        return [_outcome(each, found, refused) for each in dict.fromkeys(uuids)]


def find_emptied(
    database: Database, actor: Principal, uuids: Collection[str]
) -> list[tuple[str, str]]:
    """Return the groups that nobody would be left in if these were removed, all together.

    Each with its UUID and its address, by address; only those whose members the actor may see. A
    disabled group needs nobody.
    """
    with database.read() as session:
        doomed = [each.id for each in _find(session, uuids).values()]
        lost = select(Group.address).where(Group.id.in_(doomed))
        parents = select(GroupEdge.parent_id).where(GroupEdge.child_id.in_(doomed))
        is_left = (Member.group_id == Group.id) & Member.address.not_in(lost)
        statement = select(Group.uuid, Group.original).where(
            Group.id.in_(parents),
            Group.id.not_in(doomed),
            Group.disabled.is_(False),
            ~exists().where(is_left),
            groups_with_right(session, actor, Right.SEE_MEMBERS),
        )
        rows = session.execute(statement.order_by(Group.address))
        return [(uuid, address) for uuid, address in rows]


def switch_groups(
    database: Database, actor: Principal, uuids: Sequence[str], values: Mapping[str, bool]
) -> list[Outcome]:
    """Set switches of groups; each that may not be changed has an error, and keeps no other.

    In pieces, each a transaction of its own, so that other writers get their turn: a piece takes as
    many statements for many groups as for few. As on its own page, a group that is opened needs
    somebody who answers for it; what was so before is not refused.

    Args:
        values: by the names of :data:`domain.group.SWITCHES`.

    Raises:
        NotPermitted: the actor may change nothing at all.
        Unavailable: before the first piece. Later errors are told of each group.
    """
    authority.require_writing(actor)
    outcomes = show_many(database, actor, uuids, Right.EDIT_SETTINGS)
    for start in range(0, len(outcomes), _PIECE):
        piece = outcomes[start : start + _PIECE]
        try:
            with write(database, actor) as work:
                outcomes[start : start + _PIECE] = _switch_all(work, piece, values)
        except ContactsGroupsError as error:
            if not start:
                raise
            outcomes[start:] = [
                replace(each, error=each.error or error) for each in outcomes[start:]
            ]
            break
    return outcomes


def _switch_all(
    work: Work, outcomes: Sequence[Outcome], values: Mapping[str, bool]
) -> list[Outcome]:
    """Set switches of the groups that these outcomes are of; return what became of them."""
    uuids = [each.uuid for each in outcomes]
    found = _find(work.session, uuids)
    refused = _refused(work.session, work.actor, Right.EDIT_SETTINGS, found.values())
    allowed = [each for each in found.values() if each.uuid not in refused]
    refused |= _without_moderator(work, allowed, values)
    for group in found.values():
        if group.uuid not in refused:
            _switch(work, group, values)
    work.session.flush()
    return [_outcome(each, found, refused) for each in uuids]


def remove_groups(database: Database, actor: Principal, uuids: Sequence[str]) -> list[Outcome]:
    """Remove groups one after the other, each in a transaction of its own.

    So other writers get their turn, and what cannot be removed keeps nothing else.

    Raises:
        NotPermitted: the actor may change nothing at all.
    """
    authority.require_writing(actor)
    outcomes = show_many(database, actor, uuids)
    for place, each in enumerate(outcomes):
        if each.error is not None:
            continue
        try:
            with write(database, actor) as work:
                remove_group_in(work, require_group(work.session, each.uuid))
        except ContactsGroupsError as error:
            outcomes[place] = replace(each, error=error)
    return outcomes


def _find(session: Session, uuids: Collection[str]) -> dict[str, Group]:
    statement = select(Group).options(joinedload(Group.domain))
    return {each.uuid: each for each in scalars_where(session, statement, Group.uuid, set(uuids))}


def _refused(
    session: Session, actor: Principal, right: Right, groups: Collection[Group]
) -> dict[str, ContactsGroupsError]:
    """Return why a principal may not do it, by the UUIDs of the groups where it may not."""
    allowed = groups_where(session, actor, right, groups)
    others = [each for each in groups if each.id not in allowed]
    known = known_groups(session, actor, others)
    return {
        each.uuid: NotPermitted(
            "{address} may not {right} in {domain}",
            address=actor.address,
            right=Sentence(str(right)),
            domain=each.domain.name,
        )
        if each.id in known
        else _unknown()
        for each in others
    }


def _unknown() -> GroupNotFound:
    return GroupNotFound("there is no such group")


def _outcome(
    uuid: str, found: Mapping[str, Group], refused: Mapping[str, ContactsGroupsError]
) -> Outcome:
    group, error = found.get(uuid), refused.get(uuid)
    if group is None or isinstance(error, GroupNotFound):
        return Outcome(uuid=uuid, error=_unknown())
    return Outcome(uuid=uuid, original=group.original, name=group.shown_name, error=error)


def _without_moderator(
    work: Work, groups: Collection[Group], values: Mapping[str, bool]
) -> dict[str, ContactsGroupsError]:
    """Return why groups that begin to hold messages are refused as on their own pages."""
    opened = [each for each in groups if _begins_to_hold(each, values)]
    answered: set[int] = set()
    for ids in chunked([each.id for each in opened]):
        found = active_responsible(work.session, select(Group.id).where(Group.id.in_(ids)))
        answered |= {group_id for group_id, _ in found}
    faults = {
        each.uuid: _find_fault(work, each, values) for each in opened if each.id not in answered
    }
    return {uuid: fault for uuid, fault in faults.items() if fault is not None}


def _begins_to_hold(group: Group, values: Mapping[str, bool]) -> bool:
    before = settings_of(group)
    wanted = before.changed(values)
    return _holds(wanted) and not _holds(before)


def _holds(settings: GroupSettings) -> bool:
    """Whether messages wait for somebody."""
    return settings.moderated and not settings.disabled


def _find_fault(work: Work, group: Group, values: Mapping[str, bool]) -> InvalidInput | None:
    before, named = settings_of(group), responsible_for(group)
    wanted = before.changed(values)
    found = find_irresponsible(work.session, work.actor, wanted, named, named, before)
    return next(found, None)


def _switch(work: Work, group: Group, values: Mapping[str, bool]) -> None:
    if all(getattr(group, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(group, name, value)
    group.version += 1
    group.updated_at, group.updated_by = datetime.now(UTC), str(work.actor.address)
    work.changed_group(group)
