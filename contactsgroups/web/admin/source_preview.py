"""Whom a department or a rule would select, for the form of a group: counted while one types."""

from http import HTTPStatus

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from contactsgroups.domain.address import display_address
from contactsgroups.domain.errors import DepartmentNotFound, DomainNotFound, InvalidInput
from contactsgroups.domain.mailboxes import addresses_in
from contactsgroups.domain.principal import Principal
from contactsgroups.services.groups.source_preview import (
    PreviewedMember,
    SourcePreview,
    preview_source,
)
from contactsgroups.web.admin.group_form import GroupForm
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.languages import as_sentence, say
from contactsgroups.web.state import current_database, current_state

blueprint = Blueprint("source_preview", __name__, url_prefix="/admin/groups/preview")

ASKED = "count"
"""The name of the button that counts without JavaScript; it sends the whole form to its page."""


@blueprint.post("")
def count() -> ResponseReturnValue:
    """Answer with the preview as JSON, or with the fault that is in the way of it.

    What is typed is mostly faulty on the way to its end: so a fault of it is no error.
    """
    actor = require_administrator()
    try:
        preview = preview_of(actor, GroupForm.posted(request), request.form.get("group", ""))
    except (InvalidInput, DomainNotFound, DepartmentNotFound) as error:
        return jsonify(fault=say(error))
    except TooManyRequests as error:
        return jsonify(fault=str(error.description)), HTTPStatus.TOO_MANY_REQUESTS
    return jsonify(_as_json(preview))


def preview_of(actor: Principal, form: GroupForm, uuid: str = "") -> SourcePreview:
    """Return whom the form as it is filled in would select.

    Args:
        uuid: the group; empty for a new one.

    Raises:
        ContactsGroupsError: what is wrong with the department or the rule, or with the address of a
            new group.
        TooManyRequests: this account counts all the time.
    """
    current_state().preview_rate.take(
        str(actor.address), reason="counted too often; wait a moment and count again"
    )
    return preview_source(
        current_database(),
        actor,
        form.settings_in_use(),
        uuid=uuid,
        address=form.values["address"],
        always=addresses_in(form.values["always_members"]),
        never=addresses_in(form.values["never_members"]),
    )


def _as_json(preview: SourcePreview) -> dict[str, object]:
    return {
        "count": preview.count,
        "before": preview.before,
        "added": preview.added,
        "removed": preview.removed,
        "entering": [_name(each) for each in preview.entering],
        "leaving": [_name(each) for each in preview.leaving],
        "accounts": preview.accounts,
        "remarks": [as_sentence(say(each)) for each in preview.remarks],
    }


def _name(member: PreviewedMember) -> dict[str, str]:
    return {"name": member.name, "address": display_address(member.address)}
