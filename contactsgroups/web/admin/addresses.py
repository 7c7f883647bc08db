"""The admin pages of one address: where it is, and its removal from groups and roles."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.group import Role
from contactsgroups.domain.mailboxes import addresses_in
from contactsgroups.domain.principal import Principal
from contactsgroups.services.groups.leaving import Removal, remove_everywhere
from contactsgroups.services.groups.leaving_plan import Lack, Remedy, plan_leaving
from contactsgroups.web.admin.parameters import only_uuids, read_text
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.languages import end_sentence, gettext, mark, ngettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("addresses", __name__, url_prefix="/admin/addresses")

_REMEDY = "remedy-"  # Begins the name of the field that has the choice for a group.


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show where an address is, or ask for one."""
    actor = require_administrator()
    address = _first_address(read_text("address"))
    if not address:
        return render("address_search.html", address="", error="")
    try:
        plan = plan_leaving(current_database(), actor, address)
    except ContactsGroupsError as error:
        html = render("address_search.html", address=address, error=say(error))
        return refuse_form(html, error)
    return render("address.html", plan=plan, Role=Role, Lack=Lack)


@blueprint.get("/remove")
def ask_to_remove() -> ResponseReturnValue:
    """Say what would follow if an address left groups, and ask what has to be decided."""
    actor = require_administrator()
    address = _first_address(read_text("address"))
    try:
        return _confirmation(actor, address)
    except ContactsGroupsError as error:
        html = render("address_search.html", address=address, error=say(error))
        return refuse_form(html, error)


@blueprint.post("/remove")
def remove() -> ResponseReturnValue:
    """Remove an address from groups and roles, as was decided."""
    actor = require_administrator()
    address = _first_address(request.form.get("address", ""))
    try:
        removal = remove_everywhere(
            current_database(),
            actor,
            address,
            only=_chosen(),
            remedies=_decided(),
        )
    except ContactsGroupsError as error:
        html = render("address_search.html", address=address, error=say(error))
        return refuse_form(html, error)
    flash(_in_words(address, removal))
    return redirect(url_for("contactsgroups.addresses.show", address=address), 303)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with what was decided."""
    actor = require_administrator()
    address = _first_address(request.form.get("address", ""))
    text = error.in_words(gettext("Check the page and try once more."))
    return _confirmation(actor, address, error=text), 403


def _confirmation(actor: Principal, address: str, *, error: str = "") -> str:
    only = _chosen()
    plan = plan_leaving(current_database(), actor, address, only=only)
    return render(
        "address_remove.html",
        plan=plan,
        only=only,
        decided=_decided(),
        prefix=_REMEDY,
        error=error,
        Lack=Lack,
        Remedy=Remedy,
    )


def _chosen() -> list[str] | None:
    """Return the UUIDs of the groups with a tick; None where all are meant."""
    return only_uuids(request.values.getlist("group")) if "some" in request.values else None


def _decided() -> Mapping[str, Remedy]:
    """Return what was decided about groups, by their UUIDs; what is no remedy is left out."""
    return {
        name.removeprefix(_REMEDY): Remedy(value)
        for name, value in request.form.items()
        if name.startswith(_REMEDY) and value in [*Remedy]
    }


def _first_address(text: str) -> str:
    """Return the address of ``Ada <ada@example.org>`` too, as the recipient field sends it."""
    return next(iter(addresses_in(text)), "")


def _in_words(address: str, removal: Removal) -> str:
    """Say what was done; which groups remain, the page shows."""
    if not removal.left:
        parts = [gettext("{address} was removed from no group", address=address)]
    else:
        groups = _count(removal.left)
        parts = [gettext("Removed {address} from {groups}", address=address, groups=groups)]
    for text, found in (
        (mark("disabled {groups}"), removal.disabled),
        (mark("you run {groups} now"), removal.taken_over),
        (mark("it stays in {groups}, which would have nobody else"), removal.kept),
        (mark("it is in {groups} still, through something else"), removal.remains),
        (mark("it does not come back in {groups}"), removal.forgotten),
    ):
        if found:
            parts.append(gettext(text, groups=_count(found)))
    return end_sentence("; ".join(parts))


def _count(addresses: tuple[str, ...]) -> str:
    if len(addresses) <= 3:
        return ", ".join(addresses)
    return ngettext("{number} group", "{number} groups", len(addresses))
