"""Whom a department or a rule would select, for the form of a group: counted while one types."""

from dataclasses import dataclass
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
from contactsgroups.web.languages import as_sentence, current_language, gettext, ngettext, say
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
        return jsonify(fault=as_sentence(display_address(say(error))))
    except TooManyRequests as error:
        return jsonify(fault=as_sentence(str(error.description))), HTTPStatus.TOO_MANY_REQUESTS
    return jsonify(preview)


@dataclass(frozen=True, slots=True)
class PreviewWords:
    """A preview in the language of the page; what there is none of is empty.

    Attributes:
        people: how many the rule selects, and ``added`` and ``removed`` how many of them come and
            how many go, with a sign.
        among: how many there were, and among how many accounts was counted.
        entering: the first of those who enter, and ``more_entering`` how many others do.
        leaving: likewise.
        remarks: what may be meant otherwise, though it can be counted.
    """

    people: str
    added: str
    removed: str
    among: str
    entering: list[dict[str, str]]
    more_entering: str
    leaving: list[dict[str, str]]
    more_leaving: str
    remarks: list[str]


def preview_of(actor: Principal, form: GroupForm, uuid: str = "") -> PreviewWords:
    """Return whom the form as it is filled in would select.

    Args:
        uuid: the group; empty for a new one.

    Raises:
        ContactsGroupsError: what is wrong with the department or the rule, or with the address of a
            new group.
        TooManyRequests: this account counts all the time.
    """
    current_state().preview_rate.take(
        str(actor.address), reason=gettext("counted too often; wait a moment and count again")
    )
    preview = preview_source(
        current_database(),
        actor,
        form.settings_in_use(),
        uuid=uuid,
        address=form.values["address"],
        always=addresses_in(form.values["always_members"]),
        never=addresses_in(form.values["never_members"]),
    )
    return _in_words(preview)


def _in_words(preview: SourcePreview) -> PreviewWords:
    return PreviewWords(
        people=ngettext("{number} person", "{number} people", preview.count),
        added=_signed("+", preview.added),
        removed=_signed("−", preview.removed),
        among=ngettext(
            "Was {before}. Counted among {number} account.",
            "Was {before}. Counted among {number} accounts.",
            preview.accounts,
            before=preview.before,
        ),
        entering=[_name(each) for each in preview.entering],
        more_entering=_more(preview.added - len(preview.entering)),
        leaving=[_name(each) for each in preview.leaving],
        more_leaving=_more(preview.removed - len(preview.leaving)),
        remarks=[as_sentence(say(each)) for each in preview.remarks],
    )


def _signed(sign: str, number: int) -> str:
    return f"{sign}{current_language().write_number(number)}" if number else ""


def _more(number: int) -> str:
    return gettext("and {more} more", more=number) if number else ""


def _name(member: PreviewedMember) -> dict[str, str]:
    return {"name": member.name, "address": display_address(member.address)}
