"""The principal of a request, from a bearer token, the host's sign-in or the pages' session."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Request, current_app, g, request, session

from contactsgroups.domain.attempts import Face
from contactsgroups.domain.authority import is_administrator
from contactsgroups.domain.errors import NotAuthenticated, NotPermitted
from contactsgroups.domain.principal import Principal
from contactsgroups.services.accounts import sessions
from contactsgroups.services.accounts.sessions import SessionLimits
from contactsgroups.web.clients import describe_client
from contactsgroups.web.state import (
    current_client,
    current_core,
    current_database,
    current_state,
    is_of_api,
    may_change,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_OURS = "contactsgroups_"
SESSION_KEY = _OURS + "session"
CSRF_KEY = _OURS + "csrf"
CONFIRMED = "confirmed"
"""The field of a form, or the parameter of a call of the API, that confirms a move of members: it
has the seal of what was shown."""
UNDO_KEY = _OURS + "undo"


def current_principal() -> Principal | None:
    """Return the principal, found once for each request."""
    if "contactsgroups_principal" not in g:
        g.contactsgroups_principal = with_origin(identify(request))
    principal: Principal | None = g.contactsgroups_principal
    return principal


def with_origin(principal: Principal | None) -> Principal | None:
    """Return a principal with where the request came from, for the audit log."""
    if principal is None:
        return None
    return replace(
        principal,
        origin=principal.origin or current_client().address or "unix socket",
        confirmed=confirmed_moves(),
    )


def confirmed_moves() -> str:
    """Return the seal of the moves that are confirmed, from the form or an API call's URL."""
    if not may_change():
        return ""
    given = request.args if is_of_api() else request.form
    return given.get(CONFIRMED, "")


def identify(request: Request) -> Principal | None:
    """Return the principal of the request.

    Raises:
        NotAuthenticated: there is a bearer token (RFC 6750 section 2.1), but no valid one.
    """
    token = bearer_token(request)
    if token is not None:
        return _identify_by_token(token)
    host = current_state().identify
    return host(request) if host is not None else _identify_by_session()


def bearer_token(request: Request) -> str | None:
    """Return the bearer token of a request to the API, if it has one.

    The pages take none: a browser widget may hold a token, and must only read.
    """
    return bearer_of(request.environ) if is_of_api() else None


def bearer_of(environ: "WSGIEnvironment") -> str | None:
    """Return what stands behind the scheme Bearer (RFC 6750 section 2.1), valid or not."""
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    # A scheme is in letters of any case (RFC 9110 section 11.1).
    return token.strip() if scheme.lower() == "bearer" else None


def require_principal() -> Principal:
    """Return the principal of the request.

    Raises:
        NotAuthenticated: no account is signed in.
    """
    principal = current_principal()
    if principal is None:
        raise _signed_out()
    return principal


def require_reader() -> Principal:
    """Return the principal of a request that changes nothing, without where that came from.

    Only the audit log says so, and to find it out takes as long as to look a name up.

    Raises:
        NotAuthenticated: no account is signed in.
    """
    principal = identify(request)
    if principal is None:
        raise _signed_out()
    return principal


def require_administrator() -> Principal:
    """Return the principal of the request.

    Raises:
        NotAuthenticated: no account is signed in.
        NotPermitted: the account administers no domain.
    """
    principal = require_principal()
    if not is_administrator(principal):
        raise NotPermitted(
            "{address} does not administer any mail domain", address=principal.address
        )
    return principal


def start_session(principal: Principal) -> None:
    """Sign an account in; nothing of an earlier session lives on."""
    end_session()
    # A host that keeps its sessions on the server gives this one a new name: an attacker may know
    # the old one (session fixation).
    regenerate = getattr(current_app.session_interface, "regenerate", None)
    if regenerate is not None:
        regenerate(session)
    session[SESSION_KEY] = sessions.begin_session(
        current_database(),
        principal,
        client=describe_client(request.user_agent.string),
        limits=session_limits(),
    )
    g.contactsgroups_principal = with_origin(principal)


def end_session() -> None:
    """Sign out here and on the server; what the host application keeps in the session stays.

    Raises:
        Unavailable: the database does not answer; nothing has ended.
    """
    token = session_token()
    if token:
        sessions.end_session(current_database(), token)
    for key in [key for key in session if key.startswith(_OURS)]:
        del session[key]
    g.contactsgroups_principal = None


def session_token() -> str:
    """Return the token of the browser's session, valid or not; empty if it has none."""
    return str(session.get(SESSION_KEY, ""))


def session_limits() -> SessionLimits:
    """Return how long sessions last here."""
    settings = current_core().settings
    return SessionLimits(
        lifetime=timedelta(seconds=settings.session_lifetime),
        idle=timedelta(seconds=settings.session_idle_time),
    )


def check_password(principal: Principal, password: str) -> None:
    """Check the password of the signed-in account.

    Raises:
        NotAuthenticated: it is wrong.
        TooManyAttempts: it was wrong too often.
    """
    check, sign_in = current_state().check_password, current_core().sign_in
    address = str(principal.address)
    if check is None:
        sign_in.authenticate(address, password, current_client())
    else:
        sign_in.confirm(address, current_client(), lambda: check(principal, password))


def _signed_out() -> NotAuthenticated:
    return NotAuthenticated("sign in first")


def _identify_by_token(token: str) -> Principal:
    try:
        return current_state().principals.of_token(token)
    except NotAuthenticated as error:
        if error.forged:
            current_core().sign_in.count_forged_token(current_client(Face.API))
        raise


def _identify_by_session() -> Principal | None:
    token = session_token()
    if not token:
        return None
    return sessions.resume_session(current_database(), token, session_limits())
