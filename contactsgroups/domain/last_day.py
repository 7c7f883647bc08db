"""The last day of a membership: until it has ended in UTC, somebody is a member.

Days are those of UTC, as everywhere in the product: a membership until 31 January ends at 00:00 UTC
on 1 February.
"""

import re
from datetime import date, datetime, time

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.sentence import PlainDay

_SHOWN = 40  # characters of a text that is no day
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_MONTHS = 12


def read_last_day(text: str) -> date | None:
    """Return the day that a text has (ISO 8601, ``2027-01-31``), or None for an empty one.

    Spreadsheets also write ``31.01.2027``, which is read where the first number can be no month.

    Raises:
        InvalidInput: it is no day.

    >>> read_last_day("2027-01-31")
    datetime.date(2027, 1, 31)
    """
    typed = text.strip()
    if not typed:
        return None
    try:
        if _ISO.fullmatch(typed):
            return date.fromisoformat(typed)
        if found := _DOTTED.fullmatch(typed):
            day, month, year = map(int, found.groups())
            if day > _MONTHS:
                return date(year, month, day)
    except ValueError:
        pass  # Such as 2027-02-30.
    raise InvalidInput(
        "“{text}” is no day; write it like 2027-01-31", field="until", text=typed[:_SHOWN]
    )


def is_over(until: date | None, today: date) -> bool:
    """Whether a membership has ended whose last day is known; on that day it has not."""
    return until is not None and until < today


def require_open(until: date | None, today: date) -> None:
    """Refuse a last day that has passed.

    Raises:
        InvalidInput: it has.
    """
    if until is not None and is_over(until, today):
        raise InvalidInput(
            "{day} has passed; the last day is today or later",
            field="until",
            day=in_sentence(until),
        )


def in_sentence(day: date) -> PlainDay:
    """Return a day for a place in a sentence, which pages write as their language does."""
    return PlainDay(datetime.combine(day, time()))
