"""Cursors of lists: where a page ends, as text that clients hand back without reading it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from contactsgroups.web.api.requests import InvalidRequest


def cursor_of(place: str | None) -> str | None:
    """Return the cursor of the place behind which the next page begins; None for the last page."""
    return None if place is None else urlsafe_b64encode(place.encode()).rstrip(b"=").decode()


def place_of(cursor: str) -> str:
    """Return the place that a cursor stands for; empty for the beginning.

    Raises:
        InvalidRequest: it is none of ours.
    """
    try:
        place = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (Error, ValueError) as error:
        raise InvalidRequest([("cursor", "it is not a next_cursor of this list")]) from error
    if not place.isprintable():
        raise InvalidRequest([("cursor", "it is not a next_cursor of this list")])
    return place
