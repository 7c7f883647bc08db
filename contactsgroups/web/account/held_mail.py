"""The pages of held mail: the queue of those who decide, and one message at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from contactsgroups.domain.errors import ContactsGroupsError, MessageNotFound
from contactsgroups.domain.held_message import HoldState, SenderProof
from contactsgroups.services.moderation import decisions
from contactsgroups.services.moderation.decisions import Outcome
from contactsgroups.services.moderation.held_messages import (
    PAGE_LIMIT,
    HeldFilter,
    list_groups_with_waiting,
    list_held_messages,
    show_held_message,
)
from contactsgroups.web.admin.parameters import one_line, only_uuids, read_number
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_principal
from contactsgroups.web.languages import as_sentence, gettext, mark, ngettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_core, current_database

blueprint = Blueprint("held_mail", __name__, url_prefix="/held")

PAGE = 50  # messages on one page
STATES = {"": mark("Waiting"), "decided": mark("Decided")}
PROOFS = {
    SenderProof.SIGNED_IN: (mark("Signed in"), "good"),
    SenderProof.TRUSTED: (mark("From a trusted server"), "info"),
    SenderProof.NONE: (mark("No proof"), "warn"),
}
OUTCOMES = {
    HoldState.WAITING: (mark("Waiting"), "warn"),
    HoldState.APPROVED: (mark("Approved, on its way"), "info"),
    HoldState.DELIVERED: (mark("Approved"), "good"),
    HoldState.REJECTED: (mark("Rejected"), "off"),
    HoldState.DISCARDED: (mark("Discarded"), "off"),
    HoldState.EXPIRED: (mark("Expired"), "dim"),
}
_WORDS = (mark("delivered"), mark("rejected"), mark("discarded"), mark("expired"))
"""What an error calls such messages."""
_APPROVE, _REJECT, _DISCARD = "approve", "reject", "discard"
_REACHES = mark("Approved. It is on its way to the members.")
_REJECTED = mark("The message is rejected.")
_DISCARDED = mark("The message is discarded.")
_ASKS = mark("Approved. The moderators of a group inside are asked next.")


@dataclass(frozen=True, slots=True)
class _Query:
    """What the queue is asked for."""

    state: str
    group: str
    unproven: bool
    search: str

    @classmethod
    def read(cls, given: "MultiDict[str, str]") -> "_Query":
        """Read parameters; what no page of ours asks for counts as left out."""
        state = given.get("state", "")
        return cls(
            state=state if state in STATES else "",
            group=next(iter(only_uuids([given.get("group", "")])), ""),
            unproven=given.get("proof", "") == SenderProof.NONE,
            search=one_line(given.get("q", "")),
        )

    @property
    def wanted(self) -> HeldFilter:
        """The filter that it stands for."""
        return HeldFilter(
            waiting=not self.state,
            search=self.search,
            group=self.group,
            unproven=self.unproven,
        )

    def values(self, **changes: str | None) -> dict[str, Any]:
        """Return the parameters of this queue's URL, with some changed; None drops one."""
        proof = str(SenderProof.NONE) if self.unproven else ""
        own = {"state": self.state, "group": self.group, "proof": proof, "q": self.search}
        return {name: value for name, value in {**own, **changes}.items() if value}


@blueprint.get("")
def show() -> str:
    """List the messages that wait for this account, or those that were decided."""
    return _queue()


@blueprint.get("/<uuid:uuid>")
def show_message(uuid: UUID) -> str:
    """Show one message as safe text, with what helps to decide."""
    return _message_page(str(uuid))


@blueprint.post("/<uuid:uuid>/approve")
def approve(uuid: UUID) -> ResponseReturnValue:
    """Send it to the members, and if that is wanted, let its sender's messages pass from now on."""
    always = request.form.get("always_allow") == "on"
    actor, database = require_principal(), current_database()
    return _decide(
        uuid,
        lambda: decisions.approve_message(database, actor, str(uuid), always_allow=always),
    )


@blueprint.post("/<uuid:uuid>/reject")
def reject(uuid: UUID) -> ResponseReturnValue:
    """Refuse it, with a note."""
    actor, database, note = require_principal(), current_database(), request.form.get("note", "")
    return _decide(uuid, lambda: decisions.reject_message(database, actor, str(uuid), note))


@blueprint.post("/<uuid:uuid>/discard")
def discard(uuid: UUID) -> ResponseReturnValue:
    """Drop it."""
    actor, database = require_principal(), current_database()
    return _decide(uuid, lambda: decisions.discard_message(database, actor, str(uuid)))


