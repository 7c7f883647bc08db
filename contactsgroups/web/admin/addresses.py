"""The admin page of one address: which groups it is in, and its removal from all of them."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.mailboxes import addresses_in
from contactsgroups.domain.principal import Principal
from contactsgroups.services.groups import leaving, whereabouts
from contactsgroups.web.admin.parameters import read_text
from contactsgroups.web.errors import refuse_form
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_database

blueprint = Blueprint("addresses", __name__, url_prefix="/admin/addresses")


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show the groups of an address, or ask for one."""
    actor = require_administrator()
    address = _first_address(read_text("address"))
    try:
        return _page(actor, address)
    except ContactsGroupsError as error:
        html = render("address.html", address=address, found=[], error=str(error))
        return refuse_form(html, error)


@blueprint.post("/remove")
def remove_everywhere() -> Response:
    """Remove an address from every group where it is not the last member."""
    actor = require_administrator()
    address = request.form.get("address", "")
    removal = leaving.remove_everywhere(current_database(), actor, address)
    flash(_in_words(address, sorted({*removal.kept, *removal.remains})))
    return redirect(url_for("contactsgroups.addresses.show", address=address), 303)


def _page(actor: Principal, address: str) -> str:
    database = current_database()
    there = whereabouts.find_whereabouts(database, actor, address).groups if address else ()
    found = [each.group for each in there if each.is_member]
    return render("address.html", address=address, found=found, error="")


def _first_address(text: str) -> str:
    """Return the address of ``Ada <ada@example.org>`` too, as the recipient field sends it."""
    return next(iter(addresses_in(text)), "")


def _in_words(address: str, kept: list[str]) -> str:
    if not kept:
        return f"Removed {address} from every group."
    return (
        f"Removed {address} where that was possible. It stays in {', '.join(kept)}: it is the last "
        "member there, or the members follow the directory."
    )
