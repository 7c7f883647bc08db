"""The compose page: To, Cc and Bcc with suggestions, and the recipients of a message."""

from dataclasses import dataclass

from flask import Blueprint, request

from contactsgroups.domain import posting
from contactsgroups.domain.address import Address
from contactsgroups.domain.mailboxes import NoMailbox, split_addresses
from contactsgroups.services.groups.audience import Audience, WrittenTo, find_audience
from contactsgroups.web.errors import reshowing
from contactsgroups.web.identity import require_principal
from contactsgroups.web.languages import gettext, mark
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("compose", __name__, url_prefix="/compose")

FIELDS = {"to": mark("To"), "cc": mark("Cc"), "bcc": mark("Bcc")}
_TEXTS = (*FIELDS, "subject", "body")
RECIPIENTS_LIMIT = 1000
_REASONS = (
    *posting.REFUSALS.values(),
    mark("a moderator must approve the message"),
    mark("mailbox unavailable"),
    mark("the group has no members who could get the message"),
)
"""Why a group takes no message at once, as the API says it in English."""


@dataclass(frozen=True, slots=True)
class CheckedField:
    """One of To, Cc and Bcc: its recipients, and the parts of it that are no addresses."""

    label: str
    recipients: tuple[WrittenTo, ...]
    invalid: tuple[NoMailbox, ...]


@blueprint.get("")
def show() -> str:
    """Show an empty message."""
    require_principal()
    return _page(dict.fromkeys(_TEXTS, ""))


@blueprint.post("")
def check() -> str | tuple[str, int]:
    """Show the recipients of the message; nothing is sent."""
    require_principal()
    values = _posted()
    parsed = {name: split_addresses(values[name]) for name in FIELDS}
    addresses = [address for valid, _ in parsed.values() for address in valid]
    if len(addresses) > RECIPIENTS_LIMIT:
        error = gettext(
            "{number} recipients are more than one message takes ({limit})",
            number=len(addresses),
            limit=RECIPIENTS_LIMIT,
        )
        return _page(values, error=error), 422
    audience = find_audience(current_database(), require_principal(), addresses)
    checked = [
        _checked(FIELDS[name], valid, invalid, audience)
        for name, (valid, invalid) in parsed.items()
    ]
    return _page(values, checked=checked, mailbox_count=audience.mailbox_count)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> tuple[str, int]:
    """Show an expired form again, with all that was typed."""
    require_principal()
    return _page(_posted(), error=error.in_words(gettext("Try once more."))), 403


def _posted() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in _TEXTS}


def _checked(
    label: str, valid: list[Address], invalid: list[NoMailbox], audience: Audience
) -> CheckedField:
    recipients = tuple(each for each in audience.recipients if each.address in set(valid))
    return CheckedField(label, recipients, tuple(invalid))


def _page(
    values: dict[str, str],
    *,
    checked: list[CheckedField] | None = None,
    mailbox_count: int = 0,
    error: str = "",
) -> str:
    return render(
        "compose.html",
        fields=FIELDS,
        values=values,
        checked=checked,
        mailbox_count=mailbox_count,
        error=error,
        reasons={each: gettext(each) for each in _REASONS},
    )
