"""The admin pages of domains: which there are, and the settings of each."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain import authority
from contactsgroups.domain.address import display_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.domain_settings import DEFAULTS, DomainSettings, TeamCreators
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.group import PostingPolicy, SettingValue
from contactsgroups.domain.principal import Principal
from contactsgroups.services import accounts
from contactsgroups.services.accounts import domain_settings
from contactsgroups.services.accounts.domain_views import list_domain_views
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.form_faults import FormFaults, faults_by_field
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.languages import gettext, mark, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("domains", __name__, url_prefix="/admin/domains")

POLICIES = tuple(PostingPolicy)
_FIELDS = {
    "team_creators": mark("Who may create teams"),
    **{each.name: each.label for each in DEFAULTS},
}


@blueprint.get("")
def show_all() -> str:
    """List the domains that this administrator manages."""
    return _list_page(require_administrator())


@blueprint.post("")
def add() -> ResponseReturnValue:
    """Serve another domain."""
    actor, typed = require_administrator(), request.form.get("name", "").strip()
    authority.require(actor, Right.MANAGE_DOMAIN, None)
    if not typed:
        return _list_page(actor, typed, gettext("type the name of a domain")), 422
    try:
        name = accounts.ensure_domain(current_database(), actor, typed)
    except ContactsGroupsError as error:
        return refuse_form(_list_page(actor, typed, say(error)), error)
    flash(gettext("{domain} is served here.", domain=display_domain(name)))
    return redirect(url_for("contactsgroups.domains.show", domain=name), 303)


@blueprint.get("/<domain>")
def show(domain: str) -> str:
    """Show the settings of a domain."""
    actor = require_administrator()
    stored = domain_settings.read_domain_settings(current_database(), actor, domain)
    return _page(actor, domain, stored)


@blueprint.post("/<domain>")
def change(domain: str) -> ResponseReturnValue:
    """Save what was changed of a domain's settings; the rest may be another administrator's."""
    actor, wanted = require_administrator(), _posted()
    stored = domain_settings.read_domain_settings(current_database(), actor, domain)
    try:
        merged = _with_changes_only(wanted, stored)
        domain_settings.change_domain_settings(current_database(), actor, domain, merged)
    except ContactsGroupsError as error:
        return refuse_form(_page(actor, domain, wanted, faults_by_field(error, _FIELDS)), error)
    flash(gettext("Saved {what}.", what=display_domain(domain)))
    return redirect(url_for("contactsgroups.domains.show", domain=domain), 303)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with all that was chosen."""
    if request.endpoint == "contactsgroups.domains.add":
        text = error.in_words(gettext("Check the form and send it again."))
        return _list_page(require_administrator(), request.form.get("name", ""), text), 403
    domain = str((request.view_args or {})["domain"])
    text = error.in_words(gettext("Check the form and save it again."))
    return _page(require_administrator(), domain, _posted(), {"": (text,)}), 403


def _list_page(actor: Principal, typed: str = "", error: str = "") -> str:
    return render(
        "domains.html",
        domains=list_domain_views(current_database(), actor),
        may_add=authority.domains_where(actor, Right.MANAGE_DOMAIN) is None,
        typed=typed,
        error=error,
        display_domain=display_domain,
    )


def _posted() -> DomainSettings:
    values: dict[str, SettingValue] = {
        each.name: each.name in request.form if each.is_switch else request.form.get(each.name, "")
        for each in DEFAULTS
    }
    creators = request.form.get("team_creators", "")
    return DomainSettings(team_creators=creators, new_groups=values)


def _with_changes_only(wanted: DomainSettings, stored: DomainSettings) -> DomainSettings:
    """Return what is stored, with those values that are not as the form showed them."""
    sent, shown = _values_of(wanted), _shown()
    before = _values_of(stored)
    kept = {name for name, value in sent.items() if shown.get(name) == value}
    values = {name: before[name] if name in kept else value for name, value in sent.items()}
    creators = str(values.pop("team_creators"))
    return DomainSettings(team_creators=creators, new_groups=values)


def _values_of(settings: DomainSettings) -> dict[str, SettingValue]:
    of_new_group = settings.for_new_group().values()
    values = {each.name: of_new_group[each.name] for each in DEFAULTS}
    return {"team_creators": settings.team_creators, **values}


def _shown() -> dict[str, SettingValue]:
    """Return what the form showed, before anything was changed in it."""
    switches = {each.name for each in DEFAULTS if each.is_switch}
    fields = {name: request.form.get(f"shown.{name}") for name in _FIELDS}
    return {
        name: value == "on" if name in switches else value
        for name, value in fields.items()
        if value is not None
    }


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
        before=_shown() or _values_of(settings),
        new_group=settings.for_new_group(),
        creators=tuple(TeamCreators),
        defaults=DEFAULTS,
        errors=errors or {},
        labels=_FIELDS,
    )
