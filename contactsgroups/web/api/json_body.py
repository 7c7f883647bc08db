"""Read the JSON of a request's body."""

import json
from typing import Any

from werkzeug.exceptions import BadRequest


def parse_json(octets: bytes) -> Any:
    """Return what a JSON text says (RFC 8259), where it says each thing once.

    A name that stands twice in one object is refused, as I-JSON wants it (RFC 7493 section 2.3):
    which of the two counts, programs on the way may see differently.

    Raises:
        BadRequest: it is no JSON, has a name twice, or is nested too deeply to be read.
    """
    try:
        return json.loads(octets, object_pairs_hook=_members_once)
    except RecursionError as error:
        raise BadRequest("the body is nested too deeply") from error
    except ValueError as error:  # Octets that are not UTF-8 are one, too.
        raise BadRequest("the body is no JSON that can be read") from error


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest(f"{twice[:100]!r} stands more than once in an object of the body")
    return members
