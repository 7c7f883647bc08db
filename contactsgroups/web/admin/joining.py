"""How members are added to a group: typed, pasted, uploaded, or a whole department at once."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.mailboxes import addresses_in
from contactsgroups.services.groups import members
from contactsgroups.services.groups.members import MembershipReport
from contactsgroups.web.admin.member_page import back_with, member_page, query_shown
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_principal
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("joining", __name__, url_prefix="/admin/groups/<uuid:uuid>/members")


@blueprint.post("")
def add(uuid: UUID) -> ResponseReturnValue:
    """Add what can be added and report the rest, which stays in the field."""
    actor, query = require_principal(), query_shown(uuid)
    typed = request.form.get("members", "")
    try:
        report = members.add_members(current_database(), actor, str(uuid), addresses_in(typed))
    except ContactsGroupsError as error:
        return refuse_form(member_page(actor, query, typed=typed, error=str(error)), error)
    if not (report.added or report.already or report.refused):
        return member_page(actor, query, error="no address was given"), 422
    if report.refused:
        left = "\n".join(refused.text for refused in report.refused)
        status = 200 if report.added or report.already else 422
        return member_page(actor, query, typed=left, report=report), status
    return back_with(_in_words(report), query)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with all that was typed."""
    uuid: UUID = (request.view_args or {})["uuid"]
    typed, text = request.form.get("members", ""), f"{error.description}. Try once more."
    return member_page(require_principal(), query_shown(uuid), typed=typed, error=text), 403


def _in_words(report: MembershipReport) -> str:
    parts = []
    if report.added:
        parts.append(f"Added {_count(report.added)}")
    if report.already:
        parts.append(f"{_count(report.already)} already there")
    return ", ".join(parts) + "."


def _count(addresses: tuple[str, ...]) -> str:
    return addresses[0] if len(addresses) == 1 else f"{len(addresses)} members"
