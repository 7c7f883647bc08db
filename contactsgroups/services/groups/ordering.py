"""In which order a list of groups stands, and where one of its pages begins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.persistence.models import Group

Columns = TypeVarTuple("Columns")

COUNT_DIGITS = 9  # What every database takes for a whole number.


class GroupOrder(StrEnum):
    """By what a list of groups is sorted; groups that are alike in it, by their addresses."""

    ADDRESS = "address"
    NAME = "name"
    RECIPIENTS = "recipients"
    CHANGED = "changed"


_COLUMNS: dict[GroupOrder, InstrumentedAttribute[Any]] = {
    GroupOrder.ADDRESS: Group.address,
    GroupOrder.NAME: Group.name_folded,
    GroupOrder.RECIPIENTS: Group.recipient_count,
    GroupOrder.CHANGED: Group.updated_at,
}


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order, and its direction."""

    order: GroupOrder = GroupOrder.ADDRESS
    is_falling: bool = False

    @property
    def turned(self) -> "Sorting":
        """The same order the other way round."""
        return Sorting(self.order, not self.is_falling)

    def place_of(self, group: Group) -> str:
        """Return where a group stands, as text that :meth:`behind` reads."""
        key = getattr(group, _COLUMNS[self.order].key)
        if self.order is GroupOrder.ADDRESS:
            return group.address
        return f"{key.isoformat() if isinstance(key, datetime) else key} {group.address}"

    @property
    def keys(self) -> tuple[InstrumentedAttribute[Any], InstrumentedAttribute[str]]:
        """The columns by which a list is sorted."""
        return _COLUMNS[self.order], Group.address

    def sorted(
        self, statement: Select[*Columns], *keys: SQLColumnExpression[Any]
    ) -> Select[*Columns]:
        """Return a statement with its rows in this order; ``keys`` stand for the columns."""
        some = keys or self.keys
        return statement.order_by(*(each.desc() if self.is_falling else each for each in some))

    def sorted_groups(self, groups: Iterable[Group]) -> list[Group]:
        """Return groups that were read in this order, as every database compares texts."""
        names = [each.key for each in self.keys]
        return sorted(groups, key=attrgetter(*names), reverse=self.is_falling)

    def behind(self, place: str) -> ColumnElement[bool]:
        """Return the condition that a group stands behind a place.

        Raises:
            InvalidInput: the place is none in this order.
        """
        if self.order is GroupOrder.ADDRESS:
            return self._beyond(Group.address, place)
        text, _, address = place.rpartition(" ")
        column, key = _COLUMNS[self.order], _key_of(self.order, text)
        is_same = and_(column == key, self._beyond(Group.address, address))
        return or_(self._beyond(column, key), is_same)

    def _beyond(self, column: InstrumentedAttribute[Any], key: object) -> ColumnElement[bool]:
        return column < key if self.is_falling else column > key


def _key_of(order: GroupOrder, text: str) -> object:
    if order is GroupOrder.NAME:
        return text
    try:
        return _count_of(text) if order is GroupOrder.RECIPIENTS else _time_of(text)
    except (ValueError, OverflowError):
        raise InvalidInput("there is no such place in this list", field="after") from None


def _count_of(text: str) -> int:
    if len(text) > COUNT_DIGITS:
        raise ValueError
    return int(text)


def _time_of(text: str) -> datetime:
    """Return a moment in UTC; one at the end of all years may be none there."""
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
