"""What would become of a message to a group, over the API: who may send it, and who gets a copy."""

from typing import Annotated, Literal
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from contactsgroups.services.groups.delivery_preview import (
    OTHERS_SHOWN,
    PreviewRow,
    Way,
    preview_delivery,
)
from contactsgroups.services.groups.posting_preview import (
    NULL_SENDER,
    Proof,
    Verdict,
    preview_posting,
)
from contactsgroups.services.groups.preview_rows import Shown
from contactsgroups.web.api.operations import Operation, serves
from contactsgroups.web.api.paging import cursor_of, place_of
from contactsgroups.web.api.schemas import Page, PageQuery, Schema, Word
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_database

blueprint = Blueprint("delivery", __name__, url_prefix="/groups/<uuid:uuid>")

_LIST = "delivery"  # in cursors

_Proof = Literal["signed-in", "none", "trusted", "automatic"]


class DeliveryQuery(PageQuery):
    """Which rows of a delivery preview are listed."""

    q: Annotated[
        Word,
        Field(description="Words that the address or the name contains; case and accents are one."),
    ] = ""
    shown: Annotated[
        Literal["all", "external", "twice", "left-out"],
        Field(
            description="`external` mailboxes, those that several ways lead to (`twice`), or "
            "members that get no copy (`left-out`)."
        ),
    ] = "all"


class DeliveryWay(Schema):
    """One way from the group to a mailbox."""

    groups: Annotated[
        list[str], Field(description="Names of the groups that are passed, this one left out.")
    ]
    alias: Annotated[
        str | None, Field(description="The address that is the member and stands for the mailbox.")
    ] = None
    kind: Annotated[
        Literal["static", "team", "department", "dynamic"],
        Field(
            description="Of the last group: its department or rule may have made it a member of it."
        ),
    ]
    pinned: Annotated[bool, Field(description="It is one of that group's `always_members`.")]


class DeliveryRow(Schema):
    """A mailbox that gets a copy, or a member that gets none."""

    address: str
    name: str
    kind: Annotated[
        Literal["account", "alias", "group", "external"],
        Field(description="`alias` if its account stays unsaid; a `group` gets no copy itself."),
    ]
    ways: Annotated[
        list[DeliveryWay],
        Field(
            description=f"The shortest one first, {OTHERS_SHOWN + 1} at most; of who is left out, "
            "to where it is a member."
        ),
    ]
    way_count: Annotated[int, Field(description="How many there are; one copy is sent.")]
    left_out: Annotated[
        str | None, Field(description="Why it gets no copy; absent if it gets one.")
    ] = None


class DeliveryList(Page):
    """A page of rows in the order of their addresses, and the numbers of the whole group."""

    items: list[DeliveryRow]
    recipient_count: Annotated[int, Field(description="Mailboxes that get a copy.")]
    external_count: Annotated[int, Field(description="Those of them in no domain served here.")]
    twice: Annotated[int, Field(description="Mailboxes that several ways lead to.")]
    left_out: Annotated[int, Field(description="Members that get no copy.")]
    groups_inside: Annotated[int, Field(description="Groups inside that one may look into.")]
    closed: Annotated[
        list[str],
        Field(
            description="Names of groups inside that one may not look into: who is reached only "
            "through them is counted, and not listed."
        ),
    ]


class PostingQuery(Schema):
    """Who would send."""

    sender: Annotated[
        Word,
        Field(description="An address; `<>` for the empty one of bounces. Left out, one's own."),
    ] = ""
    proof: Annotated[
        _Proof | None, Field(description="How it is known. Left out, as is usual for the sender.")
    ] = None


class Posting(Schema):
    """What would become of a message, and why."""

    sender: str
    proof: _Proof
    action: Literal["accept", "hold", "reject", "discard", "defer"]
    reason: str
    trace: Annotated[list[str], Field(description="What was asked, one after the other.")]
    decided_by: Annotated[
        str | None, Field(description="Name of the group inside that decided; absent if this one.")
    ] = None
    asked: Annotated[int, Field(description="How many groups inside were asked.")]
    untold: Annotated[
        int, Field(description="Groups inside that decide as well, whose answer stays unsaid.")
    ]
    lane: Annotated[
        Literal["native", "lmtp", "none"],
        Field(description="Who hands out copies: Postfix, or the LMTP server; none: nobody."),
    ]


@blueprint.get("/delivery")
@serves(
    Operation(summary="Preview who gets a copy", query=DeliveryQuery, answers={200: DeliveryList})
)
def preview_copies(uuid: UUID, query: DeliveryQuery) -> DeliveryList:
    """List the mailboxes that get a copy, with the ways to each, and members that get none.

    For those who may see the members also of a group that does not show them.
    """
    found = preview_delivery(
        current_database(),
        require_principal(),
        str(uuid),
        search=query.q,
        shown=Shown(query.shown),
        after=place_of(_LIST, query.cursor),
        limit=query.limit,
    )
    return DeliveryList(
        items=[_row_of(each) for each in found.rows],
        next_cursor=cursor_of(_LIST, found.next_after),
        recipient_count=found.recipient_count,
        external_count=found.external_count,
        twice=found.twice,
        left_out=found.left_out,
        groups_inside=found.groups_inside,
        closed=list(found.closed),
    )


@blueprint.get("/posting")
@serves(Operation(summary="Preview who may send", query=PostingQuery, answers={200: Posting}))
def preview_sending(uuid: UUID, query: PostingQuery) -> Posting:
    """Say what would become of a message to the group, as it is decided when one is sent.

    For those who may see the members also of a group that does not show them.
    """
    proof = None if query.proof is None else Proof(query.proof)
    return _posting_of(
        preview_posting(
            current_database(), require_principal(), str(uuid), sender=query.sender, proof=proof
        )
    )


def _row_of(row: PreviewRow) -> DeliveryRow:
    return DeliveryRow.model_validate(
        {
            "address": row.original,
            "name": row.name,
            "kind": row.kind,
            "ways": [_way_of(each) for each in row.ways],
            "way_count": row.way_count,
            "left_out": None if row.silence is None else str(row.silence),
        }
    )


def _way_of(way: Way) -> DeliveryWay:
    return DeliveryWay.model_validate(
        {
            "groups": list(way.groups),
            "alias": way.alias or None,
            "kind": str(way.kind),
            "pinned": way.is_pinned,
        }
    )


def _posting_of(verdict: Verdict) -> Posting:
    decision = verdict.decision
    return Posting.model_validate(
        {
            "sender": NULL_SENDER if verdict.sender is None else verdict.sender.original,
            "proof": str(verdict.proof),
            "action": str(decision.action),
            "reason": str(decision.reason),
            "trace": [str(each) for each in decision.trace],
            "decided_by": verdict.decided_by or None,
            "asked": verdict.asked,
            "untold": verdict.untold,
            "lane": str(verdict.lane),
        }
    )