@blueprint.post("/ticked")
def decide_ticked() -> ResponseReturnValue:
    """Approve what was ticked at once; ask once more before it is rejected or discarded."""
    actor, database = require_principal(), current_database()
    wish, uuids = request.form.get("wish", ""), _ticked()
    if not uuids or wish not in {_APPROVE, _REJECT, _DISCARD}:
        flash(gettext("No message is selected, so nothing was changed."))
        return _to_queue()
    if wish == _APPROVE:
        return _tell(decisions.approve_messages(database, actor, uuids), _say_approved)
    if request.form.get("confirmed") != "yes":
        return _confirming_page(wish, uuids)
    if wish == _DISCARD:
        return _tell(decisions.discard_messages(database, actor, uuids), _say_discarded)
    note = request.form.get("note", "")
    try:
        outcomes = decisions.reject_messages(database, actor, uuids, note)
    except ContactsGroupsError as error:
        return refuse_form(_confirming_page(wish, uuids, error=as_sentence(say(error))), error)
    return _tell(outcomes, _say_rejected)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with the note that was typed and what was ticked."""
    text = error.in_words(gettext("Try once more."))
    uuid = (request.view_args or {}).get("uuid")
    if uuid is not None:
        return _message_page(str(uuid), error=text), 403
    if request.form.get("confirmed") == "yes" and _ticked():
        wish = _DISCARD if request.form.get("wish") == _DISCARD else _REJECT
        return _confirming_page(wish, _ticked(), error=text), 403
    return _queue(error=text), 403


def _decide(uuid: UUID, decide: Callable[[], Outcome]) -> ResponseReturnValue:
    try:
        outcome = decide()
    except MessageNotFound:
        raise
    except ContactsGroupsError as error:
        return refuse_form(_message_page(str(uuid), error=as_sentence(say(error))), error)
    flash(_say_decided(outcome))
    return _to_queue()


def _say_decided(outcome: Outcome) -> str:
    wish = (request.endpoint or "").rpartition(".")[2]
    if wish == _APPROVE:
        return gettext(_ASKS if outcome.asks_further else _REACHES)
    return gettext(_REJECTED if wish == _REJECT else _DISCARDED)


def _say_approved(number: int) -> str:
    return ngettext("Approved {number} message.", "Approved {number} messages.", number)


def _say_rejected(number: int) -> str:
    return ngettext("Rejected {number} message.", "Rejected {number} messages.", number)


def _say_discarded(number: int) -> str:
    return ngettext("Discarded {number} message.", "Discarded {number} messages.", number)


def _tell(outcomes: Sequence[Outcome], say_done: Callable[[int], str]) -> ResponseReturnValue:
    """Say how many were decided, and of each other one why it was not."""
    errors = {each.uuid: each.error for each in outcomes if each.error is not None}
    done = len(outcomes) - len(errors)
    if not errors:
        flash(say_done(done))
        return _to_queue()
    said = [say_done(done)] if done else []
    said += dict.fromkeys(as_sentence(say(each)) for each in errors.values())
    return refuse_form(_queue(error=" ".join(said)), next(iter(errors.values())))


def _ticked() -> list[str]:
    return only_uuids(request.form.getlist("message"))[:PAGE_LIMIT]


def _to_queue() -> Response:
    """Return to what the queue showed before."""
    values = _Query.read(request.args).values()
    return redirect(url_for("contactsgroups.held_mail.show", **values), 303)


def _queue(error: str = "") -> str:
    actor, database, query = require_principal(), current_database(), _Query.read(request.args)
    after = read_number("after") or 0
    found = list_held_messages(database, actor, query.wanted, after=after, limit=PAGE)
    return render(
        "held_mail.html",
        query=query,
        found=found,
        states=STATES,
        proofs=PROOFS,
        outcomes=OUTCOMES,
        groups=dict(list_groups_with_waiting(database, actor)),
        after=after,
        ticked=_ticked(),
        error=error,
        hold_days=current_core().settings.hold_days,
    )


def _message_page(uuid: str, error: str = "") -> str:
    details = show_held_message(current_database(), require_principal(), uuid)
    return render(
        "held_message.html",
        query=_Query.read(request.args),
        details=details,
        each=details.message,
        preview=details.preview,
        proofs=PROOFS,
        outcomes=OUTCOMES,
        note=request.form.get("note", ""),
        always_allow=request.form.get("always_allow") == "on",
        error=error,
    )


def _confirming_page(wish: str, uuids: Sequence[str], error: str = "") -> str:
    return render(
        "held_confirm.html",
        query=_Query.read(request.args),
        wish=wish,
        uuids=uuids,
        note=request.form.get("note", ""),
        error=error,
    )
