"""The page of one's own sessions: where one is signed in, and how to end that."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from contactsgroups.services.accounts import sessions
from contactsgroups.web.admin.parameters import one_line
from contactsgroups.web.clients import client_in_words
from contactsgroups.web.identity import require_principal, session_limits, session_token
from contactsgroups.web.languages import gettext
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_database, current_state

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.before_request
def require_own_sign_in() -> None:
    """Where the host application has its own sign-in, its sessions are the host's."""
    if current_state().identify is not None:
        abort(404)


@blueprint.get("")
def show() -> str:
    """Show the account's sessions."""
    listed = sessions.list_sessions(
        current_database(), require_principal(), token=session_token(), limits=session_limits()
    )
    return render("account.html", sessions=listed, client_in_words=client_in_words)


@blueprint.post("/end")
def end_one() -> BaseResponse:
    """End one session."""
    digest = one_line(request.form.get("session", ""))
    sessions.end_listed_session(current_database(), require_principal(), digest)
    flash(gettext("That session has ended."))
    return _back()


@blueprint.post("/end-others")
def end_others() -> BaseResponse:
    """End all sessions but this one, and revoke tokens."""
    principal = require_principal()
    address = str(principal.address)
    sessions.sign_out_everywhere(current_database(), principal, address, keep=session_token())
    flash(gettext("You are signed out everywhere else."))
    return _back()


def _back() -> BaseResponse:
    return redirect(url_for("contactsgroups.account.show"), 303)
