"""Memberships that have a last day: it is set and taken away, and on the day after it they end.

Nobody but the upkeep ends them, by an ordinary removal: maps, cards, completion and the right to
post follow it as they follow any other.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import InvalidInput, Unavailable, with_detail
from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.principal import UPKEEP, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, GroupRole, Member
from contactsgroups.persistence.queries import chunked, scalars_where
from contactsgroups.services.accounts.group_standing import require_in_group
from contactsgroups.services.groups.last_days import (
    dated_rows,
    entity_with_day,
    require_open_now,
    set_last_days_in,
)
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.unit_of_work import Work, write
from contactsgroups.services.unit_of_work.turns import let_others_write

MEMBERS_LIMIT = 10_000
"""Members whose last day is set at once."""
LAST_DAY = "last day"
"""Why members are removed, as the audit log has it."""

_Entity = type[GroupRole] | type[Member]
"""Whose rows have last days."""
_DECIDED = replace(UPKEEP, confirmed=True)  # Whoever set the day has decided about it.
_PIECE = 500  # members that end in one transaction, for which others wait
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What became of the members who were to get a last day, by normalised addresses.

    Attributes:
        changed: those who had another one.
        missing: those who are no members, or not pinned.
    """

    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def set_last_day(
    database: Database, actor: Principal, uuid: str, addresses: Sequence[str], until: date | None
) -> Dated:
    """Let members of a group end after a day, or not any more; it may be sent again.

    In pieces of 500, each a transaction of its own.  Of a group that follows the directory, those
    pinned in it: after the day they are members only if the department or the rule says so.

    Args:
        until: the last day, in UTC; None takes it away.

    Raises:
        InvalidInput: the day has passed, or there are too many addresses.
        InvalidAddress: one of them is none.
        GroupNotFound, NotPermitted: nothing was changed.
        Unavailable: perhaps after some pieces.
    """
    require_datable(database, actor, uuid)
    require_open_now(until)
    if len(addresses) > MEMBERS_LIMIT:
        raise InvalidInput(
            "more than {limit} addresses at once", field="members", limit=MEMBERS_LIMIT
        )
    keys = list(dict.fromkeys(str(Address.parse(each, field="members")) for each in addresses))
    changed: list[str] = []
    missing: list[str] = []
    for some in chunked(keys):
        with write(database, actor) as work:
            group = _datable_group(work.session, actor, uuid)
            missing += sorted(set(some) - _members_among(work, group, some))
            changed += set_last_days_in(work, group, dict.fromkeys(some, until))
    return Dated(changed=tuple(changed), missing=tuple(missing))


def require_datable(database: Database, actor: Principal, uuid: str) -> None:
    """Ask for the right to say until when somebody is in a group.

    Raises:
        GroupNotFound, NotPermitted
    """
    authority.require_writing(actor)
    with database.read() as session:
        _datable_group(session, actor, uuid)


def _datable_group(session: Session, actor: Principal, uuid: str) -> Group:
    group = require_group(session, uuid)
    is_derived = GroupKind(group.kind).is_derived
    right = Right.CHANGE_SOURCE if is_derived else Right.EDIT_MEMBERS
    require_in_group(session, actor, right, group)
    return group


def end_memberships(database: Database, now: datetime) -> int:
    """Remove the members, and the pins, whose last day is over; return how many there were.

    Also the last member of a group: it reaches nobody then, which the reports tell.  Who is pinned
    no more stays if the department or the rule names it.  A group that cannot be changed is left
    for the next time, and the log names it.

    Args:
        now: a moment with its time zone, UTC; those end whose last day is before its day.

    Raises:
        Unavailable: the database does not answer; what has ended so far stays so.
    """
    follows = select(Group.id).where(
        Group.kind.in_([each for each in GroupKind if each.is_derived])
    )
    is_own = Member.group_id.not_in(follows)  # Of others the day is that of the pin.
    return _end_all(database, GroupRole, GroupRole.until < now.date()) + _end_all(
        database, Member, is_own & (Member.until < now.date())
    )


def _end_all(database: Database, entity: _Entity, is_over: ColumnElement[bool]) -> int:
    count = passed = 0
    is_first = True
    while True:
        is_due = is_over & (entity.group_id > passed)
        with database.read() as session:  # Mostly there is none, so the lock is not asked for.
            if session.scalar(select(entity.id).where(is_due).limit(1)) is None:
                return count
        if not is_first:
            let_others_write()
        is_first = False
        try:
            count += _end_piece(database, entity, is_due)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - one group's fault must not keep others as they are
            ended, passed = _end_one_by_one(database, entity, is_due, passed)
            count += ended


def _end_piece(database: Database, entity: _Entity, is_due: ColumnElement[bool]) -> int:
    due = select(entity.id, entity.group_id).where(is_due)
    with write(database, _DECIDED) as work:
        rows = work.session.execute(due.order_by(entity.group_id, entity.id).limit(_PIECE)).all()
        _remove_in(work, entity, {row.id for row in rows}, {row.group_id for row in rows})
        return len(rows)


def _end_one_by_one(
    database: Database, entity: _Entity, is_due: ColumnElement[bool], passed: int
) -> tuple[int, int]:
    """End the next piece by groups; return how many ended, and the last group to be passed over."""
    due = select(entity.group_id, Group.address).join_from(entity, Group).where(is_due)
    with database.read() as session:
        rows = session.execute(due.order_by(entity.group_id, entity.id).limit(_PIECE)).all()
    count = 0
    for group_id, address in dict.fromkeys((row.group_id, row.address) for row in rows):
        let_others_write()
        try:
            count += _end_piece(database, entity, is_due & (entity.group_id == group_id))
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            passed = group_id
            _log.warning("memberships in %s cannot be ended: %s", address, with_detail(error))
    return count, passed


def seconds_to_next_end(now: datetime) -> float:
    """Return how long it is until the next day begins in UTC, when memberships end."""
    tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
    return (tomorrow - now).total_seconds()


def _remove_in(work: Work, entity: _Entity, ids: set[int], group_ids: set[int]) -> None:
    work.because(LAST_DAY)
    work.session.execute(delete(entity).where(entity.id.in_(sorted(ids))))
    for group in scalars_where(work.session, select(Group), Group.id, sorted(group_ids)):
        work.changed_group(group)


def _members_among(work: Work, group: Group, addresses: Sequence[str]) -> set[str]:
    column = entity_with_day(group).address
    rows = scalars_where(work.session, dated_rows(group), column, addresses)
    return {row.address for row in rows}
