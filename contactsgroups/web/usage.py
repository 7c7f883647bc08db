"""The page of an account's usage: listed, removed, switched off."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from contactsgroups.services.completion import usage
from contactsgroups.web.identity import require_principal
from contactsgroups.web.languages import gettext
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_database

blueprint = Blueprint("usage", __name__, url_prefix="/mailed")


@blueprint.get("")
def show() -> str:
    """Show the account's usage, and the switch."""
    principal = require_principal()
    return render(
        "usage.html",
        mailed=usage.list_usage(current_database(), principal),
        is_usage_recorded=usage.is_usage_recorded(current_database(), principal),
    )


@blueprint.post("/remove")
def remove_one() -> BaseResponse:
    """Remove the usage of one address."""
    address = request.form.get("address", "")
    usage.remove_usage(current_database(), require_principal(), address)
    flash(gettext("{address} was removed.", address=address))
    return _back()


@blueprint.post("/remove-all")
def remove_all() -> BaseResponse:
    """Remove all usage."""
    usage.remove_all_usage(current_database(), require_principal())
    flash(gettext("All addresses were removed."))
    return _back()


@blueprint.post("/learning")
def switch() -> BaseResponse:
    """Switch recording on or off."""
    enabled = request.form.get("enabled") == "1"
    usage.set_usage_recording(current_database(), require_principal(), enabled=enabled)
    flash(
        gettext("Autocomplete learns from your messages again.")
        if enabled
        else gettext("Autocomplete no longer learns from your messages.")
    )
    return _back()


def _back() -> BaseResponse:
    return redirect(url_for("contactsgroups.usage.show"), 303)
