"""The admin page of aliases: which addresses stand for which accounts."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import (
    AccountNotFound,
    AddressInUse,
    ContactsGroupsError,
    InvalidInput,
)
from contactsgroups.domain.mailboxes import addresses_in
from contactsgroups.domain.principal import Principal
from contactsgroups.services import accounts
from contactsgroups.services.accounts import listing
from contactsgroups.services.groups.emptied import groups_emptied_by_alias
from contactsgroups.web.admin.parameters import read_text
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.languages import as_sentence, end_sentence, gettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("aliases", __name__, url_prefix="/admin/aliases")

PAGE = 50  # aliases on one page


@blueprint.get("")
def show_all() -> str:
    """List the aliases of the domains that one administers, a page at a time."""
    return _page(require_administrator())


@blueprint.post("")
def add() -> ResponseReturnValue:
    """Let an address stand for an account; one of another account is not taken from it."""
    actor, typed = require_administrator(), _typed()
    address, account = typed["address"], _first_address(typed["account"])
    try:
        accounts.add_alias(current_database(), actor, address, account)
    except ContactsGroupsError as error:
        faults = _unfit({"address": address, "account": account}) or _fault_of(error)
        return refuse_form(_page(actor, typed, faults), error)
    flash(gettext("Mail to {address} goes to {account} now.", address=address, account=account))
    return _to_list()


@blueprint.post("/remove")
def remove() -> ResponseReturnValue:
    """Remove an alias, also from the groups that it is a member of; ask first what it empties."""
    actor, address = require_administrator(), _typed()["address"]
    try:
        if "emptying" not in request.form and (asked := _question(actor, address)):
            return asked
        accounts.remove_alias(current_database(), actor, address)
        flash(gettext("Removed {address}.", address=address))
    except AccountNotFound:  # Somebody else was quicker, and it is as was wanted.
        flash(gettext("{address} is no alias any more.", address=address))
    return _to_list()


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with what was typed; or the list, which says what is wrong."""
    actor = require_administrator()
    if request.endpoint == "contactsgroups.aliases.add":
        text = error.in_words(gettext("Check the form and send it again."))
        return _page(actor, _typed(), {"": text}), 403
    flash(as_sentence(gettext(error.description)))
    return _to_list()


def _question(actor: Principal, address: str) -> str:
    """Return a page that names the groups that would reach nobody; nothing if there are none."""
    emptied = groups_emptied_by_alias(current_database(), actor, address)
    if not emptied:
        return ""
    search, after = read_text("q") or None, read_text("after") or None
    return render(
        "alias_remove.html",
        address=address,
        emptied=emptied,
        action=url_for("contactsgroups.aliases.remove", q=search, after=after),
        back=url_for("contactsgroups.aliases.show_all", q=search, after=after),
    )


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in ("address", "account")}


def _first_address(text: str) -> str:
    """Return the address of ``Ada <ada@example.org>`` too, as programs copy it."""
    return next(iter(addresses_in(text)), "")


def _unfit(addresses: dict[str, str]) -> dict[str, str]:
    """Return which fields hold no address, and why."""
    faults = {}
    for field, address in addresses.items():
        try:
            Address.parse(address)
        except InvalidInput as error:
            faults[field] = say(error)
    return faults


def _fault_of(error: ContactsGroupsError) -> dict[str, str]:
    field = "account" if isinstance(error, AccountNotFound) else "address"
    return {field: _in_words(error)}


def _in_words(error: ContactsGroupsError) -> str:
    is_alias = isinstance(error, AddressInUse) and error.holder.startswith("alias of ")
    if not is_alias:
        return say(error)
    way_out = gettext("Remove it there first.")
    return f"{end_sentence(say(error))} {way_out}"


def _to_list() -> Response:
    """Return to what the list showed before."""
    search, after = read_text("q") or None, read_text("after") or None
    return redirect(url_for("contactsgroups.aliases.show_all", q=search, after=after), 303)


def _page(
    actor: Principal, typed: dict[str, str] | None = None, faults: dict[str, str] | None = None
) -> str:
    search, after = read_text("q"), read_text("after")
    found = listing.list_aliases(
        current_database(), actor, domain=None, search=search, after=after, limit=PAGE
    )
    return render(
        "aliases.html",
        found=found,
        totals=listing.count_aliases(current_database(), actor, search=search),
        search=search,
        after=after,
        typed=typed or {},
        faults=faults or {},
    )
