"""The JSON API: completions, members and pictures of groups, version 1."""

import json
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.datastructures import Headers

from contactsgroups.services.groups import audience
from contactsgroups.services.groups.member_views import MemberView
from contactsgroups.web import errors
from contactsgroups.web.api import completions, cors, usage
from contactsgroups.web.identity import current_principal, require_principal
from contactsgroups.web.state import current_core, current_database, current_state

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

_YEAR = 365 * 24 * 3600  # seconds


class _WholeResponse(Response):
    """One whose headers are sent as they are: none is missing, and none depends on the request."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        return self.headers


@blueprint.get("/completions")
def complete() -> Response:
    """Answer with completions for ``q``; see :mod:`contactsgroups.web.api.completions`."""
    found = completions.answer(current_state(), require_principal(), request.environ)
    kind = _WholeResponse if found.body else Response
    return kind(found.body, found.status, found.headers)


@blueprint.get("/groups/<uuid:uuid>/members")
def list_members(uuid: UUID) -> Response:
    """Answer ``{"members": […], "total": n}``: every mailbox that the group reaches."""
    views = audience.list_visible_members(current_database(), require_principal(), str(uuid))
    return _json(json.dumps({"members": [_member(view) for view in views], "total": len(views)}))


@blueprint.get("/groups/<uuid:uuid>/picture.png")
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


@blueprint.after_request
def allow_origins(response: Response) -> Response:
    """Let the pages of the origins in the settings read the answer."""
    if allowed := current_core().settings.cors_origins:
        for name, value in cors.headers_for(request.headers.get("Origin"), allowed):
            response.headers[name] = value
    return response


def _member(view: MemberView) -> dict[str, str]:
    kind = "account" if view.kind == "alias" else view.kind
    return {"kind": kind, "name": view.name, "address": view.original}


def _json(text: str) -> Response:
    response = Response(text, mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response


errors.answer_with(blueprint, errors.problem, errors.http_problem)
blueprint.register_blueprint(usage.blueprint)
