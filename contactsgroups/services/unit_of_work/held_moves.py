"""Which of a unit of work's moves of derived members wait until somebody confirms them.

Read from the differences that the audit log is written from: so it makes no difference whether a
rule, a department, an account, an import or something still to come has moved the members, and what
is taken back within the same unit of work is no move.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contactsgroups.domain.brake import Brake, HeldMove
from contactsgroups.domain.errors import NeedsConfirmation
from contactsgroups.domain.group import GroupKind
from contactsgroups.persistence.models import Account, Group, Member
from contactsgroups.persistence.queries import rows_where
from contactsgroups.services.unit_of_work.audited_tables import GROUPS, MEMBERS, UNKNOWN
from contactsgroups.services.unit_of_work.differences import Difference

NAMED = 5
"""How many of those who enter or leave a group are named."""
_KIND = GROUPS.places["kind"]


@dataclass(frozen=True, slots=True)
class Move:
    """Who enters and who leaves a group: normalised addresses."""

    group_id: int
    entering: frozenset[str]
    leaving: frozenset[str]


def require_confirmed(
    session: Session, brake: Brake, differences: Iterable[Difference], *, agreed: bool | str
) -> None:
    """Refuse moves of members that the brake holds, unless they are those that are agreed to.

    Of groups that followed the directory before and do so now: another kind of group is another
    question (``MembersWouldLeave``).  It takes as many statements for many groups as for few.

    Args:
        agreed: as in ``Principal.confirmed``.

    Raises:
        NeedsConfirmation: with every group that it is about.
    """
    refuse_held(session, brake, list(_moves(differences)), agreed=agreed, is_done=True)


def refuse_held(
    session: Session,
    brake: Brake,
    moves: Collection[Move],
    *,
    agreed: bool | str = False,
    is_done: bool = False,
) -> None:
    """Refuse those of the moves that the brake holds, of groups that follow the directory.

    Args:
        moves: one for each group.
        agreed: True for whatever moves, or the seal of the moves that were shown.
        is_done: whether the members have moved already, in this transaction.

    Raises:
        NeedsConfirmation: with every group that it is about.
    """
    if agreed is True:
        return
    groups = _derived_groups(session, [move.group_id for move in moves])
    counts = _count_members(session, groups)
    held = []
    for move in moves:
        if move.group_id not in groups:
            continue
        added, removed = len(move.entering), len(move.leaving)
        before = counts.get(move.group_id, 0) + (removed - added if is_done else 0)
        if brake.holds(before, added=added, removed=removed):
            held.append((move, before))
    if not held:
        return
    names = _read_names(session, [move for move, _ in held])
    found = [_describe(move, groups[move.group_id], before, names) for move, before in held]
    error = NeedsConfirmation(sorted(found, key=lambda each: each.address))
    if error.seal != agreed:
        raise error


def _moves(differences: Iterable[Difference]) -> Iterator[Move]:
    """Yield the moves of groups that are there before and after, and were derived before."""
    for difference in differences:
        if difference.audited is not GROUPS or not _stays_derived(difference):
            continue
        changed = [
            part
            for (audited, _), part in difference.parts.items()
            if audited is MEMBERS and (part.before is None) is not (part.after is None)
        ]
        if changed:
            entering = frozenset(part.key[-1] for part in changed if part.after is not None)
            leaving = frozenset(part.key[-1] for part in changed if part.after is None)
            yield Move(difference.key[0], entering, leaving)


def _stays_derived(difference: Difference) -> bool:
    """Whether the group was derived before; one whose kind is as it was tells by itself."""
    if (difference.before is None) is not (difference.after is None):
        return False  # It is new, or gone.
    if difference.before is None or difference.before[_KIND] is UNKNOWN:
        return True
    return GroupKind(difference.before[_KIND]).is_derived


def _derived_groups(session: Session, ids: Collection[int]) -> dict[int, Any]:
    columns = (Group.id, Group.uuid, Group.original, Group.display_name)
    kinds = [kind for kind in GroupKind if kind.is_derived]
    statement = select(*columns).where(Group.kind.in_(kinds))
    return {row.id: row for row in rows_where(session, statement, Group.id, ids)}


def _count_members(session: Session, ids: Collection[int]) -> dict[int, int]:
    number = func.count(Member.id).label("members")
    counted = select(Member.group_id, number).group_by(Member.group_id)
    rows = rows_where(session, counted, Member.group_id, ids)
    return {row.group_id: row.members for row in rows}


def _read_names(session: Session, moves: Iterable[Move]) -> dict[str, str]:
    """Return what the first who move are called; one that was removed has its address."""
    shown = {each for move in moves for some in _first_of(move) for each in some}
    statement = select(Account.address, Account.display_name)
    rows = rows_where(session, statement, Account.address, shown)
    return {row.address: row.display_name for row in rows}


def _first_of(move: Move) -> tuple[list[str], list[str]]:
    return sorted(move.entering)[:NAMED], sorted(move.leaving)[:NAMED]


def _describe(move: Move, group: Any, before: int, names: Mapping[str, str]) -> HeldMove:
    entering, leaving = _first_of(move)
    return HeldMove(
        uuid=group.uuid,
        address=group.original,
        name=group.display_name,
        before=before,
        added=len(move.entering),
        removed=len(move.leaving),
        entering=tuple(names.get(each) or each for each in entering),
        leaving=tuple(names.get(each) or each for each in leaving),
    )
