"""Cursors of lists: where a page ends, as text that clients hand back without reading it."""

import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from contactsgroups.web.api.requests import InvalidRequest

_DIGITS_LIMIT = 18  # that fit into 64 bits
_REFUSED = {"Cc", "Cs"}  # Control characters and surrogates, which databases may not take.


def cursor_of(name: str, place: str | None) -> str | None:
    """Return the cursor of the place behind which the next page begins; None for the last page.

    Args:
        name: the list's, without a colon, so that the cursor leads nowhere in another list.
        place: what the list goes on behind.
    """
    if place is None:
        return None
    return urlsafe_b64encode(f"{name}:{place}".encode()).rstrip(b"=").decode()


def place_of(name: str, cursor: str) -> str:
    """Return the place that a cursor of the list stands for; empty for the beginning.

    Raises:
        InvalidRequest: it is none of ours, or one of another list.
    """
    if not cursor:
        return ""
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (Error, ValueError) as error:
        raise not_of_this_list() from error
    of, _, place = text.partition(":")
    if of != name or not place or any(unicodedata.category(each) in _REFUSED for each in place):
        raise not_of_this_list()
    return place


def number_of(name: str, cursor: str) -> int | None:
    """Return the number that a cursor of the list stands for; None for the beginning.

    Raises:
        InvalidRequest: it is none of ours, or one of another list.
    """
    place = place_of(name, cursor)
    if not place:
        return None
    if not (place.isascii() and place.isdigit() and len(place) <= _DIGITS_LIMIT):
        raise not_of_this_list()
    return int(place)


def not_of_this_list() -> InvalidRequest:
    """Return the fault of a cursor that this list did not give."""
    return InvalidRequest([("cursor", "it is not a next_cursor of this list")])
