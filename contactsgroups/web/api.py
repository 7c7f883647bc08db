"""The JSON API: completions, members and pictures of groups, version 1."""

import json
import unicodedata
from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response as BaseResponse

from contactsgroups.autocomplete import EntryKind
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.services import visibility
from contactsgroups.services.completion.index import LIMIT
from contactsgroups.services.members import MemberView
from contactsgroups.web import errors
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_core, current_database

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

QUERY_LIMIT = 200
"""Characters of a query that are looked at; nobody types more to find somebody."""

_YEAR = 365 * 24 * 3600  # seconds


@blueprint.get("/completions")
def complete() -> Response:
    """Answer ``{"query": …, "completions": […]}``, best first.

    The index keeps each completion as ready JSON, so the answer is put together, not serialised.
    """
    principal = require_principal()
    query = _clean(request.args.get("q", ""))
    found = current_core().completions.complete(
        principal, query, limit=_read_limit(), kinds=_read_kinds()
    )
    completions = ",".join(completion.payload for completion in found)
    return _json(f'{{"query":{json.dumps(query)},"completions":[{completions}]}}')


@blueprint.get("/groups/<uuid:uuid>/members")
def list_members(uuid: UUID) -> Response:
    """Answer ``{"members": […], "total": n}``: every mailbox that the group reaches."""
    views = visibility.list_visible_members(current_database(), require_principal(), str(uuid))
    return _json(json.dumps({"members": [_member(view) for view in views], "total": len(views)}))


@blueprint.get("/groups/<uuid:uuid>/picture.png")
def send_picture(uuid: UUID) -> Response:
    """Send the group's picture; with its present version in ``v`` it may be kept for ever."""
    picture = visibility.read_visible_picture(current_database(), require_principal(), str(uuid))
    response = Response(picture.data, mimetype="image/png")
    response.set_etag(picture.version)
    is_versioned = request.args.get("v") == picture.version
    response.headers["Cache-Control"] = (
        f"private, max-age={_YEAR}, immutable" if is_versioned else "private, no-cache"
    )
    response.make_conditional(request)
    return response


@blueprint.errorhandler(ContactsGroupsError)
def answer_error(error: ContactsGroupsError) -> BaseResponse:
    """Answer with a problem document."""
    return errors.problem(error)


@blueprint.errorhandler(HTTPException)
def answer_http_error(error: HTTPException) -> BaseResponse:
    """Answer with a problem document."""
    return errors.http_problem(error)


def _clean(text: str) -> str:
    """Cut a query, and turn control characters into spaces: nobody is found by them."""
    return "".join(
        " " if unicodedata.category(character) in {"Cc", "Cs"} else character
        for character in text[:QUERY_LIMIT]
    )


def _read_limit() -> int:
    text = request.args.get("limit", "10")
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= LIMIT):
        raise BadRequest(f"limit must be a whole number from 1 to {LIMIT}")
    return int(text)


def _read_kinds() -> Sequence[EntryKind] | None:
    text = request.args.get("kinds", "")
    if not text:
        return None
    try:
        return [EntryKind(name.strip()) for name in text[:100].split(",")]
    except ValueError:
        names = ", ".join(EntryKind)
        raise BadRequest(f"kinds must be some of {names}, separated by commas") from None


def _member(view: MemberView) -> dict[str, str]:
    kind = "account" if view.kind == "alias" else view.kind
    return {"kind": kind, "name": view.name, "address": view.original}


def _json(text: str) -> Response:
    response = Response(text, mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response
