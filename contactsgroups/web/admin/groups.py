"""The pages of groups for administrators and owners: list, create, change, delete."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from contactsgroups.domain.authority import Right, is_administrator
from contactsgroups.domain.errors import (
    Conflict,
    ContactsGroupsError,
    GroupNotFound,
    InvalidInput,
    MembersWouldLeave,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    StaleVersion,
    Unavailable,
)
from contactsgroups.domain.group import SWITCHES, GroupKind, GroupSettings
from contactsgroups.domain.principal import Principal
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts.attributes import list_attribute_names
from contactsgroups.services.accounts.domain_settings import read_domain_settings
from contactsgroups.services.groups import GroupDetails, members
from contactsgroups.services.groups.field_changes import last_changes
from contactsgroups.services.groups.kept_members import count_kept_members
from contactsgroups.services.groups.leaving_plan import Lack, plan_leaving
from contactsgroups.web.admin import source_preview
from contactsgroups.web.admin.group_form import KINDS, LABELS, POLICIES, GroupForm
from contactsgroups.web.admin.group_list import show_list
from contactsgroups.web.admin.group_merge import GroupMerge
from contactsgroups.web.admin.group_query import GroupQuery
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import check_password, require_administrator, require_principal
from contactsgroups.web.languages import gettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("groups", __name__, url_prefix="/admin")

_TRIES = 5  # until others leave a group alone for the moment that saving takes


@blueprint.get("/")
def show_start() -> Response:
    """Redirect to the list."""
    return redirect(url_for("contactsgroups.groups.show_all"))


@blueprint.get("/groups")
def show_all() -> ResponseReturnValue:
    """List the groups that this administrator manages, or those that a search and filters find."""
    return show_list(require_administrator(), GroupQuery.read(request.args))


@blueprint.get("/groups/new")
def show_new() -> str:
    """Show an empty form."""
    actor = require_administrator()
    domains = accounts.list_domains(current_database(), actor)
    address = f"@{domains[0]}" if len(domains) == 1 else ""
    form = GroupForm.blank(address)
    if (begun := _defaults_for(actor, domains)) is not None:
        form = replace(form, settings=begun)
    return _new_page(actor, form)


@blueprint.post("/groups/new")
def create() -> ResponseReturnValue:
    """Create a group, or show the form again with what is wrong."""
    actor = require_administrator()
    form = GroupForm.posted(request)
    if source_preview.ASKED in request.form:
        return _new_page(actor, form, counts=True)
    try:
        group = groups.create_group(current_database(), actor, form.draft(is_new=True))
    except ContactsGroupsError as error:
        return refuse_form(_new_page(actor, form.refused(error)), error)
    flash(gettext("Created {address}.", address=group.original))
    # Who is in it is what comes next.
    return redirect(url_for("contactsgroups.members.show", uuid=group.uuid), 303)


@blueprint.get("/groups/<uuid:uuid>")
def show(uuid: UUID) -> str:
    """Show a group's settings."""
    actor = require_principal()
    group = groups.show_group(current_database(), actor, str(uuid))
    return _settings_page(actor, group, GroupForm.of(group))


@blueprint.post("/groups/<uuid:uuid>")
def change(uuid: UUID) -> ResponseReturnValue:
    """Save a group's settings, unless another principal did so since they were shown."""
    actor = require_principal()
    form, text = GroupForm.posted(request), ""
    if source_preview.ASKED in request.form:
        return _settings_page(actor, _stored(actor, uuid), form, counts=True)
    if form.names_no_owner and (stored := _stored(actor, uuid)).owners:
        page = _settings_page(actor, stored, form, gives_up=True)
        return refuse_form(page, Conflict("nobody owns {address} then", address=stored.address))
    for _ in range(_TRIES):
        try:
            draft = form.draft(is_new=False)
            group = groups.update_group(current_database(), actor, str(uuid), form.version, draft)
        except StaleVersion as error:
            merge = _merge(actor, uuid, form)
            if merge.undecided(request.form):
                return refuse_form(_merge_page(actor, uuid, merge), error)
            form, text = merge.settle(request.form), merge.tell(error.changed_by)
        except MembersWouldLeave as error:
            return refuse_form(_settings_page(actor, _stored(actor, uuid), form, error), error)
        except ContactsGroupsError as error:
            return _refuse_change(actor, uuid, form, error)
        else:
            flash(" ".join(filter(None, (_saved(group), text))))
            return redirect(_where_to_go(actor, uuid), 303)
    return refuse_form(_merge_page(actor, uuid, _merge(actor, uuid, form)), _too_busy(form))


@blueprint.get("/groups/<uuid:uuid>/delete")
def ask_to_delete(uuid: UUID) -> str:
    """Show the effects of deleting, and ask for the password."""
    return _deletion_page(require_principal(), uuid)


