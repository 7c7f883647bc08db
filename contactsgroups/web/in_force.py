"""Answers wait until a change is in force for mail: whoever reads one can mail at once."""

from http import HTTPStatus

from flask import Blueprint, flash
from werkzeug.wrappers import Response

from contactsgroups.services.delivery.in_force import wait_until_in_force
from contactsgroups.web.languages import gettext
from contactsgroups.web.state import current_database, is_of_api, may_change

HEADER = "Contactsgroups-In-Force"
"""In an answer of the API to a change that Postfix does not know yet: ``shortly``."""


def wait_on(blueprint: Blueprint) -> None:
    """Have the answers of a blueprint to what may have changed something wait."""
    blueprint.after_request(_wait)


def _wait(response: Response) -> Response:
    if not may_change() or response.status_code >= HTTPStatus.BAD_REQUEST:
        return response
    if not wait_until_in_force(current_database()):
        if is_of_api():
            response.headers[HEADER] = "shortly"
        elif response.location is not None:
            flash(gettext("It is saved, and will be in force for mail shortly."))
    return response
