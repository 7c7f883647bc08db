"""Until when members are in a group: how that is stored, within transactions of others.

In a group that follows the directory, those have a last day who are pinned in it.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.last_day import is_over, read_last_day, require_open
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence.models import Group, GroupRole, Member
from contactsgroups.persistence.queries import scalars_where
from contactsgroups.services.unit_of_work import Work
from contactsgroups.services.unit_of_work.derivation import NO_LAST_DAYS

NEVER = "never"
"""Stands for no last day, where nothing leaves it as it is."""

LastDays = Mapping[str, date | None]
"""Last days by normalised addresses; None takes one away, and what is left out stays."""


class Stay(Enum):
    """Says that the last days of members are left as they are; new ones have none."""

    AS_IT_IS = "as it is"


def read_until(text: str) -> date | Stay | None:
    """Return what a command or a client of the API says of the last day.

    Nothing leaves it as it is, and ``never`` takes it away.

    Raises:
        InvalidInput: it is no day.
    """
    if not text.strip():
        return Stay.AS_IT_IS
    return None if text.strip() == NEVER else read_last_day(text)


def read_day_or_never(text: str) -> date | None:
    """Return the last day that was named; ``never`` stands for none.

    Raises:
        InvalidInput: it is no day, or nothing was named.
    """
    until = read_until(text)
    if isinstance(until, Stay):
        raise InvalidInput("choose the last day", field="until")
    return until


def today() -> date:
    """Return the day that it is in UTC."""
    return datetime.now(UTC).date()


def require_open_now(until: date | None) -> None:
    """Refuse a last day that has passed.

    Raises:
        InvalidInput: it has.
    """
    require_open(until, today())


def last_days_of(addresses: Iterable[str], until: date | Stay | None) -> LastDays:
    """Return the same last day for all of these addresses.

    Raises:
        InvalidInput: it has passed.
    """
    if isinstance(until, Stay):
        return NO_LAST_DAYS
    require_open_now(until)
    return dict.fromkeys(addresses, until)


def ended_among(last_days: LastDays) -> set[str]:
    """Return those whose last day has passed: whatever brings members back leaves them out.

    A group that is restored, one whose kind is changed back, and an undo all ask here; none of them
    makes a membership that has ended one without an end.
    """
    now = today()
    return {address for address, until in last_days.items() if is_over(until, now)}


def not_ended(until: InstrumentedAttribute[date | None]) -> ColumnElement[bool]:
    """Return the same rule as a condition on stored rows."""
    return or_(until.is_(None), until >= today())


def without_ended(number: int, named: str) -> Sentence:
    """Say who was left out because of that.

    Args:
        number: of members.
        named: their addresses, or the first ones of many.
    """
    return Sentence(
        "{named} is not a member again: the last day has passed",
        many="{named} are not members again: their last days have passed",
        number=number,
        named=named,
    )


def replace_last_days_in(work: Work, group: Group, last_days: Mapping[str, date]) -> None:
    """Give members these last days, by their normalised addresses, and all others none."""
    rows = work.session.scalars(dated_rows(group)).all()
    ended = {row.address: None for row in rows if row.until is not None}
    set_last_days_in(work, group, {**ended, **last_days})


def set_last_days_in(work: Work, group: Group, last_days: LastDays) -> tuple[str, ...]:
    """Give members these last days; return the addresses of those who had others.

    Who is no member is passed over, and who is not pinned, where pins have them.  The day of a
    member is no change for those who follow the journal; that of a pin is followed by the member's.
    """
    changed = []
    column = entity_with_day(group).address
    for row in scalars_where(work.session, dated_rows(group), column, sorted(last_days)):
        if row.until != last_days[row.address]:
            row.until = last_days[row.address]
            changed.append(row.address)
    work.session.flush()
    if changed and GroupKind(group.kind).is_derived:
        work.changed_group(group)
    return tuple(changed)


def entity_with_day(group: Group) -> type[GroupRole] | type[Member]:
    """Return whose rows have the last days of a group's members."""
    return GroupRole if GroupKind(group.kind).is_derived else Member


def dated_rows(group: Group) -> Select[Any]:
    """Select the rows that have, or may get, the last days of a group's members."""
    if GroupKind(group.kind).is_derived:
        return select(GroupRole).where(
            GroupRole.group_id == group.id, GroupRole.role == Role.ALWAYS_MEMBER
        )
    return select(Member).where(Member.group_id == group.id)
