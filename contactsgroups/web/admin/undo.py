"""Undo a change of groups: from the line that says it is done, a group's history, the audit log."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain.authority import is_administrator
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence, in_a_row
from contactsgroups.services.groups.undoing import Undone, undo_changes
from contactsgroups.web.admin.parameters import only_uuids
from contactsgroups.web.errors import refuse_form
from contactsgroups.web.identity import require_principal
from contactsgroups.web.languages import end_sentence, say
from contactsgroups.web.local_paths import local_path
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_database

blueprint = Blueprint("undo", __name__, url_prefix="/admin")

_NOTES = 5  # of what stays, in the line that says it is done


@blueprint.post("/undo")
def undo() -> ResponseReturnValue:
    """Take changes back, and return to the page that offered it."""
    actor = require_principal()
    changes = only_uuids(request.form.getlist("change"))
    (only,) = only_uuids([request.form.get("group", "")]) or [""]
    back = local_path(request.form.get("back", ""), _list_for(actor))
    try:
        undone = undo_changes(current_database(), actor, changes, only=only)
    except ContactsGroupsError as error:
        return refuse_form(render("undo_refused.html", error=say(error), back=back), error)
    flash(in_words(undone))
    return redirect(back, 303)


def in_words(undone: Undone) -> str:
    """Say what was taken back, in numbers, and what stays as it is."""
    sentences = [Sentence("Undid the change of {groups}", groups=", ".join(undone.groups))]
    if len(undone.groups) > 3:
        sentences = [Sentence("Undid the change of {count} groups", count=len(undone.groups))]
    return end_sentence(say(in_a_row([*sentences, *undone.counts, *some_of(undone.notes)])))


def some_of(notes: Sequence[str]) -> list[str]:
    """Return the first of the notes, and how many more there are, for a line of a page."""
    shown = [*notes[:_NOTES]]
    if more := len(notes) - len(shown):
        shown.append(Sentence("and {more} more", more=more))
    return shown


def _list_for(actor: Principal) -> str:
    name = "groups.show_all" if is_administrator(actor) else "my_groups.show"
    return url_for(f"contactsgroups.{name}")
