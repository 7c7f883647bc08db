"""The page of reports: what may need a look, counted, with a way to each list."""

from flask import Blueprint

from contactsgroups.web.admin.finding_words import FINDINGS
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_state

blueprint = Blueprint("reports", __name__, url_prefix="/admin/reports")


@blueprint.get("")
def show() -> str:
    """Show how many groups and accounts may need a look."""
    reports = current_state().reports.of(require_administrator())
    return render("reports.html", reports=reports, findings=FINDINGS)
