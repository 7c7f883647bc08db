"""The start page, and the health check for monitoring."""

import logging
from http import HTTPStatus

from flask import Blueprint, Response

from contactsgroups.domain.errors import Unavailable, with_detail
from contactsgroups.services.delivery.published_maps import read_position
from contactsgroups.web.identity import current_principal
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_database, current_state

blueprint = Blueprint("start", __name__)

_log = logging.getLogger(__name__)


@blueprint.get("/")
def show() -> str:
    """Show links to the parts of the product."""
    current_principal()
    return render("start.html", carddav_path=current_state().carddav_path)


@blueprint.get("/healthz")
def check_health() -> Response:
    """Answer 200 if the database answers, 503 otherwise; strangers read nothing else here."""
    try:
        read_position(current_database())  # The least that every other answer needs as well.
    except Unavailable as error:
        _log.error("GET /healthz: %s", with_detail(error))
        return _state("not ok\n", HTTPStatus.SERVICE_UNAVAILABLE)
    return _state("ok\n", HTTPStatus.OK)


def _state(text: str, status: HTTPStatus) -> Response:
    response = Response(text, status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
