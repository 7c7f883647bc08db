"""The answer to ``GET /api/v1/completions``, the same whether Flask gives it or the fast path."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from werkzeug.exceptions import BadRequest

from contactsgroups.domain.principal import Principal
from contactsgroups.services.completion import LIMIT, EntryKind
from contactsgroups.web.api import cors
from contactsgroups.web.security import HEADERS
from contactsgroups.web.state import State

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

QUERY_LIMIT = 200
"""Characters of a query that are used; no useful query is longer."""
_KINDS = {str(kind): kind for kind in (EntryKind.GROUP, EntryKind.ACCOUNT, EntryKind.CONTACT)}
_HEADERS = (
    # Cached, but revalidated each time: a change takes effect at the next keystroke.
    ("Cache-Control", "private, no-cache"),
    *HEADERS.items(),
)
_TYPE = ("Content-Type", "application/json")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer with all its headers; a body is always JSON in UTF-8."""

    status: HTTPStatus
    headers: list[tuple[str, str]]
    body: bytes


def answer(state: State, principal: Principal, environ: "WSGIEnvironment") -> Answer:
    """Answer ``{"query": …, "completions": […]}``, best first.

    The index keeps each completion as ready JSON, so the answer is put together, not serialised.
    The query part may have ``q``, ``limit`` and ``kinds``.  The answer to an entity tag that the
    client knows (If-None-Match) has no body.

    Raises:
        BadRequest: ``limit`` or ``kinds`` is invalid.
        TooManyRequests: the principal asks too often.
        Unavailable: the database does not answer.
        UnicodeDecodeError: the query part has raw octets that are not UTF-8.
    """
    arguments = _read_arguments(environ.get("QUERY_STRING", ""))
    query = _clean(arguments.get("q", ""))
    limit, kinds = _read_limit(arguments), _read_kinds(arguments)
    state.rate.take(str(principal.address))
    found = state.core.completions.complete(principal, query, limit=limit, kinds=kinds)
    completions = ",".join([completion.payload for completion in found])
    body = f'{{"query":{json.dumps(query)},"completions":[{completions}]}}'.encode()
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    origins = cors.headers_for(environ.get("HTTP_ORIGIN"), state.core.settings.cors_origins)
    headers = [("ETag", tag), *_HEADERS, *origins]
    if tag in environ.get("HTTP_IF_NONE_MATCH", ""):
        return Answer(HTTPStatus.NOT_MODIFIED, headers, b"")
    return Answer(HTTPStatus.OK, [_TYPE, ("Content-Length", str(len(body))), *headers], body)


def _read_arguments(query: str) -> dict[str, str]:
    """Read a query part as Werkzeug does: the first of several values, odd octets kept.

    Args:
        query: raw octets, as the characters of the same numbers (PEP 3333).
    """
    if not query.isascii():
        query = query.encode("latin-1").decode()
    arguments: dict[str, str] = {}
    for field in query.replace("+", " ").split("&"):
        name, _, value = field.partition("=")
        arguments.setdefault(_unquote(name), _unquote(value))
    return arguments


def _unquote(text: str) -> str:
    return unquote(text, errors="werkzeug.url_quote") if "%" in text else text


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
