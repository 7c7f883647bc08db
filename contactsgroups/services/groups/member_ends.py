"""Memberships that have a last day: it is set and taken away, and on the day after it they end.

Nobody but the upkeep ends them, by an ordinary removal: maps, cards, completion and the right to
post follow it as they follow any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Member
from contactsgroups.persistence.queries import chunked, scalars_where
from contactsgroups.services.groups.last_days import require_open_now, set_last_days_in
from contactsgroups.services.groups.members import editable_group_in, require_editable
from contactsgroups.services.unit_of_work import Work, write

MEMBERS_LIMIT = 10_000
"""Members whose last day is set at once."""
LAST_DAY = "last day"
"""Why members are removed, as the audit log has it."""

_PIECE = 500  # members that end in one transaction, for which others wait
_UPKEEP = replace(OPERATOR, origin="upkeep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What became of the members who were to get a last day, by normalised addresses.

    Attributes:
        changed: those who had another one.
        missing: those who are no members.
    """

    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def set_last_day(
    database: Database, actor: Principal, uuid: str, addresses: Sequence[str], until: date | None
) -> Dated:
    """Let members of a group end after a day, or not any more; it may be sent again.

    In pieces of 500, each a transaction of its own.

    Args:
        until: the last day, in UTC; None takes it away.

    Raises:
        InvalidInput: the day has passed, or there are too many addresses.
        InvalidAddress: one of them is none.
        GroupNotFound, MembersAreDerived, NotPermitted: nothing was changed.
        Unavailable: perhaps after some pieces.
    """
    require_editable(database, actor, uuid)
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
            group = editable_group_in(work, uuid)
            missing += sorted(set(some) - _members_among(work, group, some))
            changed += set_last_days_in(work, group, dict.fromkeys(some, until))
    return Dated(changed=tuple(changed), missing=tuple(missing))


def end_memberships(database: Database, now: datetime) -> int:
    """Remove the members whose last day is over, and return how many there were.

    Also the last member of a group: it reaches nobody then, which the reports tell.

    Args:
        now: a moment with its time zone, UTC; those end whose last day is before its day.
    """
    is_due = Member.until < now.date()
    count = 0
    while True:
        with database.read() as session:  # Mostly there is none, so the lock is not asked for.
            if session.scalar(select(Member.id).where(is_due).limit(1)) is None:
                return count
        with write(database, _UPKEEP) as work:
            due = select(Member.id, Member.group_id).where(is_due)
            rows = work.session.execute(due.order_by(Member.until, Member.id).limit(_PIECE)).all()
            _remove_in(work, {row.id for row in rows}, {row.group_id for row in rows})
            count += len(rows)


def seconds_to_next_end(now: datetime) -> float:
    """Return how long it is until the next day begins in UTC, when memberships end."""
    tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
    return (tomorrow - now).total_seconds()


def _remove_in(work: Work, members: set[int], group_ids: set[int]) -> None:
    work.because(LAST_DAY)
    work.session.execute(delete(Member).where(Member.id.in_(sorted(members))))
    for group in scalars_where(work.session, select(Group), Group.id, sorted(group_ids)):
        work.changed_group(group)


def _members_among(work: Work, group: Group, addresses: Sequence[str]) -> set[str]:
    statement = select(Member.address).where(Member.group_id == group.id)
    return set(scalars_where(work.session, statement, Member.address, addresses))
