"""Requests to join and leave groups over the API: asked, taken back, and decided about."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from contactsgroups.domain.membership_request import Wish
from contactsgroups.services.groups import managed_requests, requests
from contactsgroups.services.groups.managed_requests import RequestFilter
from contactsgroups.services.groups.request_views import RequestView
from contactsgroups.web.api.operations import Operation, serves
from contactsgroups.web.api.paging import cursor_of, number_of
from contactsgroups.web.api.schemas import Page, PageQuery, Schema, Text, Word
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_database

blueprint = Blueprint("membership_requests", __name__)

_LIST = "requests"  # in cursors
WishName = Literal["join", "leave"]


class RequestQuery(PageQuery):
    """Which requests are listed."""

    state: Annotated[
        Literal["waiting", "decided"] | None,
        Field(description="`waiting` ones begin with the oldest, all others with the newest."),
    ] = None
    wish: WishName | None = None
    q: Annotated[
        Word, Field(description="Words in the name or address of the group or of who asked.")
    ] = ""
    domain: Annotated[Word, Field(description="Mail domain of the group, as A-labels.")] = ""


class RequestedGroup(Schema):
    """The group that a request is about."""

    id: UUID
    address: str
    display_name: str


class MembershipRequest(Schema):
    """A request to join or leave a group."""

    id: UUID
    wish: WishName
    state: Literal["waiting", "approved", "declined", "withdrawn"]
    group: RequestedGroup
    applicant: Annotated[str, Field(description="The account that asked.")]
    applicant_name: str
    department: Annotated[str, Field(description="The applicant's, as a path.")]
    note: Annotated[str, Field(description="What the applicant wrote.")]
    asked_at: datetime
    answer: Annotated[str, Field(description="What whoever decided wrote.")]
    decided_by: Annotated[str, Field(description="A name, or an address; empty while it waits.")]
    decided_at: Annotated[datetime | None, Field(description="Absent while it waits.")] = None
    obstacle: Annotated[
        str, Field(description="For who decides: why it cannot be approved now; empty if it can.")
    ]


class RequestList(Page):
    """A page of requests."""

    items: list[MembershipRequest]


class OwnRequestList(Schema):
    """The newest 50 of an account's own requests."""

    items: list[MembershipRequest]


class Decision(Schema):
    """What the applicant is told."""

    answer: Text = ""


class Asked(Schema):
    """What those are told who decide."""

    note: Text = ""


class Outcome(Schema):
    """What became of it: done at once, or to be decided."""

    state: Literal["approved", "waiting"]


def _deciding(summary: str) -> Operation:
    return Operation(
        summary=summary,
        scope="write",
        for_owners=True,
        body=Decision,
        answers={204: None},
        problems=(409,),
    )


def _asking(summary: str) -> Operation:
    return Operation(
        summary=summary, scope="write", body=Asked, answers={200: Outcome}, problems=(409,)
    )


@blueprint.get("/requests")
@serves(Operation(summary="List requests", query=RequestQuery, answers={200: RequestList}))
def list_requests(query: RequestQuery) -> RequestList:
    """List requests to the groups that one owns or administers, but those taken back."""
    found = managed_requests.list_managed_requests(
        current_database(),
        require_principal(),
        RequestFilter(
            waiting=None if query.state is None else query.state == "waiting",
            wish=None if query.wish is None else Wish(query.wish),
            search=query.q,
            domain=query.domain,
        ),
        after=number_of(_LIST, query.cursor) or 0,
        limit=query.limit,
    )
    items = [_request_of(each) for each in found.requests]
    last = None if found.next_after is None else str(found.next_after)
    return RequestList(items=items, next_cursor=cursor_of(_LIST, last))


@blueprint.post("/requests/<uuid:uuid>/approve")
@serves(_deciding("Approve a request"))
def approve_request(uuid: UUID, body: Decision) -> None:
    """Let the applicant in, or go."""
    _decide(requests.approve_request, uuid, body)


@blueprint.post("/requests/<uuid:uuid>/decline")
@serves(_deciding("Decline a request"))
def decline_request(uuid: UUID, body: Decision) -> None:
    """Leave everything as it is; the applicant reads the answer."""
    _decide(requests.decline_request, uuid, body)


@blueprint.get("/own-requests")
@serves(Operation(summary="List own requests", answers={200: OwnRequestList}))
def list_own_requests() -> OwnRequestList:
    """List what one has asked for, the newest first, whatever became of it."""
    found = requests.list_own_requests(current_database(), require_principal())
    return OwnRequestList(items=[_request_of(each) for each in found])


@blueprint.delete("/own-requests/<uuid:uuid>")
@serves(
    Operation(
        summary="Take a request back", scope="write", answers={204: None}, problems=(404, 409)
    )
)
def withdraw_request(uuid: UUID) -> None:
    """Take back what one has asked for."""
    requests.withdraw_request(current_database(), require_principal(), str(uuid))


@blueprint.post("/groups/<uuid:uuid>/join")
@serves(_asking("Join a group"))
def join_group(uuid: UUID, body: Asked) -> Outcome:
    """Ask to join a group that takes requests; whoever may edit its members joins at once."""
    state = requests.join_group(current_database(), require_principal(), str(uuid), body.note)
    return Outcome.model_validate({"state": str(state)})


@blueprint.post("/groups/<uuid:uuid>/leave")
@serves(_asking("Leave a group"))
def leave_group(uuid: UUID, body: Asked) -> Outcome:
    """Leave a group that one is named in; where that must be approved, ask for it."""
    state = requests.leave_group(current_database(), require_principal(), str(uuid), body.note)
    return Outcome.model_validate({"state": str(state)})


def _decide(decide: Callable[..., RequestView], uuid: UUID, body: Decision) -> None:
    decide(current_database(), require_principal(), str(uuid), body.answer)


def _request_of(view: RequestView) -> MembershipRequest:
    group = RequestedGroup(
        id=UUID(view.group.uuid),
        address=view.group.original,
        display_name=view.group.settings.display_name,
    )
    return MembershipRequest.model_validate(
        {
            "id": UUID(view.uuid),
            "wish": str(view.wish),
            "state": str(view.state),
            "group": group,
            "applicant": view.applicant,
            "applicant_name": view.applicant_name,
            "department": view.department,
            "note": view.note,
            "asked_at": view.asked_at,
            "answer": view.answer,
            "decided_by": view.decided_by,
            "decided_at": view.decided_at,
            "obstacle": str(view.obstacle),
        }
    )