@blueprint.post("/groups/<uuid:uuid>/delete")
def delete(uuid: UUID) -> ResponseReturnValue:
    """Delete a group if the password is right."""
    actor = require_principal()
    group = _require_deletable(actor, uuid)
    try:
        check_password(actor, request.form.get("password", ""))
    except NotAuthenticated:
        return _deletion_page(actor, uuid, error=gettext("the password is wrong")), 403
    groups.remove_group(current_database(), actor, group.uuid)
    flash(gettext("Deleted {address}.", address=group.original))
    return redirect(_list_for(actor), 303)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with all that was typed."""
    text = error.in_words(gettext("Check the form and save it again."))
    if request.endpoint == "contactsgroups.groups.create":
        return _new_page(require_administrator(), GroupForm.posted(request).warned(text)), 403
    actor = require_principal()
    uuid: UUID = (request.view_args or {})["uuid"]
    if request.endpoint == "contactsgroups.groups.delete":
        return _deletion_page(actor, uuid, error=text), 403
    group = groups.show_group(current_database(), actor, str(uuid))
    return _settings_page(actor, group, GroupForm.posted(request).warned(text)), 403


def _saved(group: GroupDetails) -> str:
    return gettext("Saved {address}.", address=group.original)


def _defaults_for(actor: Principal, domains: list[str]) -> GroupSettings | None:
    """Return what new groups begin with in the only domain, or in the administrator's own."""
    domain = domains[0] if len(domains) == 1 else actor.domain
    if domain not in domains:
        return None
    return read_domain_settings(current_database(), actor, domain).for_new_group()


def _where_to_go(actor: Principal, uuid: UUID) -> str:
    """Return the group's page; or a list, where its owner has just given the group away."""
    try:
        groups.show_group(current_database(), actor, str(uuid))
    except (GroupNotFound, NotPermitted):
        return _list_for(actor)
    return url_for("contactsgroups.groups.show", uuid=uuid)


def _list_for(actor: Principal) -> str:
    """Return the list that a principal has of the groups that it manages."""
    if is_administrator(actor):
        return url_for("contactsgroups.groups.show_all")
    return url_for("contactsgroups.my_groups.show_owned")


def _require_deletable(actor: Principal, uuid: UUID) -> GroupDetails:
    """Return a group before the password is asked for: whoever may not delete it needs none."""
    group = groups.show_group(current_database(), actor, str(uuid))
    if Right.DELETE_GROUP not in group.rights:
        raise NotPermitted(
            "{address} may not delete {original}", address=actor.address, original=group.original
        )
    return group


def _refuse_change(
    actor: Principal, uuid: UUID, form: GroupForm, error: ContactsGroupsError
) -> ResponseReturnValue:
    """Show the form again; if the group cannot be shown any more, say so instead."""
    group = groups.show_group(current_database(), actor, str(uuid))
    return refuse_form(_settings_page(actor, group, form.refused(error)), error)


def _merge(actor: Principal, uuid: UUID, form: GroupForm) -> GroupMerge:
    """Compare what was typed with what is stored now."""
    group = _stored(actor, uuid)
    return GroupMerge.of(form, GroupForm.of(group))


def _too_busy(form: GroupForm) -> ContactsGroupsError:
    return Unavailable(
        "{address} is being changed by others all the time", address=form.values["address"]
    )


def _merge_page(actor: Principal, uuid: UUID, merge: GroupMerge) -> str:
    """Show what is settled and what to choose; what was typed goes along, in hidden fields."""
    group = groups.show_group(current_database(), actor, str(uuid))
    return render(
        "group_merge.html",
        group=group,
        merge=merge,
        changes=last_changes(current_database(), actor, str(uuid)),
        choices=request.form,
        undecided=merge.undecided(request.form),
    )


def _new_page(actor: Principal, form: GroupForm, *, counts: bool = False) -> str:
    preview = _preview(actor, form) if counts else {}
    return render("group_new.html", form=form, **_choices(actor), **preview)


def _preview(actor: Principal, form: GroupForm, uuid: str = "") -> dict[str, object]:
    """Return whom the form would select, or why that cannot be said, as the templates have it."""
    try:
        return {"preview": source_preview.preview_of(actor, form, uuid)}
    except (InvalidInput, NotFound, NotPermitted) as error:
        return {"preview_fault": say(error)}
    except TooManyRequests as error:
        return {"preview_fault": str(error.description)}


def _stored(actor: Principal, uuid: UUID) -> GroupDetails:
    return groups.show_group(current_database(), actor, str(uuid))


def _settings_page(
    actor: Principal,
    group: GroupDetails,
    form: GroupForm,
    question: MembersWouldLeave | None = None,
    *,
    gives_up: bool = False,
    counts: bool = False,
) -> str:
    preview = _preview(actor, form, group.uuid) if counts else {}
    kept = count_kept_members(current_database(), actor, group.uuid)
    follows_directory = GroupKind(group.settings.kind).is_derived
    return render(
        "group_settings.html",
        group=group,
        form=form,
        question=question,
        gives_up=gives_up,
        follows_directory=follows_directory,
        kept=kept if follows_directory else 0,
        **_choices(actor),
        **preview,
    )


def _deletion_page(actor: Principal, uuid: UUID, error: str = "") -> str:
    database = current_database()
    group = _require_deletable(actor, uuid)
    parents = members.where_is(database, actor, group.address)
    concerns = plan_leaving(database, actor, group.address).concerns
    emptied = [each.presence.group for each in concerns if Lack.MEMBER in each.lacks]
    return render("group_delete.html", group=group, parents=parents, emptied=emptied, error=error)


def _choices(actor: Principal) -> dict[str, object]:
    database = current_database()
    domains = accounts.list_domains(database, actor)
    return {
        "kinds": KINDS,
        "labels": LABELS,
        "policies": POLICIES,
        "switches": SWITCHES,
        "brake": database.brake,
        "domains": domains,
        "departments": {name: accounts.list_departments(database, name) for name in domains},
        "attribute_names": list_attribute_names(database, actor),
    }
