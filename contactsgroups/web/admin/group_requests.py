"""The page of requests to join and leave the groups that one administers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from contactsgroups.domain.address import display_domain
from contactsgroups.domain.errors import ContactsGroupsError, RequestNotFound
from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import Principal
from contactsgroups.services import accounts
from contactsgroups.services.groups import requests
from contactsgroups.services.groups.managed_requests import (
    PAGE_LIMIT,
    RequestFilter,
    approve_requests,
    list_managed_requests,
)
from contactsgroups.services.groups.request_views import RequestView
from contactsgroups.web.admin.parameters import as_domain, one_line, only_uuids, read_number
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_administrator, require_principal
from contactsgroups.web.languages import as_sentence, gettext, mark, ngettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("group_requests", __name__, url_prefix="/admin/requests")

PAGE = 50  # requests on one page
STATES = {"": mark("Waiting"), "decided": mark("Decided"), "all": mark("All")}
_WAITING = {"": True, "decided": False, "all": None}


@dataclass(frozen=True, slots=True)
class _Query:
    """What the list is asked for."""

    state: str
    wish: str
    domain: str
    search: str

    @classmethod
    def read(cls, given: "MultiDict[str, str]") -> "_Query":
        """Read parameters; what no page of ours asks for counts as left out."""
        state, wish = given.get("state", ""), given.get("wish", "")
        return cls(
            state=state if state in STATES else "",
            wish=wish if wish in [*Wish] else "",
            domain=as_domain(one_line(given.get("domain", ""))),
            search=one_line(given.get("q", "")),
        )

    @property
    def wanted(self) -> RequestFilter:
        """The filter that it stands for."""
        return RequestFilter(
            waiting=_WAITING[self.state],
            wish=Wish(self.wish) if self.wish else None,
            search=self.search,
            domain=self.domain,
        )

    def values(self, **changes: str | None) -> dict[str, Any]:
        """Return the parameters of this list's URL, with some changed; None drops one."""
        own = {"state": self.state, "wish": self.wish, "domain": self.domain, "q": self.search}
        return {name: value for name, value in {**own, **changes}.items() if value}


@blueprint.get("")
def show() -> str:
    """List the requests that wait, or what became of others."""
    return _page(require_administrator())


@blueprint.post("/<uuid:uuid>/approve")
def approve(uuid: UUID) -> ResponseReturnValue:
    """Let the applicant in, or go."""
    return _decide(uuid, requests.approve_request)


@blueprint.post("/<uuid:uuid>/decline")
def decline(uuid: UUID) -> ResponseReturnValue:
    """Leave everything as it is; the applicant reads the note."""
    return _decide(uuid, requests.decline_request)


@blueprint.post("/ticked")
def approve_ticked() -> ResponseReturnValue:
    """Approve what was ticked; what cannot be is named with the reason, and the rest approved."""
    actor = require_administrator()
    uuids = only_uuids(request.form.getlist("request"))[:PAGE_LIMIT]
    if not uuids:
        flash(gettext("No request is ticked, so nothing was changed."))
        return _to_list()
    outcomes = approve_requests(current_database(), actor, uuids)
    errors = {each.uuid: each.error for each in outcomes if each.error is not None}
    done = len(outcomes) - len(errors)
    if not errors:
        flash(ngettext("Approved {number} request.", "Approved {number} requests.", done))
        return _to_list()
    text = gettext("Approved {done}, but not {refused}.", done=done, refused=len(errors))
    faults = {uuid: as_sentence(say(error)) for uuid, error in errors.items()}
    return refuse_form(_page(actor, error=text, faults=faults), next(iter(errors.values())))


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with the note that was typed and what was ticked."""
    actor = require_administrator()
    uuid = str((request.view_args or {}).get("uuid", ""))
    return _page(actor, uuid, error.in_words(gettext("Try once more."))), 403


def say_decision(decided: RequestView) -> str:
    """Return what was decided about whom, as the line says it that is shown next."""
    text = {
        (RequestState.APPROVED, Wish.JOIN): mark("{who} is in “{group}” now."),
        (RequestState.APPROVED, Wish.LEAVE): mark("{who} has left “{group}”."),
        (RequestState.DECLINED, Wish.JOIN): mark("Declined: {who} wanted to join “{group}”."),
        (RequestState.DECLINED, Wish.LEAVE): mark("Declined: {who} wanted to leave “{group}”."),
    }[decided.state, decided.wish]
    who = decided.applicant_name or decided.applicant
    return gettext(text, who=who, group=decided.group.shown_name)


def _decide(uuid: UUID, decide: Callable[..., RequestView]) -> ResponseReturnValue:
    actor = require_principal()
    try:
        decided = decide(current_database(), actor, str(uuid), request.form.get("answer", ""))
    except RequestNotFound:
        raise
    except ContactsGroupsError as error:
        return refuse_form(_page(actor, str(uuid), say(error)), error)
    flash(say_decision(decided))
    return _to_list()


def _to_list() -> Response:
    """Return to what the list showed before."""
    values = _Query.read(request.args).values()
    return redirect(url_for("contactsgroups.group_requests.show", **values), 303)


def _page(
    actor: Principal, decided: str = "", error: str = "", faults: Mapping[str, str] | None = None
) -> str:
    """Render the page; the request that was being ``decided`` keeps the note that was typed.

    Args:
        error: what is wrong with all.
        faults: what is wrong with some, by their uuids; of those that are not listed any more, the
            reasons stand behind the error.
    """
    database, query, after = (
        current_database(),
        _Query.read(request.args),
        read_number("after") or 0,
    )
    found = list_managed_requests(database, actor, query.wanted, after=after, limit=PAGE)
    listed = {each.uuid for each in found.requests}
    elsewhere = (text for uuid, text in (faults or {}).items() if uuid not in listed)
    return render(
        "group_requests.html",
        query=query,
        found=found,
        states=STATES,
        domains={each: display_domain(each) for each in accounts.list_domains(database, actor)},
        after=after,
        decided=decided,
        ticked=request.form.getlist("request"),
        typed=request.form.get("answer", ""),
        error=" ".join([error, *dict.fromkeys(elsewhere)]),
        faults=faults or {},
    )
