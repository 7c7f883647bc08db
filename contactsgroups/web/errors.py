"""From errors to HTTP status codes: as HTML pages, or as RFC 9457 problems for API clients."""

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import wraps
from http import HTTPStatus

from flask import Blueprint, Flask, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadHost, HTTPException, NotFound, default_exceptions
from werkzeug.wrappers import Response as BaseResponse

from contactsgroups.domain import errors
from contactsgroups.domain.errors import ContactsGroupsError, with_detail
from contactsgroups.web.identity import CONFIRMED, confirmed_moves, current_principal
from contactsgroups.web.languages import gettext, mark, say
from contactsgroups.web.local_paths import whole_path
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_state

_LOG = logging.getLogger(__name__)

STATUS_OF: Mapping[type[ContactsGroupsError], HTTPStatus] = {
    ContactsGroupsError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidAddress: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidText: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidPicture: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidRule: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.SeveralFaults: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    # A domain or department is typed into a form, never part of a page's own address.
    errors.DomainNotFound: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DepartmentNotFound: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AccountNotFound: HTTPStatus.NOT_FOUND,
    errors.GroupNotFound: HTTPStatus.NOT_FOUND,
    errors.MemberNotFound: HTTPStatus.NOT_FOUND,
    errors.MessageNotFound: HTTPStatus.NOT_FOUND,
    errors.RequestNotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.AddressInUse: HTTPStatus.CONFLICT,
    errors.DepartmentInUse: HTTPStatus.CONFLICT,
    errors.MembershipCycle: HTTPStatus.CONFLICT,
    errors.NoMembers: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MembersAreDerived: HTTPStatus.CONFLICT,
    errors.MembersWouldLeave: HTTPStatus.CONFLICT,
    errors.NeedsConfirmation: HTTPStatus.CONFLICT,
    errors.AlreadyDecided: HTTPStatus.CONFLICT,
    errors.StaleVersion: HTTPStatus.CONFLICT,
    errors.NotPermitted: HTTPStatus.FORBIDDEN,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SignInBusy: HTTPStatus.SERVICE_UNAVAILABLE,
}

_TITLES = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Content",
}
_TOO_LARGE = mark(
    "More was sent than fits: at most 3 MB of text and a picture of 5 MB. Nothing was changed. "
    "Go back to find what you typed."
)
_ON_PAGES = (
    mark("Bad Request"),
    mark("Unauthorized"),
    mark("Forbidden"),
    mark("Not Found"),
    mark("Method Not Allowed"),
    mark("Request Timeout"),
    mark("Conflict"),
    mark("Content Too Large"),
    mark("Unsupported Media Type"),
    mark("Unprocessable Content"),
    mark("Too Many Requests"),
    mark("Internal Server Error"),
    mark("Service Unavailable"),
    mark("The method is not allowed for the requested URL."),
    mark("The browser (or proxy) sent a request that this server could not understand."),
    mark(
        "The server encountered an internal error and was unable to complete your request."
        " Either the server is overloaded or there is an error in the application."
    ),
)
"""What titles and Werkzeug's own texts are translated for pages."""
_RETRY_AFTER = "5"  # seconds, the Retry-After while the database does not answer


def status_of(error: ContactsGroupsError) -> HTTPStatus:
    """Return the status of the error's class, or of the nearest class above it."""
    return next(STATUS_OF[cls] for cls in type(error).__mro__ if cls in STATUS_OF)


def register(blueprint: Blueprint) -> None:
    """Answer every error under a blueprint with a page."""
    answer_with(blueprint, show_error, show_http_error)


def answer_with(
    blueprint: Blueprint,
    on_error: Callable[[ContactsGroupsError], ResponseReturnValue],
    on_http_error: Callable[[HTTPException], ResponseReturnValue],
) -> None:
    """Answer every error under a blueprint, whatever handlers its host has.

    A handler of the host for a code (404, 500, ...) goes before one of ours for all of them, so
    ours is registered for each code as well.
    """
    blueprint.register_error_handler(ContactsGroupsError, on_error)
    blueprint.register_error_handler(HTTPException, on_http_error)
    for code in default_exceptions:
        blueprint.register_error_handler(code, on_http_error)


def register_for_all(app: Flask) -> None:
    """Answer every other error of an application that has no other pages: no such URL, a fault."""

    def answer(error: HTTPException) -> BaseResponse:
        is_api = request.path.startswith("/api/")
        return http_problem(error) if is_api else show_http_error(error)

    app.register_error_handler(HTTPException, answer)


def show_error(error: ContactsGroupsError) -> BaseResponse:
    """Answer with a page; without a signed-in account, redirect to the sign-in page."""
    if isinstance(error, errors.NotAuthenticated):
        return _ask_to_sign_in()
    if isinstance(error, errors.NeedsConfirmation):
        return _ask_to_confirm(error)
    status = status_of(error)
    _log(error, status)
    return _with_wait(_page(status, say(error)), error)


def refuse_form(page: str, error: ContactsGroupsError) -> BaseResponse:
    """Answer with a form that has what was typed and what is wrong; or ask to confirm it."""
    if isinstance(error, errors.NeedsConfirmation):
        return _ask_to_confirm(error)
    status = status_of(error)
    _log(error, status)
    return _with_wait(_with_retry(Response(page, status), status), error)


