"""The filter of an address book query, for the database to answer (RFC 6352 section 10.5)."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from radicale.xmlutils import make_clark

from contactsgroups.services.card_search import (
    CardField,
    CardQuery,
    FieldQuery,
    MatchType,
    TextMatch,
)
from radicale_plugin import limits

# The properties that the database can search, and those that cards have besides.
_FIELDS = {"FN": CardField.NAME, "EMAIL": CardField.ADDRESS}
_UNSEARCHED = frozenset(
    {"VERSION", "PRODID", "UID", "N", "ORG", "X-ABSHOWAS", "CATEGORIES", "NOTE", "PHOTO", "REV"}
)
_FILTER = make_clark("CR:filter")
_PROP_FILTER = make_clark("CR:prop-filter")
_TEXT_MATCH = make_clark("CR:text-match")


class _NotForTheDatabase(Exception):
    """The filter has a condition that only Radicale can test, card by card."""


def parse_query(filters: Sequence[ET.Element]) -> CardQuery | None:
    """Return the query of a filter; None if only Radicale can answer it or report its fault."""
    if len(filters) != 1 or filters[0].tag != _FILTER or not len(filters[0]):
        return None
    if sum(1 for _ in filters[0].iter()) > limits.CONDITIONS:
        return None  # It is refused where cards are searched one by one.
    try:
        parts = tuple(_parse_prop_filter(element) for element in filters[0])
        return CardQuery(parts, match_all=_wants_all(filters[0]))
    except _NotForTheDatabase:
        return None


def _parse_prop_filter(element: ET.Element) -> FieldQuery:
    name = element.get("name", "").upper()
    if element.tag != _PROP_FILTER or name in _UNSEARCHED:
        raise _NotForTheDatabase
    matches = tuple(_parse_text_match(child) for child in element)
    # Without a match, the filter is true of every card that has the property.
    return FieldQuery(_FIELDS.get(name), matches, _wants_all(element) or not matches)


def _parse_text_match(element: ET.Element) -> TextMatch:
    if element.tag != _TEXT_MATCH or element.get("collation") == "i;octet":
        raise _NotForTheDatabase
    try:
        match_type = MatchType(element.get("match-type", MatchType.CONTAINS))
    except ValueError:
        raise _NotForTheDatabase from None
    text = next(element.itertext(), "")
    return TextMatch(text, match_type, negated=element.get("negate-condition") == "yes")


def _wants_all(element: ET.Element) -> bool:
    test = element.get("test", "anyof")
    if test not in {"anyof", "allof"}:
        raise _NotForTheDatabase
    return test == "allof"
