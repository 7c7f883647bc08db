"""The start page, and the health check for monitoring."""

from flask import Blueprint, Response

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from contactsgroups.web.identity import current_principal
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_database, current_state

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
def show() -> str:
    """Show links to the parts of the product."""
    current_principal()
    return render("start.html", carddav_path=current_state().carddav_path)


@blueprint.get("/healthz")
def check_health() -> Response:
    """Answer 200 if the database answers, 503 otherwise."""
    domains = accounts.list_domains(current_database(), OPERATOR)
    response = Response(f"ok, {len(domains)} domains\n", mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
