"""The JSON API: its blueprint, and what is read and answered without the schemas of operations."""

import json
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response as BaseResponse

from contactsgroups.services.groups import audience
from contactsgroups.web import errors
from contactsgroups.web.api import (
    audit,
    completions,
    contacts,
    cors,
    delivery,
    directory,
    groups,
    held_messages,
    last_days,
    members,
    membership_requests,
    own_groups,
    pictures,
    roles,
    undo,
    usage,
)
from contactsgroups.web.api.completion_schemas import CompletionList, CompletionQuery, PictureQuery
from contactsgroups.web.api.document import describe_api
from contactsgroups.web.api.operations import Media, Operation, describes
from contactsgroups.web.identity import current_principal, require_principal, require_reader
from contactsgroups.web.security import set_headers
from contactsgroups.web.state import current_core, current_database, current_state

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

_DOCUMENTS = 8  # roots that documents are kept for; a proxy or two name them
_YEAR = 365 * 24 * 3600  # seconds


class _WholeResponse(Response):
    """One whose headers are sent as they are: none is missing, and none depends on the request."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        return self.headers


@blueprint.get("/openapi.json")
@describes(
    Operation(summary="Read this document", scope="", answers={200: Media("application/json")})
)
def send_document() -> Response:
    """Send the document of the API (OpenAPI 3.1)."""
    root = request.root_path + request.path.removesuffix("/openapi.json")
    # The application itself, not the proxy for it, which is the same one for every application.
    return _json(_document(current_app._get_current_object(), root))  # type: ignore[attr-defined]


@lru_cache(maxsize=_DOCUMENTS)
def _document(app: Flask, root: str) -> str:
    """Return the document as text, which takes longer to make than most answers do."""
    return json.dumps(describe_api(app, root), ensure_ascii=False)


@blueprint.get("/completions")
@describes(
    Operation(
        summary="Suggest recipients",
        query=CompletionQuery,
        answers={200: CompletionList, 304: None},
        problems=(429,),
        has_tag=True,
    )
)
def complete() -> Response:
    """Suggest groups, accounts and own contacts for what is typed, best first."""
    found = completions.answer(current_state(), require_reader(), request.environ)
    kind = _WholeResponse if found.body else Response
    return kind(found.body, found.status, found.headers)


@blueprint.get("/groups/<uuid:uuid>/picture.png")
@describes(
    Operation(
        summary="Read a group's picture",
        query=PictureQuery,
        answers={200: Media("image/png"), 304: None},
        has_tag=True,
    )
)
def send_picture(uuid: UUID) -> Response:
    """Send the group's picture; with its present version in ``v`` it may be kept for ever.

    With that version it needs no sign-in, which images of other origins cannot have.
    """
    principal, version = current_principal(), request.args.get("v", "")
    if principal is None and version:
        picture = audience.read_listed_picture(current_database(), str(uuid), version)
    else:
        picture = audience.read_visible_picture(current_database(), require_principal(), str(uuid))
    response = Response(picture.data, mimetype="image/png")
    response.set_etag(picture.version)
    is_versioned = version == picture.version
    response.headers["Cache-Control"] = (
        f"private, max-age={_YEAR}, immutable" if is_versioned else "private, no-cache"
    )
    response.make_conditional(request)
    return response


@blueprint.before_app_request
def answer_unknown_paths() -> BaseResponse | None:
    """Answer 404 and 405 below the API, which Flask would leave to the application's handlers."""
    error = request.routing_exception
    if error is None or (error.code or 0) < HTTPStatus.BAD_REQUEST or not _is_below():
        return None
    return set_headers(errors.http_problem(error))


@blueprint.after_request
def allow_origins(response: Response) -> Response:
    """Let the pages of the origins in the settings read the answer."""
    if allowed := current_core().settings.cors_origins:
        for name, value in cors.headers_for(request.headers.get("Origin"), allowed):
            response.headers[name] = value
    return response


def _is_below() -> bool:
    """Whether the request's path is below the API, wherever that is in the application."""
    first = next(current_app.url_map.iter_rules("contactsgroups.api.complete"))
    return request.path.startswith(first.rule.removesuffix("completions"))


def _json(text: str) -> Response:
    response = Response(text, mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response


errors.answer_with(blueprint, errors.problem, errors.http_problem)
for part in (
    usage,
    contacts,
    groups,
    members,
    last_days,
    delivery,
    pictures,
    roles,
    directory,
    audit,
    undo,
):
    blueprint.register_blueprint(part.blueprint)
for own_part in (membership_requests, own_groups, held_messages):
    blueprint.register_blueprint(own_part.blueprint)
blueprint.register_blueprint(audit.history_blueprint)
