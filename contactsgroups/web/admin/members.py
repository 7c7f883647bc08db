"""The pages of a group's members, for administrators and owners: list, remove, files.

How members are added is in ``joining``.
"""

from functools import reduce
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from contactsgroups.domain.errors import ContactsGroupsError, InvalidInput
from contactsgroups.domain.principal import Principal
from contactsgroups.services import groups
from contactsgroups.services.groups import member_removal, members
from contactsgroups.services.groups.member_filtering import MemberKind
from contactsgroups.services.groups.member_listing import list_found_members, read_found_members
from contactsgroups.services.groups.member_removal import Removal
from contactsgroups.web.admin.member_ends import last_day_page
from contactsgroups.web.admin.member_files import csv_pieces, text_pieces
from contactsgroups.web.admin.member_page import PAGE, back_with, member_page, query_shown
from contactsgroups.web.admin.member_query import MemberQuery
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_principal
from contactsgroups.web.languages import gettext, mark, ngettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("members", __name__, url_prefix="/admin/groups/<uuid:uuid>")

_NAMED = 20  # members that the question names before all that a filter finds are removed
_KINDS = {
    MemberKind.ACCOUNT: mark("account"),
    MemberKind.GROUP: mark("group"),
    MemberKind.ALIAS: mark("alias"),
    MemberKind.EXTERNAL: mark("external"),
    MemberKind.INACTIVE: mark("inactive"),
    MemberKind.ENDS: mark("membership that ends"),
}


@blueprint.get("/members")
def show(uuid: UUID) -> str:
    """List the members that the URL asks for, a page at a time."""
    return member_page(require_principal(), query_shown(uuid))


@blueprint.post("/members/ticked")
def change(uuid: UUID) -> ResponseReturnValue:
    """Remove the ticked members, or ask for their last day; for all found, ask first."""
    actor, query = require_principal(), query_shown(uuid)
    members.require_editable(current_database(), actor, str(uuid))
    action = request.form.get("action", "")
    if action == "all":
        return _question(actor, query)
    if action not in {"remove", "until"}:
        raise InvalidInput("there is no such button", field="action")
    ticked = request.form.getlist("member")[:PAGE]
    if not ticked:
        return back_with(gettext("No member is ticked, so nothing was changed."), query)
    if action == "until":
        return last_day_page(actor, query, ticked)
    try:
        removal = member_removal.remove_members(current_database(), actor, str(uuid), ticked)
    except ContactsGroupsError as error:
        return refuse_form(member_page(actor, query, error=say(error)), error)
    return _tell(actor, removal, query)


@blueprint.post("/members/remove-found")
def remove_found(uuid: UUID) -> ResponseReturnValue:
    """Remove all members that the filter finds, if they are as many as the question said."""
    actor, query = require_principal(), query_shown(uuid)
    members.require_editable(current_database(), actor, str(uuid))
    found = _count_found(actor, query)
    if request.form.get("found", "") != str(found):
        text = gettext(
            "The list has changed meanwhile: it has {number} now. Nothing was removed.",
            number=found,
        )
        return _question(actor, query, text), 409
    removal = member_removal.remove_found(current_database(), actor, str(uuid), query.wanted)
    return _tell(actor, removal, MemberQuery(uuid=str(uuid)))


@blueprint.get("/members.csv")
def send_csv(uuid: UUID) -> Response:
    """Send the members that the URL asks for as CSV, all of them."""
    return _file(uuid, "csv")


@blueprint.get("/members.txt")
def send_text(uuid: UUID) -> Response:
    """Send their addresses, one a line."""
    return _file(uuid, "txt")


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show the list again, which says that nothing was changed."""
    uuid: UUID = (request.view_args or {})["uuid"]
    text = error.in_words(gettext("Try once more."))
    return member_page(require_principal(), query_shown(uuid), error=text), 403


def _tell(actor: Principal, removal: Removal, query: MemberQuery) -> ResponseReturnValue:
    """Go back to the list if all went well; otherwise name who stays, above the list."""
    if not removal.refused and removal.stopped is None:
        return back_with(_in_words(removal), query)
    if removal.stopped is not None:
        return refuse_form(member_page(actor, query, removal=removal), removal.stopped)
    return member_page(actor, query, removal=removal), 200 if removal.removed else 422


def _in_words(removal: Removal) -> str:
    if not removal.removed:
        return gettext("They were no members any more.")
    if len(removal.removed) == 1:
        return gettext("Removed {address}.", address=removal.removed[0])
    return ngettext("Removed {number} member.", "Removed {number} members.", len(removal.removed))


def _count_found(actor: Principal, query: MemberQuery) -> int:
    """Return how many members a filter finds."""
    database = current_database()
    return list_found_members(database, actor, query.uuid, query.wanted, limit=1).found


def _question(actor: Principal, query: MemberQuery, error: str = "") -> str:
    """Ask before all that the filter finds are removed."""
    database = current_database()
    group = groups.show_group(database, actor, query.uuid)
    listing = list_found_members(database, actor, query.uuid, query.wanted, limit=_NAMED)
    return render(
        "members_remove.html",
        group=group,
        query=query,
        kinds=_kinds(query),
        listing=listing,
        error=error,
    )


def _kinds(query: MemberQuery) -> str:
    """Return the kinds that a filter wants, in words."""
    words = [gettext(_KINDS[each]) for each in sorted(query.wanted.kinds)]
    return reduce(
        lambda one, other: gettext("{one} or {other}", one=one, other=other), words or [""]
    )


def _file(uuid: UUID, ending: str) -> Response:
    """Send what the list was asked for; whoever sees the group's page may.

    Raises:
        GroupNotFound, NotPermitted
    """
    actor, database, query = require_principal(), current_database(), query_shown(uuid)
    group = groups.show_group(database, actor, str(uuid))
    found = read_found_members(database, actor, str(uuid), query.wanted)
    pieces = csv_pieces(found) if ending == "csv" else text_pieces(found)
    response = Response(pieces, mimetype="text/csv" if ending == "csv" else "text/plain")
    name = group.address.partition("@")[0] if group.address.isascii() else "members"
    safe = "".join(each if each.isalnum() or each in "-._" else "-" for each in name)
    disposition = f'attachment; filename="{safe}-members.{ending}"'
    response.headers["Content-Disposition"] = disposition
    return response
