"""The page on which an account creates a team."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain.errors import AddressInUse, ContactsGroupsError, NotPermitted
from contactsgroups.domain.group import PostingPolicy
from contactsgroups.domain.mailboxes import addresses_in
from contactsgroups.domain.principal import Principal
from contactsgroups.services.groups import teams
from contactsgroups.services.groups.teams import TeamDraft
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.form_faults import FormFaults, faults_by_field
from contactsgroups.web.identity import require_principal
from contactsgroups.web.languages import gettext, mark, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("teams", __name__, url_prefix="/groups/new")

_FIELDS = {
    "display_name": mark("Name"),
    "address": mark("Address"),
    "members": mark("Members"),
    "posting_policy": mark("Who may send"),
}
POLICIES = (PostingPolicy.MEMBERS, PostingPolicy.SAME_DOMAIN, PostingPolicy.ANYONE)


@blueprint.get("")
def show() -> str:
    """Show an empty form."""
    return _page(_require_creator())


@blueprint.post("")
def create() -> ResponseReturnValue:
    """Create the team, or show the form again with what is wrong."""
    actor = _require_creator()
    values = _typed()
    draft = TeamDraft(
        address=_whole(actor, values["address"]),
        display_name=values["display_name"],
        members=addresses_in(values["members"]),
        posting_policy=values["posting_policy"],
    )
    try:
        team = teams.create_team(current_database(), actor, draft)
    except ContactsGroupsError as error:
        return refuse_form(_page(actor, _faults(error, draft.address)), error)
    flash(gettext("Created {team}. You own it and are a member.", team=team.original))
    return redirect(url_for("contactsgroups.members.show", uuid=team.uuid), 303)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with all that was typed."""
    faults = {"": (error.in_words(gettext("Check the form and save it again.")),)}
    return _page(_require_creator(), faults), 403


def _require_creator() -> Principal:
    actor = require_principal()
    if not teams.may_create_team(current_database(), actor):
        raise NotPermitted("your domain leaves it to its administrators to create teams; ask one")
    return actor


def _typed() -> dict[str, str]:
    values = {name: request.form.get(name, "") for name in _FIELDS}
    return {**values, "posting_policy": values["posting_policy"] or str(PostingPolicy.MEMBERS)}


def _whole(actor: Principal, address: str) -> str:
    """Return the address with the domain, which need not be typed."""
    text = address.strip()
    return text if "@" in text else f"{text}@{actor.domain}"


def _faults(error: ContactsGroupsError, address: str) -> FormFaults:
    """Return what is wrong, by the name of the field; who has an address stays unsaid."""

    def text_of(each: ContactsGroupsError) -> str:
        return _say_taken(address, each) if isinstance(each, AddressInUse) else say(each)

    return faults_by_field(error, _FIELDS, text_of)


def _say_taken(typed: str, error: AddressInUse) -> str:
    taken = say(error) + "." if error.until else gettext("{address} is taken.", address=typed)
    free = teams.suggest_free_addresses(current_database(), error.address)
    if not free:
        return taken
    proposal = gettext("Free: {free}", free=", ".join(free))
    return f"{taken} {proposal}"


def _page(actor: Principal, faults: FormFaults | None = None) -> str:
    return render(
        "team_new.html",
        values=_typed(),
        faults=faults or {},
        labels=_FIELDS,
        policies=POLICIES,
        domain=actor.domain,
    )
