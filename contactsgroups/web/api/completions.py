"""The answer to ``GET /api/v1/completions``, the same whether Flask gives it or the fast path."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from werkzeug.exceptions import BadRequest

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import Principal
from contactsgroups.services.completion import LIMIT, EntryKind
from contactsgroups.web.rate import Rate

QUERY_LIMIT = 200
"""Characters of a query that are used; no useful query is longer."""
_KINDS = {str(kind): kind for kind in (EntryKind.GROUP, EntryKind.ACCOUNT, EntryKind.CONTACT)}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; a body is always JSON in UTF-8."""

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...]
    body: bytes


def answer(
    core: Core, rate: Rate, principal: Principal, arguments: Mapping[str, str], known: str
) -> Answer:
    """Answer ``{"query": …, "completions": […]}``, best first.

    The index keeps each completion as ready JSON, so the answer is put together, not serialised.

    Args:
        arguments: ``q``, ``limit`` and ``kinds`` as they were sent.
        known: the header If-None-Match; the answer to a known entity tag has no body.

    Raises:
        BadRequest: ``limit`` or ``kinds`` is invalid.
        TooManyRequests: the principal asks too often.
        Unavailable: the database does not answer.
    """
    query = _clean(arguments.get("q", ""))
    limit, kinds = _read_limit(arguments), _read_kinds(arguments)
    rate.take(str(principal.address))
    found = core.completions.complete(principal, query, limit=limit, kinds=kinds)
    completions = ",".join(completion.payload for completion in found)
    body = f'{{"query":{json.dumps(query)},"completions":[{completions}]}}'.encode()
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = (
        ("Content-Type", "application/json"),
        # Cached, but revalidated each time: a change takes effect at the next keystroke.
        ("Cache-Control", "private, no-cache"),
        ("ETag", tag),
    )
    if tag in known:
        return Answer(HTTPStatus.NOT_MODIFIED, headers[1:], b"")
    return Answer(HTTPStatus.OK, headers, body)


def _clean(text: str) -> str:
    """Cut a query, and turn control characters into spaces: no entry contains them."""
    cut = text[:QUERY_LIMIT]
    if cut.isprintable():  # As nearly all are; the rest also has other characters in it.
        return cut
    return "".join(
        " " if unicodedata.category(character) in {"Cc", "Cs"} else character for character in cut
    )


def _read_limit(arguments: Mapping[str, str]) -> int:
    text = arguments.get("limit", "10")
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= LIMIT):
        raise BadRequest(f"limit must be a whole number from 1 to {LIMIT}")
    return int(text)


def _read_kinds(arguments: Mapping[str, str]) -> Sequence[EntryKind] | None:
    text = arguments.get("kinds", "")
    if not text:
        return None
    try:
        return [_KINDS[name.strip()] for name in text[:100].split(",")]
    except KeyError:
        names = ", ".join(_KINDS)
        raise BadRequest(f"kinds must be some of {names}, separated by commas") from None
