"""The page of the last day of some members: it is set, changed and taken away."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from contactsgroups.domain.address import display_address
from contactsgroups.domain.errors import ContactsGroupsError, InvalidInput
from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.last_day import read_last_day
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import COMMA, in_a_row
from contactsgroups.services import groups
from contactsgroups.services.groups.member_ends import Dated, require_datable, set_last_day
from contactsgroups.services.groups.member_listing import list_last_days
from contactsgroups.web.admin.member_page import PAGE, back_with
from contactsgroups.web.admin.member_query import MemberQuery
from contactsgroups.web.admin.parameters import one_line
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_principal
from contactsgroups.web.languages import gettext, ngettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

_NAMED = 5  # of those who are no members any more

blueprint = Blueprint("member_ends", __name__, url_prefix="/admin/groups/<uuid:uuid>/members/until")


@blueprint.get("")
def show(uuid: UUID) -> ResponseReturnValue:
    """Ask for the last day of the members that the URL names."""
    actor, query = require_principal(), _query(uuid, request.args.get("list", ""))
    require_datable(current_database(), actor, str(uuid))
    chosen = request.args.getlist("member")[:PAGE]
    if not chosen:
        return back_with(gettext("No member is ticked, so nothing was changed."), query)
    return last_day_page(actor, query, chosen)


@blueprint.post("")
def change(uuid: UUID) -> ResponseReturnValue:
    """Set the last day, or take it away."""
    actor, query = require_principal(), _query(uuid, request.form.get("list", ""))
    require_datable(current_database(), actor, str(uuid))
    chosen, action = request.form.getlist("member")[:PAGE], request.form.get("action", "")
    if action not in {"set", "never"}:
        raise InvalidInput("there is no such button", field="action")
    typed = one_line(request.form.get("until", ""))
    try:
        until = None if action == "never" else read_last_day(typed)
        if until is None and action == "set":
            raise InvalidInput("choose the last day", field="until")
        dated = set_last_day(current_database(), actor, str(uuid), chosen, until)
    except ContactsGroupsError as error:
        name = "until_error" if getattr(error, "field", None) == "until" else "error"
        page = last_day_page(actor, query, chosen, until=typed, **{name: say(error)})
        return refuse_form(page, error)
    return back_with(_in_words(dated, len(set(chosen)), until is None), query)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with all that was typed."""
    uuid: UUID = (request.view_args or {})["uuid"]
    actor, query = require_principal(), _query(uuid, request.form.get("list", ""))
    chosen, typed = request.form.getlist("member")[:PAGE], one_line(request.form.get("until", ""))
    text = error.in_words(gettext("Try once more."))
    return last_day_page(actor, query, chosen, until=typed, error=text), 403


def last_day_page(
    actor: Principal, query: MemberQuery, chosen: Sequence[str], **context: Any
) -> str:
    """Return the page that asks for the last day; it begins with the one that all of them have.

    Args:
        context: ``until`` as it was typed, ``until_error`` and ``error``.

    Raises:
        GroupNotFound, NotPermitted: the actor may not see the group's page.
    """
    database = current_database()
    group = groups.show_group(database, actor, query.uuid)
    if "until" not in context:
        stored = set(list_last_days(database, actor, query.uuid, chosen).values())
        only = stored.pop() if len(stored) == 1 else None
        context["until"] = "" if only is None else only.isoformat()
    return render(
        "members_until.html",
        group=group,
        query=query,
        chosen=chosen,
        is_derived=GroupKind(group.settings.kind).is_derived,
        **context,
    )


def _query(uuid: UUID, text: str) -> MemberQuery:
    return MemberQuery.parse(str(uuid), text)


def _in_words(dated: Dated, asked: int, is_endless: bool) -> str:
    """Say what became of the members who were ticked; who is none any more is named."""
    if len(dated.missing) == asked > 1:
        return gettext("They were no members any more.")
    parts = [_missing(dated.missing)] if dated.missing else []
    if dated.changed or not dated.missing:
        parts.insert(0, _changed(dated, is_endless))
    return " ".join(parts)


def _missing(addresses: Sequence[str]) -> str:
    if len(addresses) == 1:
        return gettext("{address} was no member any more.", address=display_address(addresses[0]))
    shown = [display_address(each) for each in addresses[:_NAMED]]
    text = in_a_row(shown, COMMA)
    if len(addresses) == len(shown):
        return gettext("No members any more were {addresses}.", addresses=text)
    return gettext(
        "No members any more were {addresses} and {number} others.",
        addresses=text,
        number=len(addresses) - len(shown),
    )


def _changed(dated: Dated, is_endless: bool) -> str:
    if not dated.changed:
        return gettext("Nothing was to be changed.")
    if is_endless:
        return ngettext(
            "{number} member has no last day any more.",
            "{number} members have no last day any more.",
            len(dated.changed),
        )
    return ngettext(
        "Set the last day of {number} member.",
        "Set the last day of {number} members.",
        len(dated.changed),
    )