def show_http_error(error: HTTPException) -> BaseResponse:
    """Answer Flask's own errors (no such page, too large, ...) with a page."""
    # A page needs URLs, and under a host name that cannot be one Flask makes none.
    return error.get_response() if isinstance(error, BadHost) else _http_answer(error, _page)


def reshowing(
    handler: Callable[[FormExpired], ResponseReturnValue],
) -> Callable[[FormExpired], ResponseReturnValue]:
    """Let the handler of an expired form raise: Flask does not catch errors of handlers."""

    @wraps(handler)
    def answer(error: FormExpired) -> ResponseReturnValue:
        try:
            return handler(error)
        except ContactsGroupsError as another:
            return show_error(another)

    return answer


def problem(error: ContactsGroupsError) -> BaseResponse:
    """Answer with a problem document (RFC 9457)."""
    status = status_of(error)
    _log(error, status)
    field, faults = error.field, getattr(error, "faults", ())
    more: dict[str, object] = {"field": field} if field else {}
    if not faults and (field or status is HTTPStatus.UNPROCESSABLE_ENTITY):
        faults = [(field or "", str(error))]  # Most errors are about one field.
    if isinstance(error, errors.NeedsConfirmation):
        more["moves"] = [asdict(move) for move in error.moves]
        more["seal"] = error.seal
    if faults:
        more["errors"] = [{"field": name, "detail": text} for name, text in faults]
    return _with_wait(_problem(status, str(error), **more), error)


def http_problem(error: HTTPException) -> BaseResponse:
    """Answer Flask's own errors with a problem document."""
    return _http_answer(error, _problem)


def _ask_to_confirm(error: errors.NeedsConfirmation) -> Response:
    """Ask whether so many members are to move: the answer repeats the request, and says so."""
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {"csrf_token", "password", CONFIRMED}
    ]
    came_from = request.referrer or ""
    html = render(
        "confirm_moves.html",
        moves=error.moves,
        fields=kept,
        confirmed=CONFIRMED,
        seal=error.seal,
        has_changed=bool(confirmed_moves()),
        has_files=any(each.filename for each in request.files.values()),
        back=came_from if came_from.startswith(request.host_url) else "",
    )
    return Response(html, status_of(error))


def _ask_to_sign_in() -> BaseResponse:
    if current_state().identify is not None:
        return _page(HTTPStatus.UNAUTHORIZED, gettext("You are not signed in to this site."))
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("contactsgroups.sign_in.show", next=whole_path()), 303)
    text = gettext(
        "You are not signed in any more, and nothing was saved. Sign in, in another window, then "
        "go back to this form: what you typed is still there."
    )
    return _page(HTTPStatus.UNAUTHORIZED, text)


def _http_answer(
    error: HTTPException, answer: Callable[[HTTPStatus, str], Response]
) -> BaseResponse:
    original = error.get_response()
    if original.status_code < HTTPStatus.BAD_REQUEST:
        return original  # A redirect is no error.
    status = HTTPStatus(original.status_code)
    response = answer(status, _text_of(error, status))
    for name in ("Allow", "Retry-After"):
        if name in original.headers:
            response.headers[name] = original.headers[name]
    return response


def _text_of(error: HTTPException, status: HTTPStatus) -> str:
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return _TOO_LARGE
    if isinstance(error, NotFound):
        return mark("There is no such page.")
    return error.description or status.description


def title_of(status: HTTPStatus) -> str:
    """Return what a status is called (RFC 9110 section 15): not every Python knows its names."""
    return _TITLES.get(status, status.phrase)


def _page(status: HTTPStatus, text: str) -> Response:
    _identify_for(status)
    title = say(title_of(status))
    html = render("error.html", status=status.value, title=title, text=say(text))
    return _with_retry(Response(html, status), status)


def _identify_for(status: HTTPStatus) -> None:
    """Find out who is signed in, where no view has done so, for the page to have its links.

    Not for a fault of ours or an absent database, which would happen a second time, nor for a
    request that cannot be understood.  Who cannot be found now reads the page without links.
    """
    if HTTPStatus.UNAUTHORIZED < status < HTTPStatus.INTERNAL_SERVER_ERROR:
        with suppress(ContactsGroupsError, HTTPException):
            current_principal()


def _problem(status: HTTPStatus, detail: str, **more: object) -> Response:
    body = {"type": "about:blank", "title": title_of(status), "status": status.value}
    text = json.dumps({**body, "detail": detail, **more})
    response = Response(text, status, mimetype="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="contactsgroups"'
    return _with_retry(response, status)


def _with_wait(response: Response, error: ContactsGroupsError) -> Response:
    """Name the seconds that the error knows."""
    if seconds := getattr(error, "retry_after", None):
        response.headers["Retry-After"] = str(seconds)
    return response


def _with_retry(response: Response, status: HTTPStatus) -> Response:
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _RETRY_AFTER
    return response


def _log(error: ContactsGroupsError, status: HTTPStatus) -> None:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _LOG.error("%s %s: %s", request.method, request.path, with_detail(error))
