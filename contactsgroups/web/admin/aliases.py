"""The admin page of aliases: which addresses stand for which accounts."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from contactsgroups.domain.errors import AccountNotFound, ContactsGroupsError
from contactsgroups.domain.principal import Principal
from contactsgroups.services import accounts
from contactsgroups.services.accounts import listing
from contactsgroups.web.admin.parameters import read_text
from contactsgroups.web.errors import refuse_form
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_database

blueprint = Blueprint("aliases", __name__, url_prefix="/admin/aliases")

PAGE = 50  # aliases on one page


@blueprint.get("")
def show_all() -> str:
    """List the aliases of the domains that one administers, a page at a time."""
    return _page(require_administrator())


@blueprint.post("")
def add() -> ResponseReturnValue:
    """Let an address stand for an account."""
    actor = require_administrator()
    address, account = request.form.get("address", ""), request.form.get("account", "")
    try:
        accounts.ensure_alias(current_database(), actor, address, account)
    except ContactsGroupsError as error:
        typed = {"address": address, "account": account}
        return refuse_form(_page(actor, typed, error=str(error)), error)
    flash(f"Mail to {address} goes to {account} now.")
    return _to_list()


@blueprint.post("/remove")
def remove() -> Response:
    """Remove an alias, also from the groups that it is a member of."""
    address = request.form.get("address", "")
    try:
        accounts.remove_alias(current_database(), require_administrator(), address)
        flash(f"Removed {address}.")
    except AccountNotFound:  # Somebody else was quicker, and it is as was wanted.
        flash(f"{address} is no alias any more.")
    return _to_list()


def _to_list() -> Response:
    return redirect(url_for("contactsgroups.aliases.show_all"), 303)


def _page(actor: Principal, typed: dict[str, str] | None = None, error: str = "") -> str:
    search, after = read_text("q"), read_text("after")
    found = listing.list_aliases(
        current_database(), actor, domain=None, search=search, after=after, limit=PAGE
    )
    return render(
        "aliases.html", found=found, search=search, after=after, typed=typed or {}, error=error
    )
