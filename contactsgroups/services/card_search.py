"""A search for cards by name and address, as address-book clients ask (RFC 6352 section 10.5)."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, not_, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from contactsgroups.domain.text import casemap
from contactsgroups.persistence.models import Card

# No name or address is longer; SQLite refuses patterns of more than 50,000 octets.
_VALUE_LIMIT = 255


class CardField(StrEnum):
    """The fields of a card that can be searched."""

    NAME = "name"
    ADDRESS = "address"


class MatchType(StrEnum):
    """How a text is compared with a value, without regard to case (RFC 6352 section 10.5.4)."""

    EQUALS = "equals"
    CONTAINS = "contains"
    STARTS_WITH = "starts-with"
    ENDS_WITH = "ends-with"


@dataclass(frozen=True, slots=True)
class TextMatch:
    """Is true of a value that the text matches, or, negated, does not."""

    text: str
    match_type: MatchType = MatchType.CONTAINS
    negated: bool = False


@dataclass(frozen=True, slots=True)
class FieldQuery:
    """Is true of a card if all of its matches are, or, unless ``match_all``, any of them.

    A ``field`` of None stands for a property that no card has; no match is true of that.
    """

    field: CardField | None
    matches: tuple[TextMatch, ...]
    match_all: bool = False


@dataclass(frozen=True, slots=True)
class CardQuery:
    """Is true of a card if all of its parts are, or, unless ``match_all``, any of them."""

    parts: tuple[FieldQuery, ...]
    match_all: bool = False


def condition_of(query: CardQuery) -> ColumnElement[bool]:
    """Return the query in SQL; names and addresses are stored case-folded."""
    return _combine([_field_condition(part) for part in query.parts], query.match_all)


def _field_condition(part: FieldQuery) -> ColumnElement[bool]:
    if part.field is None:
        return false()
    column = {CardField.NAME: Card.name_folded, CardField.ADDRESS: Card.address}[part.field]
    return _combine([_text_condition(column, match) for match in part.matches], part.match_all)


def _text_condition(column: InstrumentedAttribute[str], match: TextMatch) -> ColumnElement[bool]:
    text = casemap(match.text)
    if len(text) > _VALUE_LIMIT:
        condition: ColumnElement[bool] = false()
    elif match.match_type is MatchType.EQUALS:
        condition = column == text
    elif match.match_type is MatchType.CONTAINS:
        condition = column.contains(text, autoescape=True)
    elif match.match_type is MatchType.STARTS_WITH:
        condition = column.startswith(text, autoescape=True)
    else:
        condition = column.endswith(text, autoescape=True)
    return not_(condition) if match.negated else condition


def _combine(conditions: list[ColumnElement[bool]], match_all: bool) -> ColumnElement[bool]:
    # SQL needs a beginning: all of nothing is true, any of nothing is false.
    return and_(true(), *conditions) if match_all else or_(false(), *conditions)
