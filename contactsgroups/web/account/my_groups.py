"""The pages "My groups": what one is in and runs, what one may join, and each group on its own."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.group import PostingPolicy, Role
from contactsgroups.domain.membership_request import RequestState
from contactsgroups.domain.principal import Principal
from contactsgroups.services.groups import members, own_groups, requests, teams
from contactsgroups.web.account.tabs import tab_counts
from contactsgroups.web.admin.parameters import read_text
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_principal
from contactsgroups.web.languages import gettext, mark, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("my_groups", __name__, url_prefix="/groups")

MEMBERS_PAGE = 100  # members on one page
POLICIES = {str(each): each for each in PostingPolicy}


@blueprint.get("")
def show() -> str:
    """Show what the account is in, directly and through something else."""
    principal, database = require_principal(), current_database()
    after, through_after = read_text("after"), read_text("through_after")
    direct = own_groups.list_direct_groups(database, principal, after=after)
    indirect = own_groups.list_indirect_groups(database, principal, after=through_after)
    return render(
        "my_groups.html",
        tab="joined",
        may_create_team=teams.may_create_team(database, principal),
        counts=tab_counts(principal),
        direct=direct,
        indirect=indirect,
        after=after,
        through_after=through_after,
    )


@blueprint.get("/owned")
def show_owned() -> str:
    """Show what the account owns."""
    return _run_page(Role.OWNER, "owned")


@blueprint.get("/moderated")
def show_moderated() -> str:
    """Show what the account moderates."""
    return _run_page(Role.MODERATOR, "moderated")


@blueprint.get("/join")
def show_joinable() -> str:
    """Show the groups that take requests to join, or those that a search finds."""
    principal = require_principal()
    search, after = read_text("q"), read_text("after")
    page = own_groups.list_joinable_groups(
        current_database(), principal, search=search, after=after
    )
    return render("groups_to_join.html", page=page, search=search, after=after)


@blueprint.get("/<uuid:uuid>")
def show_group(uuid: UUID) -> str:
    """Show one group: what it is, how the account is in it, and who else is, where it says so."""
    principal, database = require_principal(), current_database()
    own = own_groups.show_known_group(database, principal, str(uuid))
    after = read_text("after")
    rows = (
        members.list_members(database, principal, str(uuid), after=after, limit=MEMBERS_PAGE + 1)
        if own.is_open
        else []
    )
    return render(
        "my_group.html",
        own=own,
        group=own.group,
        policies=POLICIES,
        members=rows[:MEMBERS_PAGE],
        after=after,
        next_after=rows[MEMBERS_PAGE - 1].address if len(rows) > MEMBERS_PAGE else None,
    )


@blueprint.get("/<uuid:uuid>/leave")
def ask_to_leave(uuid: UUID) -> str:
    """Ask whether to leave, and for a note where somebody decides about it."""
    return _asking_page(require_principal(), uuid, "leave")


@blueprint.post("/<uuid:uuid>/leave")
def leave(uuid: UUID) -> ResponseReturnValue:
    """Leave, or ask to."""
    return _carry_out(uuid, "leave")


@blueprint.get("/<uuid:uuid>/join")
def ask_to_join(uuid: UUID) -> str:
    """Ask for a note to those who decide."""
    return _asking_page(require_principal(), uuid, "join")


@blueprint.post("/<uuid:uuid>/join")
def join(uuid: UUID) -> ResponseReturnValue:
    """Ask to join; those who manage the group are in it at once."""
    return _carry_out(uuid, "join")


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with all that was typed."""
    uuid: UUID = (request.view_args or {})["uuid"]
    wish = (request.endpoint or "").rpartition(".")[2]
    text = error.in_words(gettext("Try once more."))
    return _asking_page(require_principal(), uuid, wish, error=text), 403


def _run_page(role: Role, tab: str) -> str:
    principal, after = require_principal(), read_text("after")
    page = own_groups.list_run_groups(current_database(), principal, role, after=after)
    return render(
        "my_run_groups.html", tab=tab, counts=tab_counts(principal), page=page, after=after
    )


def _asking_page(principal: Principal, uuid: UUID, wish: str, error: str = "") -> str:
    own = own_groups.show_known_group(current_database(), principal, str(uuid))
    note = request.form.get("note", "")
    return render(
        "membership_ask.html", own=own, group=own.group, wish=wish, note=note, error=error
    )


def _carry_out(uuid: UUID, wish: str) -> ResponseReturnValue:
    principal, database = require_principal(), current_database()
    own = own_groups.show_known_group(database, principal, str(uuid))
    act = requests.leave_group if wish == "leave" else requests.join_group
    try:
        state = act(database, principal, str(uuid), request.form.get("note", ""))
    except ContactsGroupsError as error:
        return refuse_form(_asking_page(principal, uuid, wish, error=say(error)), error)
    flash(_in_words(wish, state, own.group.shown_name))
    return redirect(url_for("contactsgroups.my_groups.show"), 303)


def _in_words(wish: str, state: RequestState, name: str) -> str:
    if state is RequestState.WAITING and wish == "leave":
        text = mark("You asked to leave “{name}”. An owner decides; you can withdraw until then.")
    elif state is RequestState.WAITING:
        text = mark("You asked to join “{name}”. An owner decides; you can withdraw until then.")
    elif wish == "leave":
        text = mark("You left “{name}”. Mail to it stops now.")
    else:
        text = mark("You are in “{name}” now.")
    return gettext(text, name=name)
