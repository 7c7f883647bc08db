"""The text of a calendar that a client puts, where calendars are allowed.

A calendar repeats what it has by rules, so a short text may stand for any number of events.
"""

import re
from collections.abc import Iterator

from radicale_plugin import limits
from radicale_plugin.card_texts import logical_lines
from radicale_plugin.refusal import Refusal, bad_request, forbidden, too_large

CALENDAR = re.compile(r"\s*BEGIN:VCALENDAR", re.IGNORECASE)

_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PARTS_OF_DAYS = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_RULES = frozenset({"RRULE", "EXRULE"})
_DATES = frozenset({"RDATE", "EXDATE"})
_YEARS = range(1900, 2101)  # of what happens; time zones go back further
_YEAR = re.compile(r"\d{4}")


def check_calendar(text: str) -> None:
    """Check that a calendar may be parsed, and its recurrences computed (RFC 4791 section 5.3.2.1).

    Raises:
        Refusal: it repeats too often, or has more of something than ``limits`` allows.
    """
    if len(text) > limits.CARD:
        raise too_large(f"a calendar has at most {limits.CARD} octets")
    if text.count("\n") > limits.LINES:
        raise _too_many(f"{limits.LINES} lines")
    opened: list[str] = []
    components = rules = dates = 0
    for name, head, value in _properties(text):
        if name == "BEGIN":
            opened.append(value.upper())
            components += 1
        elif name == "END" and opened:
            opened.pop()
        elif name in _RULES:
            _check_rule(value, in_time_zone="VTIMEZONE" in opened)
            rules += 1
        elif name in _DATES:
            dates += value.count(",") + 1
        if name == "DTSTART" and "VTIMEZONE" not in opened:
            _check_year(value)
        _check_line(head, value)
    if components > limits.CARDS_AT_ONCE or max(rules, dates) > limits.DATES:
        raise _too_many(f"{limits.CARDS_AT_ONCE} components and {limits.DATES} dates")


def _properties(text: str) -> Iterator[tuple[str, str, str]]:
    for number, (head, value) in enumerate(logical_lines(text), start=1):
        if number > limits.PROPERTIES:
            raise _too_many(f"{limits.PROPERTIES} properties")
        yield head.partition(";")[0].strip().upper(), head, value.strip()


def _check_rule(rule: str, *, in_time_zone: bool) -> None:
    """Check that a rule repeats once a day at most, and once a year where clocks are set."""
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";"))
    frequency = parts.get("FREQ", "")
    allowed = frozenset({"YEARLY"}) if in_time_zone else _FREQUENCIES
    if frequency not in allowed or any("," in parts.get(name, "") for name in _PARTS_OF_DAYS):
        raise forbidden("a rule repeats what it is for once a day at most", "C:max-instances")


def _check_year(date: str) -> None:
    found = _YEAR.match(date)
    if found and int(found[0]) not in _YEARS:
        end = "min" if int(found[0]) < _YEARS.start else "max"
        raise forbidden(
            f"events are in the years {_YEARS[0]} to {_YEARS[-1]}", f"C:{end}-date-time"
        )


def _check_line(head: str, value: str) -> None:
    # Radicale searches from each of these to the next colon.
    if not value and "TZ" in head.upper():
        raise bad_request(f"a property has no value: {head[:50]!r}")
    if value.count("TZ") > limits.TIME_ZONES:
        raise _too_many(f"{limits.TIME_ZONES} time zones in one property")


def _too_many(what: str) -> Refusal:
    return forbidden(f"a calendar has at most {what}", "C:max-instances")
