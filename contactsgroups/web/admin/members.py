"""The pages of a group's members, for administrators and owners."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.mailboxes import addresses_in
from contactsgroups.domain.principal import Principal
from contactsgroups.services import groups
from contactsgroups.services.groups import members
from contactsgroups.services.groups.members import MembershipReport
from contactsgroups.web.admin.parameters import read_text
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_principal
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("members", __name__, url_prefix="/admin/groups/<uuid:uuid>")

PAGE = 100  # members on one page


@blueprint.get("/members")
def show(uuid: UUID) -> str:
    """List the members, a page at a time."""
    return _page(require_principal(), uuid)


@blueprint.post("/members")
def add(uuid: UUID) -> ResponseReturnValue:
    """Add what can be added and report the rest, which stays in the field."""
    actor = require_principal()
    typed = request.form.get("members", "")
    try:
        report = members.add_members(current_database(), actor, str(uuid), addresses_in(typed))
    except ContactsGroupsError as error:
        return refuse_form(_page(actor, uuid, typed=typed, error=str(error)), error)
    if not (report.added or report.already or report.refused):
        return _page(actor, uuid, error="no address was given"), 422
    if report.refused:
        left = "\n".join(refused.text for refused in report.refused)
        status = 200 if report.added or report.already else 422
        return _page(actor, uuid, typed=left, report=report), status
    flash(_in_words(report))
    return redirect(url_for("contactsgroups.members.show", uuid=uuid), 303)


@blueprint.post("/members/remove")
def remove(uuid: UUID) -> ResponseReturnValue:
    """Remove one member."""
    actor = require_principal()
    address = request.form.get("address", "")
    try:
        members.remove_member(current_database(), actor, str(uuid), address)
    except ContactsGroupsError as error:
        return refuse_form(_page(actor, uuid, error=str(error)), error)
    flash(f"Removed {address}.")
    after = read_text("after")
    where = url_for("contactsgroups.members.show", uuid=uuid, after=after or None)
    return redirect(where, 303)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with all that was typed."""
    actor = require_principal()
    uuid: UUID = (request.view_args or {})["uuid"]
    typed = request.form.get("members", "")
    return _page(actor, uuid, typed=typed, error=f"{error.description}. Try once more."), 403


def _page(
    actor: Principal,
    uuid: UUID,
    *,
    typed: str = "",
    error: str = "",
    report: MembershipReport | None = None,
) -> str:
    database = current_database()
    group = groups.show_group(database, actor, str(uuid))
    after = read_text("after")
    rows = members.list_members(database, actor, str(uuid), after=after, limit=PAGE + 1)
    return render(
        "group_members.html",
        group=group,
        members=rows[:PAGE],
        after=after,
        next_after=rows[PAGE - 1].address if len(rows) > PAGE else None,
        is_derived=GroupKind(group.settings.kind).is_derived,
        typed=typed,
        error=error,
        report=report,
    )


def _in_words(report: MembershipReport) -> str:
    parts = []
    if report.added:
        parts.append(f"Added {_count(report.added)}")
    if report.already:
        parts.append(f"{_count(report.already)} already there")
    return ", ".join(parts) + "."


def _count(addresses: tuple[str, ...]) -> str:
    return addresses[0] if len(addresses) == 1 else f"{len(addresses)} members"
