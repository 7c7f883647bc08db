"""Read the JSON of a request's body."""

import json
from typing import Any

from werkzeug.exceptions import BadRequest

from contactsgroups.domain.text import is_unicode


def parse_json(octets: bytes) -> Any:
    """Return what a JSON text says (RFC 8259), where it says each thing once.

    A name that stands twice in one object is refused, as I-JSON wants it (RFC 7493 section 2.3):
    which of the two counts, programs on the way may see differently.  So is half of a surrogate
    pair (section 2.1), which nothing could store or send on.

    Raises:
        BadRequest: it is no JSON, has a name twice or half a character, or is nested too deeply
            to be read.
    """
    try:
        value = json.loads(octets, object_pairs_hook=_members_once)
        is_whole = is_unicode(json.dumps(value, ensure_ascii=False))
    except RecursionError as error:
        raise BadRequest("the body is nested too deeply") from error
    except ValueError as error:  # Octets that are not UTF-8 are one, too.
        raise BadRequest("the body is no JSON that can be read") from error
    if not is_whole:
        raise BadRequest("the body has half of a surrogate pair, which is no character")
    return value


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest(f"{twice[:100]!r} stands more than once in an object of the body")
    return members
