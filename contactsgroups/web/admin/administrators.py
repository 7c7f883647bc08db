"""The admin pages of who administers what: list, appoint, take back."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain import authority
from contactsgroups.domain.address import display_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import ContactsGroupsError, InvalidInput, NotAuthenticated
from contactsgroups.domain.mailboxes import addresses_in
from contactsgroups.domain.principal import Principal
from contactsgroups.services import accounts
from contactsgroups.services.accounts import Appointment
from contactsgroups.web.admin.parameters import as_address, as_domain, read_text
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import check_password, require_administrator
from contactsgroups.web.languages import gettext, mark, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("administrators", __name__, url_prefix="/admin/administrators")

ALL_DOMAINS = "*"
_WRONG_PASSWORD = mark("the password is wrong")


@dataclass(frozen=True, slots=True)
class _Typed:
    """What a form has; ``domain`` is :data:`ALL_DOMAINS`, or a name."""

    address: str = ""
    domain: str = ""

    @property
    def scope(self) -> str | None:
        """What the services call the domain: None for all."""
        return None if self.domain == ALL_DOMAINS else self.domain


@blueprint.get("")
def show_all() -> str:
    """List the administrators that this one could appoint and take back."""
    actor = require_administrator()
    found = accounts.list_administrators(current_database(), actor)
    return render("administrators.html", found=found, display_domain=display_domain)


@blueprint.get("/new")
def show_new() -> str:
    """Show an empty form."""
    return _new_page(
        require_administrator(), _Typed(read_text("address"), as_domain(read_text("domain")))
    )


@blueprint.post("/new")
def add() -> ResponseReturnValue:
    """Appoint an administrator if the password is right."""
    actor, typed = require_administrator(), _posted()
    faults = _missing(typed) or _password_fault(actor)
    if faults:
        return _new_page(actor, typed, faults), 403 if "password" in faults else 422
    try:
        accounts.appoint_administrator(current_database(), actor, typed.address, domain=typed.scope)
    except ContactsGroupsError as error:
        return refuse_form(_new_page(actor, typed, {"address": say(error)}), error)
    flash(
        gettext("{address} administers {where}.", address=typed.address, where=_where(typed.scope))
    )
    return redirect(url_for("contactsgroups.administrators.show_all"), 303)


@blueprint.get("/remove")
def ask_to_remove() -> ResponseReturnValue:
    """Show the effects of taking an appointment back, and ask for the password."""
    actor = require_administrator()
    typed = _Typed(read_text("address"), as_domain(read_text("domain")))
    if not typed.address:
        return show_all()
    return _removal_page(actor, typed)


@blueprint.post("/remove")
def remove() -> ResponseReturnValue:
    """Take an appointment back if the password is right."""
    actor, typed = require_administrator(), _posted()
    is_own = _find(actor, typed).address == str(actor.address)
    faults = _password_fault(actor)
    if is_own and "own" not in request.form:
        faults["own"] = gettext("tick this to go on: the right is your own")
    if faults:
        return _removal_page(actor, typed, faults), 403 if "password" in faults else 422
    try:
        accounts.remove_appointment(current_database(), actor, typed.address, domain=typed.scope)
    except ContactsGroupsError as error:
        return refuse_form(_removal_page(actor, typed, {"": say(error)}), error)
    flash(
        gettext(
            "{address} does not administer {where} any more.",
            address=typed.address,
            where=_where(typed.scope),
        )
    )
    # Whoever gave up its own right may have no list any more.
    where = "start.show" if is_own else "administrators.show_all"
    return redirect(url_for(f"contactsgroups.{where}"), 303)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with all that was typed but the password."""
    actor, typed = require_administrator(), _posted()
    faults = {"": error.in_words(gettext("Check the form and send it again."))}
    is_new = request.endpoint == "contactsgroups.administrators.add"
    return (_new_page if is_new else _removal_page)(actor, typed, faults), 403


def _posted() -> _Typed:
    """Return what was sent; the recipient field sends ``Ada <ada@example.org>`` too."""
    text = request.form.get("address", "")
    return _Typed(next(iter(addresses_in(text)), ""), as_domain(request.form.get("domain", "")))


def _missing(typed: _Typed) -> dict[str, str]:
    faults = {
        "address": "" if typed.address else gettext("name the account"),
        "domain": "" if typed.domain else gettext("choose what the account shall administer"),
    }
    return {name: text for name, text in faults.items() if text}


def _password_fault(actor: Principal) -> dict[str, str]:
    try:
        check_password(actor, request.form.get("password", ""))
    except NotAuthenticated:
        return {"password": gettext(_WRONG_PASSWORD)}
    return {}


def _find(actor: Principal, typed: _Typed) -> Appointment:
    """Return an appointment that the actor could take back.

    Raises:
        InvalidInput: there is none.
    """
    listed = accounts.list_administrators(current_database(), actor)
    wanted = (as_address(typed.address), typed.scope)
    for each in listed:
        if typed.domain and (each.address, each.domain) == wanted:
            return each
    raise InvalidInput("There is no such administrator, or not any more.")


def _where(domain: str | None) -> str:
    return gettext("all domains") if domain is None else display_domain(domain)


def _new_page(actor: Principal, typed: _Typed, faults: dict[str, str] | None = None) -> str:
    return render(
        "administrator_new.html",
        typed=typed,
        faults=faults or {},
        domains=accounts.list_domains(current_database(), actor),
        may_appoint_for_all=authority.may(actor, Right.APPOINT_SUPER_ADMINISTRATORS, None),
        display_domain=display_domain,
        all_domains=ALL_DOMAINS,
    )


def _removal_page(actor: Principal, typed: _Typed, faults: dict[str, str] | None = None) -> str:
    found = _find(actor, typed)
    listed = accounts.list_administrators(current_database(), actor)
    others = [each for each in listed if each.address != found.address and each.active]
    return render(
        "administrator_remove.html",
        found=found,
        where=_where(found.domain),
        typed=typed,
        faults=faults or {},
        is_own=found.address == str(actor.address),
        is_last=found.domain is None and not any(each.domain is None for each in others),
        rest=[
            _where(each.domain)
            for each in listed
            if each.address == found.address and each != found
        ],
    )
