"""The admin page of a domain's viewers: whose accounts see its accounts and groups."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain.address import display_domain
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.principal import Principal
from contactsgroups.services.accounts import sharing
from contactsgroups.services.accounts.domain_views import list_possible_viewers, view_domain
from contactsgroups.web.admin.parameters import as_domain
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.languages import gettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("domain_sharing", __name__, url_prefix="/admin/domains/<domain>/viewers")


@blueprint.get("")
def show(domain: str) -> str:
    """List the domains that this one is shown to."""
    return _page(require_administrator(), domain)


@blueprint.post("")
def share(domain: str) -> ResponseReturnValue:
    """Show the domain to another one as well."""
    actor, viewer = require_administrator(), as_domain(request.form.get("viewer", ""))
    # Others are not looked up: whether they are served here is not everybody's to know.
    if viewer not in list_possible_viewers(current_database(), actor, domain):
        return _page(actor, domain, gettext("choose a domain")), 422
    try:
        sharing.share_domain(current_database(), actor, domain, viewer)
    except ContactsGroupsError as error:
        return refuse_form(_page(actor, domain, say(error)), error)
    shown, to = display_domain(domain), display_domain(viewer)
    flash(gettext("{shown} is shown to {viewer} now.", shown=shown, viewer=to))
    return _to_list(domain)


@blueprint.post("/hide")
def hide(domain: str) -> ResponseReturnValue:
    """Show the domain to another one no more."""
    actor, viewer = require_administrator(), as_domain(request.form.get("viewer", ""))
    if viewer not in view_domain(current_database(), actor, domain).shown_to:
        return _to_list(domain)
    try:
        sharing.hide_domain(current_database(), actor, domain, viewer)
    except ContactsGroupsError as error:
        return refuse_form(_page(actor, domain, say(error)), error)
    shown, to = display_domain(domain), display_domain(viewer)
    flash(gettext("{shown} is not shown to {viewer} any more.", shown=shown, viewer=to))
    return _to_list(domain)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with what was chosen."""
    domain = str((request.view_args or {})["domain"])
    return _page(require_administrator(), domain, error.in_words(gettext("Try once more."))), 403


def _to_list(domain: str) -> ResponseReturnValue:
    return redirect(url_for("contactsgroups.domain_sharing.show", domain=domain), 303)


def _page(actor: Principal, domain: str, error: str = "") -> str:
    database = current_database()
    return render(
        "domain_viewers.html",
        domain=domain,
        shown=display_domain(domain),
        viewers=view_domain(database, actor, domain).shown_to,
        possible=list_possible_viewers(database, actor, domain),
        chosen=request.form.get("viewer", ""),
        error=error,
        display_domain=display_domain,
    )
