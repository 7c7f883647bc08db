"""Messages that wait for a moderator over the API: found, read, and decided about."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from contactsgroups.services.moderation import decisions, held_messages
from contactsgroups.services.moderation.decisions import Outcome
from contactsgroups.services.moderation.held_messages import HeldDetails, HeldFilter
from contactsgroups.web.api.operations import Operation, serves
from contactsgroups.web.api.paging import cursor_of, number_of
from contactsgroups.web.api.schemas import Flag, Page, PageQuery, Schema, Text, Word, flag_of
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_database

blueprint = Blueprint("held_messages", __name__, url_prefix="/held-messages")

_LIST = "held-messages"  # in cursors


class HeldQuery(PageQuery):
    """Which messages are listed, the newest first."""

    waiting: Annotated[
        Flag | None, Field(description="Those that wait, or those that were decided about.")
    ] = None
    q: Annotated[
        Word, Field(description="Words in the sender, the author, the subject or the group.")
    ] = ""
    group: Annotated[UUID | None, Field(description="The group that they were sent to.")] = None


class HeldSummary(Schema):
    """A message that waits for a moderator of a group, or did."""

    id: UUID
    group_id: UUID
    group_address: Annotated[str, Field(description="Empty if the group was deleted.")]
    recipient_count: Annotated[int, Field(description="How many get it if it is approved.")]
    author: Annotated[str, Field(description="The address in From, which proves nothing.")]
    author_name: str
    sender: Annotated[str, Field(description="Whom it was decided about; empty for a bounce.")]
    proof: Literal["signed-in", "trusted", "none"]
    subject: str
    size: Annotated[int, Field(description="Octets.")]
    state: Literal["waiting", "approved", "delivered", "rejected", "discarded", "expired"]
    received_at: datetime
    expires_at: datetime
    decided_by: Annotated[str, Field(description="An address; empty while it waits.")]
    decided_at: Annotated[datetime | None, Field(description="Absent while it waits.")] = None
    note: Annotated[str, Field(description="What whoever rejected it wrote.")]


class HeldList(Page):
    """A page of messages."""

    items: list[HeldSummary]


class HeldAttachment(Schema):
    """A part that is listed only."""

    name: str
    content_type: str
    size: Annotated[int, Field(description="Octets, about.")]


class HeldMessage(HeldSummary):
    """A message with what helps to decide; texts are plain, and end where a page would."""

    text: str
    html_text: Annotated[str, Field(description="What its HTML says, as plain text.")]
    is_cut: Annotated[bool, Field(description="Whether there is more text than is shown.")]
    has_more_parts: Annotated[
        bool, Field(description="Whether there are more parts or attachments than are shown.")
    ]
    is_unreadable: Annotated[bool, Field(description="Whether something in it could not be read.")]
    header: str
    attachments: list[HeldAttachment]
    trace: Annotated[list[str], Field(description="The steps of the decision to hold it.")]
    may_always_allow: Annotated[
        bool, Field(description="Whether its sender can be let pass from now on.")
    ]


class Approval(Schema):
    """How a message is approved."""

    always_allow: Annotated[
        bool, Field(description="Let this sender's messages to the group pass from now on.")
    ] = False


class Rejection(Schema):
    """How a message is rejected."""

    note: Text = ""


class Decided(Schema):
    """What became of it."""

    asks_further: Annotated[
        bool, Field(description="Moderators of a group inside are asked before it is sent.")
    ]


@blueprint.get("")
@serves(
    Operation(
        summary="List held messages",
        scope="write",
        for_owners=True,
        query=HeldQuery,
        answers={200: HeldList},
    )
)
def list_held(query: HeldQuery) -> HeldList:
    """List messages to the groups that one moderates, owns or administers."""
    found = held_messages.list_held_messages(
        current_database(),
        require_principal(),
        HeldFilter(
            waiting=flag_of(query.waiting),
            search=query.q,
            group="" if query.group is None else str(query.group),
        ),
        after=number_of(_LIST, query.cursor) or 0,
        limit=query.limit,
    )
    last = None if found.next_after is None else str(found.next_after)
    items = [HeldSummary.model_validate(_values(each)) for each in found.messages]
    return HeldList(items=items, next_cursor=cursor_of(_LIST, last))


@blueprint.get("/<uuid:uuid>")
@serves(
    Operation(
        summary="Read a held message",
        scope="write",
        for_owners=True,
        answers={200: HeldMessage},
        problems=(404,),
    )
)
def read_held(uuid: UUID) -> HeldMessage:
    """Read what it says as plain text, and why it waits."""
    found = held_messages.show_held_message(current_database(), require_principal(), str(uuid))
    return _message_of(found)


@blueprint.post("/<uuid:uuid>/approve")
@serves(
    Operation(
        summary="Approve a held message",
        scope="write",
        for_owners=True,
        body=Approval,
        answers={200: Decided},
        problems=(404, 409),
    )
)
def approve_held(uuid: UUID, body: Approval) -> Decided:
    """Send it to the members as it came; the first decision about a message counts."""
    outcome = decisions.approve_message(
        current_database(), require_principal(), str(uuid), always_allow=body.always_allow
    )
    return _decided(outcome)


@blueprint.post("/<uuid:uuid>/reject")
@serves(
    Operation(
        summary="Reject a held message",
        scope="write",
        for_owners=True,
        body=Rejection,
        answers={204: None},
        problems=(404, 409),
    )
)
def reject_held(uuid: UUID, body: Rejection) -> None:
    """Refuse it, with a note, which a sender who was signed in gets by mail."""
    decisions.reject_message(current_database(), require_principal(), str(uuid), body.note)


@blueprint.post("/<uuid:uuid>/discard")
@serves(
    Operation(
        summary="Discard a held message",
        scope="write",
        for_owners=True,
        answers={204: None},
        problems=(404, 409),
    )
)
def discard_held(uuid: UUID) -> None:
    """Drop it; its sender hears nothing."""
    decisions.discard_message(current_database(), require_principal(), str(uuid))


def _decided(outcome: Outcome) -> Decided:
    return Decided(asks_further=outcome.asks_further)


def _values(each: held_messages.HeldMessage) -> dict[str, object]:
    return {
        "id": UUID(each.uuid),
        "group_id": UUID(each.group_uuid),
        "group_address": each.group_address,
        "recipient_count": each.recipient_count,
        "author": each.author,
        "author_name": each.author_name,
        "sender": each.sender,
        "proof": str(each.proof),
        "subject": each.subject,
        "size": each.size,
        "state": str(each.state),
        "received_at": each.received_at,
        "expires_at": each.expires_at,
        "decided_by": each.decided_by,
        "decided_at": each.decided_at,
        "note": each.note,
    }


def _message_of(found: HeldDetails) -> HeldMessage:
    preview = found.preview
    attachments = [
        {"name": each.name, "content_type": each.content_type, "size": each.size}
        for each in preview.attachments
    ]
    return HeldMessage.model_validate(
        _values(found.message)
        | {
            "text": preview.text,
            "html_text": preview.html_text,
            "is_cut": preview.is_cut,
            "has_more_parts": preview.has_more_parts,
            "is_unreadable": preview.is_unreadable,
            "header": preview.header,
            "attachments": attachments,
            "trace": [str(each) for each in found.trace],
            "may_always_allow": found.may_allow,
        }
    )
