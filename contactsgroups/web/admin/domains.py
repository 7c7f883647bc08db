"""The admin pages of domains: which there are, and the settings of each."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain.address import display_domain
from contactsgroups.domain.domain_settings import DEFAULTS, DomainSettings, TeamCreators
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.group import PostingPolicy, SettingValue
from contactsgroups.domain.principal import Principal
from contactsgroups.services import accounts
from contactsgroups.services.accounts import domain_settings
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.form_faults import FormFaults, faults_by_field
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("domains", __name__, url_prefix="/admin/domains")

POLICIES = tuple(PostingPolicy)
_FIELDS = {
    "team_creators": "Who may create teams",
    **{each.name: each.label for each in DEFAULTS},
}


@blueprint.get("")
def show_all() -> str:
    """List the domains that this administrator manages."""
    names = accounts.list_domains(current_database(), require_administrator())
    return render("domains.html", domains={name: display_domain(name) for name in names})


@blueprint.get("/<domain>")
def show(domain: str) -> str:
    """Show the settings of a domain."""
    actor = require_administrator()
    stored = domain_settings.read_domain_settings(current_database(), actor, domain)
    return _page(actor, domain, stored)


@blueprint.post("/<domain>")
def change(domain: str) -> ResponseReturnValue:
    """Save the settings of a domain."""
    actor, wanted = require_administrator(), _posted()
    try:
        domain_settings.change_domain_settings(current_database(), actor, domain, wanted)
    except ContactsGroupsError as error:
        return refuse_form(_page(actor, domain, wanted, faults_by_field(error, _FIELDS)), error)
    flash(f"Saved {display_domain(domain)}.")
    return redirect(url_for("contactsgroups.domains.show", domain=domain), 303)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with all that was chosen."""
    domain = str((request.view_args or {})["domain"])
    text = f"{error.description}. Check the form and save it again."
    return _page(require_administrator(), domain, _posted(), {"": (text,)}), 403


def _posted() -> DomainSettings:
    values: dict[str, SettingValue] = {
        each.name: each.name in request.form if each.is_switch else request.form.get(each.name, "")
        for each in DEFAULTS
    }
    creators = request.form.get("team_creators", "")
    return DomainSettings(team_creators=creators, new_groups=values)


def _page(
    actor: Principal, domain: str, settings: DomainSettings, errors: FormFaults | None = None
) -> str:
    # Whoever may not read the settings must not see what it sent as if they were there.
    domain_settings.read_domain_settings(current_database(), actor, domain)
    return render(
        "domain.html",
        domain=domain,
        shown=display_domain(domain),
        settings=settings,
        new_group=settings.for_new_group(),
        creators=tuple(TeamCreators),
        defaults=DEFAULTS,
        errors=errors or {},
        labels=_FIELDS,
    )
