"""The list of groups for administrators, and what is done to the groups that are ticked in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from contactsgroups.domain.address import display_address
from contactsgroups.domain.errors import InvalidInput, NotAuthenticated
from contactsgroups.domain.principal import Principal
from contactsgroups.services import accounts
from contactsgroups.services.groups import PAGE_LIMIT, bulk
from contactsgroups.services.groups.bulk import Outcome
from contactsgroups.services.groups.listing import GroupListing, list_managed
from contactsgroups.services.groups.ordering import GroupOrder
from contactsgroups.web.admin.finding_words import FINDINGS
from contactsgroups.web.admin.group_form import KINDS, POLICIES
from contactsgroups.web.admin.group_query import GroupQuery
from contactsgroups.web.admin.parameters import only_uuids
from contactsgroups.web.errors import refuse_form, reshowing, status_of
from contactsgroups.web.identity import check_password, require_administrator
from contactsgroups.web.languages import as_sentence, gettext, mark, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("group_list", __name__, url_prefix="/admin/groups")

PAGE = 50  # groups on one page
_NOTHING = GroupListing(groups=(), found=0, managed=0, tallies={}, before=None, after=None)


@dataclass(frozen=True, slots=True)
class Done:
    """What is said when it is done: in a word, of one group, and of several."""

    word: str
    one: str
    many: str


@dataclass(frozen=True, slots=True)
class Switching:
    """What a button does to all ticked groups: its words before and after, and the switch."""

    label: str
    done: Done
    values: dict[str, bool]


SWITCHING = {
    "enable": Switching(
        mark("Enable"),
        Done(mark("Enabled"), mark("Enabled {group}."), mark("Enabled {number} groups.")),
        {"disabled": False},
    ),
    "disable": Switching(
        mark("Disable"),
        Done(mark("Disabled"), mark("Disabled {group}."), mark("Disabled {number} groups.")),
        {"disabled": True},
    ),
    "show": Switching(
        mark("Show"),
        Done(mark("Shown"), mark("Shown {group}."), mark("Shown {number} groups.")),
        {"show_in_contacts": True},
    ),
    "hide": Switching(
        mark("Hide"),
        Done(mark("Hidden"), mark("Hidden {group}."), mark("Hidden {number} groups.")),
        {"show_in_contacts": False},
    ),
}
_DELETED = Done(mark("Deleted"), mark("Deleted {group}."), mark("Deleted {number} groups."))
_ORDERS = {
    GroupOrder.NAME: mark("Name"),
    GroupOrder.ADDRESS: mark("Address"),
    GroupOrder.RECIPIENTS: mark("Recipients"),
    GroupOrder.CHANGED: mark("Changed"),
}
"""What a list can be sorted by, as its columns are called."""


def show_list(actor: Principal, query: GroupQuery) -> ResponseReturnValue:
    """Show a page of the list; if the filter makes no sense, what is wrong with it."""
    try:
        listing = list_managed(
            current_database(),
            actor,
            query.wanted,
            sorting=query.sorting,
            place=query.place,
            limit=PAGE,
        )
    except InvalidInput as error:
        return refuse_form(_list_page(actor, query, _NOTHING, say(error)), error)
    return _list_page(actor, query, listing)


@blueprint.post("/ticked")
def change() -> ResponseReturnValue:
    """Do to the ticked groups what the button says; before they are deleted, ask."""
    actor, uuids, query = require_administrator(), _ticked(), _query_before()
    if not uuids:
        return _nothing_ticked(query)
    action = request.form.get("action", "")
    if action == "delete":
        return _deletion_page(actor, uuids, query)
    if (switching := SWITCHING.get(action)) is None:
        raise InvalidInput("there is no such button", field="action")
    outcomes = bulk.switch_groups(current_database(), actor, uuids, switching.values)
    return _tell(outcomes, switching.done, query)


@blueprint.post("/ticked/delete")
def delete() -> ResponseReturnValue:
    """Delete the groups that were ticked if the password is right."""
    actor, uuids, query = require_administrator(), _ticked(), _query_before()
    if not uuids:
        return _nothing_ticked(query)
    try:
        check_password(actor, request.form.get("password", ""))
    except NotAuthenticated:
        return _deletion_page(actor, uuids, query, error=gettext("the password is wrong")), 403
    return _tell(bulk.remove_groups(current_database(), actor, uuids), _DELETED, query)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired question again; or the list, which says that nothing was changed."""
    actor, query = require_administrator(), _query_before()
    if request.endpoint == "contactsgroups.group_list.delete":
        return _deletion_page(
            actor, _ticked(), query, error=error.in_words(gettext("Try once more."))
        ), 403
    flash(as_sentence(gettext(error.description)))
    return redirect(query.here, 303)


def _ticked() -> list[str]:
    """Return the UUIDs of the ticked groups; a page of the list has fewer than the limit."""
    return only_uuids(request.form.getlist("group"))[:PAGE_LIMIT]


def _nothing_ticked(query: GroupQuery) -> ResponseReturnValue:
    flash(gettext("No group is ticked, so nothing was changed."))
    return redirect(query.here, 303)


def _query_before() -> GroupQuery:
    """Return what the list showed where the groups were ticked."""
    return GroupQuery.parse(request.form.get("list", ""))


def _tell(outcomes: Sequence[Outcome], done: Done, query: GroupQuery) -> ResponseReturnValue:
    """Go back to the list if all went well; otherwise say what became of each group."""
    errors = [each.error for each in outcomes if each.error is not None]
    if not errors:
        flash(_said_of(outcomes, done))
        return redirect(query.here, 303)
    page = render("groups_changed.html", outcomes=outcomes, done=done.word, query=query)
    return page, 200 if len(errors) < len(outcomes) else status_of(errors[0])


def _said_of(outcomes: Sequence[Outcome], done: Done) -> str:
    if len(outcomes) == 1:
        return gettext(done.one, group=display_address(outcomes[0].original))
    return gettext(done.many, number=len(outcomes))


def _list_page(actor: Principal, query: GroupQuery, listing: GroupListing, error: str = "") -> str:
    return render(
        "groups.html",
        query=query,
        listing=listing,
        error=error,
        domains=accounts.list_domains(current_database(), actor),
        kinds=KINDS,
        policies=POLICIES,
        switching=SWITCHING,
        findings=FINDINGS,
        orders=_ORDERS,
    )


def _deletion_page(
    actor: Principal, uuids: Sequence[str], query: GroupQuery, error: str = ""
) -> str:
    outcomes = bulk.show_many(current_database(), actor, uuids)
    doomed = [each.uuid for each in outcomes if each.error is None]
    emptied = bulk.find_emptied(current_database(), actor, doomed)
    return render(
        "groups_delete.html", outcomes=outcomes, emptied=emptied, query=query, error=error
    )
