"""The page of requests to join and leave: those to decide about, and what became of one's own."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.principal import Principal
from contactsgroups.services.groups import requests
from contactsgroups.services.groups.request_views import RequestView
from contactsgroups.web.account.tabs import tab_counts
from contactsgroups.web.admin.group_requests import say_decision
from contactsgroups.web.admin.parameters import read_number
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_principal
from contactsgroups.web.languages import gettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("requests", __name__, url_prefix="/groups/requests")


@blueprint.get("")
def show() -> str:
    """Show the requests that wait for this account, and its own."""
    return _page(require_principal())


@blueprint.post("/<uuid:uuid>/approve")
def approve(uuid: UUID) -> ResponseReturnValue:
    """Let the applicant in, or go."""
    principal = require_principal()
    return _decide(principal, uuid, requests.approve_request)


@blueprint.post("/<uuid:uuid>/decline")
def decline(uuid: UUID) -> ResponseReturnValue:
    """Leave everything as it is; the applicant reads the note."""
    principal = require_principal()
    return _decide(principal, uuid, requests.decline_request)


@blueprint.post("/<uuid:uuid>/withdraw")
def withdraw(uuid: UUID) -> ResponseReturnValue:
    """Take back what this account has asked for."""
    principal = require_principal()
    try:
        requests.withdraw_request(current_database(), principal, str(uuid))
    except ContactsGroupsError as error:
        return refuse_form(_page(principal, error=say(error)), error)
    flash(gettext("You have withdrawn your request."))
    return redirect(url_for("contactsgroups.requests.show"), 303)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with all that was typed."""
    principal = require_principal()
    uuid = str((request.view_args or {})["uuid"])
    return _page(principal, uuid, error.in_words(gettext("Try once more."))), 403


def _decide(
    principal: Principal, uuid: UUID, decide: Callable[..., RequestView]
) -> ResponseReturnValue:
    answer = request.form.get("answer", "")
    try:
        decided = decide(current_database(), principal, str(uuid), answer)
    except ContactsGroupsError as error:
        return refuse_form(_page(principal, str(uuid), say(error)), error)
    flash(say_decision(decided))
    return redirect(url_for("contactsgroups.requests.show"), 303)


def _page(principal: Principal, decided: str = "", error: str = "") -> str:
    """Render the page; the request that was being ``decided`` keeps the note that was typed."""
    database = current_database()
    after = read_number("after") or 0
    return render(
        "requests.html",
        tab="requests",
        counts=tab_counts(principal),
        to_answer=requests.list_requests_to_answer(database, principal, after=after),
        mine=requests.list_own_requests(database, principal),
        after=after,
        decided=decided,
        typed=request.form.get("answer", ""),
        error=error,
    )
