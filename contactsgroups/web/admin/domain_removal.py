"""The admin page that removes a domain in which nothing has an address any more."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain.address import display_domain
from contactsgroups.domain.errors import ContactsGroupsError, NotAuthenticated
from contactsgroups.domain.principal import Principal
from contactsgroups.services import accounts
from contactsgroups.services.accounts.domain_views import view_domain
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import check_password, require_administrator
from contactsgroups.web.languages import gettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("domain_removal", __name__, url_prefix="/admin/domains/<domain>/remove")


@blueprint.get("")
def ask(domain: str) -> str:
    """Show what goes with the domain, or what still is in it, and ask for the password."""
    return _page(require_administrator(), domain)


@blueprint.post("")
def remove(domain: str) -> ResponseReturnValue:
    """Remove the domain if the password is right."""
    actor = require_administrator()
    view_domain(current_database(), actor, domain)
    try:
        check_password(actor, request.form.get("password", ""))
    except NotAuthenticated:
        return _page(actor, domain, wrong=gettext("the password is wrong")), 403
    try:
        accounts.remove_domain(current_database(), actor, domain)
    except ContactsGroupsError as error:
        return refuse_form(_page(actor, domain, say(error)), error)
    flash(gettext("{domain} is not served here any more.", domain=display_domain(domain)))
    return redirect(url_for("contactsgroups.domains.show_all"), 303)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, without the password."""
    domain = str((request.view_args or {})["domain"])
    return _page(require_administrator(), domain, error.in_words(gettext("Try once more."))), 403


def _page(actor: Principal, domain: str, error: str = "", wrong: str = "") -> str:
    return render(
        "domain_remove.html",
        domain=domain,
        shown=display_domain(domain),
        view=view_domain(current_database(), actor, domain),
        error=error,
        wrong=wrong,
    )
