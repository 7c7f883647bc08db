"""The pages of deleted groups, for administrators and those who owned a team."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain.errors import ContactsGroupsError, NotAuthenticated
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence, in_a_row
from contactsgroups.services.groups import deleted_groups
from contactsgroups.services.groups.restoration import Restored
from contactsgroups.web.admin.parameters import read_text
from contactsgroups.web.admin.undo import some_of
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import check_password, require_principal
from contactsgroups.web.languages import end_sentence, gettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("deleted_groups", __name__, url_prefix="/admin/deleted-groups")


@blueprint.get("")
def show_all() -> str:
    """List the deleted groups that can be restored."""
    return _list_page(require_principal())


@blueprint.post("/<uuid:uuid>/restore")
def restore(uuid: UUID) -> ResponseReturnValue:
    """Restore a group."""
    actor = require_principal()
    try:
        restored = deleted_groups.restore_group(current_database(), actor, str(uuid))
    except ContactsGroupsError as error:
        return refuse_form(_list_page(actor, error=say(error)), error)
    flash(in_words(restored))
    return redirect(url_for("contactsgroups.members.show", uuid=uuid), 303)


@blueprint.get("/<uuid:uuid>/release")
def ask_to_release(uuid: UUID) -> str:
    """Show the effects of releasing the address, and ask for the password."""
    return _release_page(require_principal(), uuid)


@blueprint.post("/<uuid:uuid>/release")
def release(uuid: UUID) -> ResponseReturnValue:
    """Release the address of a deleted group if the password is right."""
    actor = require_principal()
    deleted_groups.show_deleted(current_database(), actor, str(uuid))  # Who may not needs none.
    try:
        check_password(actor, request.form.get("password", ""))
    except NotAuthenticated:
        return _release_page(actor, uuid, error=gettext("the password is wrong")), 403
    address = deleted_groups.release_address(current_database(), actor, str(uuid))
    flash(gettext("Released {address}. Anybody may have the address now.", address=address))
    return redirect(url_for("contactsgroups.deleted_groups.show_all"), 303)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again."""
    actor, text = require_principal(), error.in_words(gettext("Try once more."))
    if request.endpoint == "contactsgroups.deleted_groups.release":
        uuid: UUID = (request.view_args or {})["uuid"]
        return _release_page(actor, uuid, error=text), 403
    return _list_page(actor, error=text), 403


def in_words(restored: Restored) -> str:
    """Say that a group is back, and what is not."""
    done = Sentence("Restored {address}", address=restored.original)
    return end_sentence(say(in_a_row([done, *some_of(restored.notes)])))


def _list_page(actor: Principal, error: str = "") -> str:
    after = read_text("after")
    page = deleted_groups.list_deleted(current_database(), actor, after=after)
    return render("deleted_groups.html", page=page, after=after, error=error)


def _release_page(actor: Principal, uuid: UUID, error: str = "") -> str:
    deleted = deleted_groups.show_deleted(current_database(), actor, str(uuid))
    return render("deleted_group_release.html", deleted=deleted, error=error)
