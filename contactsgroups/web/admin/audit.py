"""The admin page of the audit log, and its files."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.services import accounts, audit_log, audit_verification
from contactsgroups.services.audit_log import AuditEntry
from contactsgroups.services.groups.undo_offers import find_offers
from contactsgroups.web.admin.audit_chain import status_of
from contactsgroups.web.admin.audit_files import csv_pieces, json_lines
from contactsgroups.web.admin.audit_query import choices_of_what, read_asked
from contactsgroups.web.admin.audit_words import tell_in_language
from contactsgroups.web.admin.parameters import read_number
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_database

blueprint = Blueprint("audit", __name__, url_prefix="/admin")

PAGE = 50  # entries on one page


@blueprint.get("/audit")
def show() -> ResponseReturnValue:
    """Show what was changed in the domains of this administrator, the newest first."""
    actor, database = require_administrator(), current_database()
    asked, before = read_asked(), read_number("before")
    wanted, faults = asked.filter(), asked.faults()
    page = audit_log.list_entries(database, actor, wanted, before=before, limit=PAGE)
    html = render(
        "audit.html",
        chain=status_of(audit_verification.last_verifications(database, actor), actor),
        asked=asked,
        faults=faults,
        before=before,
        page=page,
        total=audit_log.count_entries(database, actor, wanted),
        total_limit=audit_log.COUNT_LIMIT,
        names=audit_log.read_names(database, actor, page.entries),
        domains=accounts.list_domains(database, actor),
        choices=choices_of_what(),
        tell=tell_in_language,
        offers=find_offers(database, actor, page.entries),
    )
    return html, 422 if faults else 200


@blueprint.post("/audit/verify")
def verify() -> ResponseReturnValue:
    """Verify the newest entries, and show what the page was asked for again."""
    actor, asked = require_administrator(), read_asked()
    audit_verification.verify_newest(current_database(), actor)
    values: dict[str, Any] = {**asked.parameters}
    return redirect(url_for("contactsgroups.audit.show", **values), 303)


@blueprint.get("/audit.csv")
def send_csv() -> Response:
    """Send what the page was asked for as CSV, all of it."""
    entries = _all_asked_for()
    return _file(Response(csv_pieces(entries), mimetype="text/csv"), "audit-log.csv")


@blueprint.get("/audit.jsonl")
def send_json_lines() -> Response:
    """Send what the page was asked for as JSON lines, all of it."""
    entries = _all_asked_for()
    return _file(Response(json_lines(entries), mimetype="application/jsonl"), "audit-log.jsonl")


def _all_asked_for() -> Iterator[AuditEntry]:
    """Return all entries; a faulty filter is refused, since without it the file would have more.

    Raises:
        InvalidInput: a field of the filter makes no sense.
        NotPermitted: the principal administers no domain.
    """
    actor, asked = require_administrator(), read_asked()
    for name, text in asked.faults().items():
        raise InvalidInput("{text} Nothing was exported.", field=name, text=text)
    return audit_log.read_all_entries(current_database(), actor, asked.filter())


def _file(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
