"""Signing in with the address and password of an account, and signing out."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from contactsgroups.domain.errors import NotAuthenticated
from contactsgroups.services.accounts.languages import keep_language
from contactsgroups.web.errors import refuse_form
from contactsgroups.web.identity import current_principal, end_session, start_session
from contactsgroups.web.languages import current_language, gettext, say
from contactsgroups.web.local_paths import local_path
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_client, current_core, current_database, current_state

blueprint = Blueprint("sign_in", __name__)


@blueprint.before_request
def require_own_sign_in() -> None:
    """These pages do not exist where the host application has its own sign-in."""
    if current_state().identify is not None:
        abort(404)


@blueprint.get("/sign-in")
def show() -> ResponseReturnValue:
    """Ask for address and password."""
    if current_principal() is not None:
        return redirect(_target())
    return _form()


@blueprint.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Check the password and redirect to the page that was requested."""
    address = request.form.get("address", "")
    password = request.form.get("password", "")
    try:
        principal = current_core().sign_in.authenticate(address, password, current_client())
    except NotAuthenticated as error:
        return refuse_form(_form(error=say(error)), error)
    start_session(principal)
    keep_language(current_database(), principal, current_language().tag)
    return redirect(_target(), 303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session."""
    end_session()
    flash(gettext("You are signed out."))
    return redirect(url_for("contactsgroups.sign_in.show"), 303)


@blueprint.errorhandler(FormExpired)
def show_again(_error: FormExpired) -> ResponseReturnValue:
    """Show the form again: the page was open for too long."""
    if request.endpoint != "contactsgroups.sign_in.sign_in":
        return redirect(url_for("contactsgroups.start.show"), 303)
    text = gettext("This page was open for too long, or cookies are off. Try again.")
    return _form(error=text), 403


def _form(error: str = "") -> str:
    address = request.form.get("address", "")
    return render("sign_in.html", error=error, address=address, target=_target())


def _target() -> str:
    """Return the redirect's target: a path of this site, never another site's address."""
    return local_path(request.values.get("next", ""))
