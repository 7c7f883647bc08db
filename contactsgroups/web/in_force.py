"""Answers wait until a change is in force for mail: whoever reads one can mail at once."""

from http import HTTPStatus

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from contactsgroups.services.delivery.in_force import wait_until_in_force
from contactsgroups.web.languages import gettext
from contactsgroups.web.state import EXTENSION, current_database

HEADER = "Contactsgroups-In-Force"
"""In an answer of the API to a change that Postfix does not know yet: ``shortly``."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_API = f"{EXTENSION}.api"


def wait_on(blueprint: Blueprint) -> None:
    """Have the answers of a blueprint to what may have changed something wait."""
    blueprint.after_request(_wait)


def _wait(response: Response) -> Response:
    may_have_changed = request.method not in _SAFE_METHODS
    if not may_have_changed or response.status_code >= HTTPStatus.BAD_REQUEST:
        return response
    if not wait_until_in_force(current_database()):
        if _API in request.blueprints:
            response.headers[HEADER] = "shortly"
        elif response.location is not None:
            flash(gettext("It is saved, and will be in force for mail shortly."))
    return response
