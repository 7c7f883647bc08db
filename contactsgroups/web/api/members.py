"""Direct members of a group over the API, and the mailboxes that it reaches."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from contactsgroups.services.groups import audience, browsing, member_changes, members
from contactsgroups.services.groups.audience import MEMBERS_LIMIT
from contactsgroups.services.groups.department_members import (
    DepartmentChoice,
    add_department,
    count_department,
)
from contactsgroups.services.groups.first_recipients import list_first_recipients
from contactsgroups.services.groups.last_days import read_until
from contactsgroups.services.groups.member_changes import CHANGES_LIMIT, Outcome
from contactsgroups.services.groups.member_filtering import MemberFilter, MemberKind
from contactsgroups.services.groups.member_views import MemberView
from contactsgroups.web.api.operations import Answer, Operation, serves
from contactsgroups.web.api.paging import cursor_of, place_of
from contactsgroups.web.api.schemas import DepartmentPath, Page, PageQuery, Schema, Word
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_database

blueprint = Blueprint("members", __name__, url_prefix="/groups/<uuid:uuid>")

_LIST = "members"  # in cursors

_Texts = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=CHANGES_LIMIT)]


Until = Annotated[
    str,
    Field(
        max_length=40,
        description="The last day in UTC, such as `2027-01-31`, also of who is a member already; "
        "`never` for no end. Left out, it stays as it is.",
    ),
]


class Member(Schema):
    """A member as the principal sees it."""

    address: str
    name: str
    kind: Annotated[
        Literal["account", "alias", "group", "external"],
        Field(description="`external` also for what the principal may not know."),
    ]
    until: Annotated[
        date | None,
        Field(
            description="The last day in UTC, for those who may see members also of groups that do "
            "not show them; absent without an end."
        ),
    ] = None


class MemberQuery(PageQuery):
    """Which members are listed."""

    q: Annotated[
        Word,
        Field(description="Words that the address or the name contains; case and accents are one."),
    ] = ""
    kind: Annotated[
        Literal["account", "alias", "group", "external", "inactive", "ends"] | None,
        Field(
            description="`inactive` finds accounts that are switched off, `ends` memberships that "
            "have a last day, for those who may see members also of groups that do not show them."
        ),
    ] = None


class MemberList(Page):
    """A page of members in the order of their addresses."""

    items: list[Member]


class Recipient(Schema):
    """A mailbox that gets a copy, or a group whose members stay unsaid."""

    kind: Literal["account", "group", "external"]
    name: str
    address: str


class RecipientQuery(Schema):
    """How many recipients are wanted."""

    limit: Annotated[
        int | None,
        Field(ge=1, le=MEMBERS_LIMIT, description="The first ones only; without it, all or none."),
    ] = None


class RecipientList(Schema):
    """The mailboxes that a group reaches, as far as the principal may know."""

    members: list[Recipient]
    total: Annotated[int, Field(description="How many there are in all.")]


class ChangedMembers(Schema):
    """Addresses to add and to remove, 10,000 at most in all."""

    add: _Texts = Field(default_factory=list)
    remove: _Texts = Field(default_factory=list)
    until: Until = ""


class NewMember(Schema):
    """Until when somebody is a member."""

    until: Until = ""


class MemberResult(Schema):
    """What became of one address."""

    address: Annotated[str, Field(description="As it was sent; at most 200 characters of it.")]
    result: Annotated[
        Literal["added", "already_member", "changed", "removed", "not_a_member", "refused"],
        Field(
            description="Only `added`, `changed` (the last day of a member) and `removed` changed "
            "something."
        ),
    ]
    detail: Annotated[str | None, Field(description="Why it was refused.")] = None


class MemberResults(Schema):
    """One result for each address, in the order in which they were sent, `add` first."""

    results: list[MemberResult]


class DepartmentMembers(Schema):
    """Whose people become members."""

    domain: Annotated[str, Field(max_length=300)]
    department: Annotated[DepartmentPath, Field(description="Its path, such as `Sales/Europe`.")]
    with_below: Annotated[bool, Field(description="Also those of departments below it.")] = True
    dry_run: Annotated[bool, Field(description="Only count.")] = False


class DepartmentResult(Schema):
    """How many active accounts a department has, and what became of them."""

    found: int
    added: Annotated[int, Field(description="With `dry_run`, how many would be added.")]
    already: int
    refused: list[str]


_ONE = Operation(
    summary="Add a member",
    scope="write",
    for_owners=True,
    query=NewMember,
    answers={201: None, 204: None},
    problems=(409,),
)


@blueprint.get("/members")
@serves(Operation(summary="List members", query=MemberQuery, answers={200: MemberList}))
def list_members(uuid: UUID, query: MemberQuery) -> MemberList:
    """List direct members: accounts, aliases, groups and outside addresses, as they were named."""
    kinds = [MemberKind(query.kind)] if query.kind else []
    found = browsing.browse_members(
        current_database(),
        require_principal(),
        str(uuid),
        after=place_of(_LIST, query.cursor),
        limit=query.limit,
        wanted=MemberFilter(search=query.q, kinds=frozenset(kinds)),
    )
    items = [_member_of(view, found.last_days.get(view.address)) for view in found.members]
    return MemberList(items=items, next_cursor=cursor_of(_LIST, found.next_after))


@blueprint.post("/members")
@serves(
    Operation(
        summary="Add and remove many members",
        scope="write",
        for_owners=True,
        body=ChangedMembers,
        answers={200: MemberResults},
        problems=(409,),
    )
)
def change_members(uuid: UUID, body: ChangedMembers) -> MemberResults:
    """Add and remove members; each address has its result. The last member of a group stays.

    It is done in pieces of 500 addresses: after 503, some of it may be done. Send it again then.
    """
    found = member_changes.change_members(
        current_database(),
        require_principal(),
        str(uuid),
        add=body.add,
        remove=body.remove,
        until=read_until(body.until),
    )
    return MemberResults(results=[_result_of(each) for each in found])


@blueprint.post("/department-members")
@serves(
    Operation(
        summary="Add a department's people",
        scope="manage write",
        body=DepartmentMembers,
        answers={200: DepartmentResult},
        problems=(409,),
    )
)
def add_department_members(uuid: UUID, body: DepartmentMembers) -> DepartmentResult:
    """Add everybody who is in a department now; who comes or goes later changes nothing.

    It is done in pieces of 500 accounts: after 503, some of it may be done. Send it again then.
    """
    database, principal = current_database(), require_principal()
    choice = DepartmentChoice(domain=body.domain, path=body.department, with_below=body.with_below)
    if body.dry_run:
        count = count_department(database, principal, str(uuid), choice)
        return DepartmentResult(
            found=count.found, added=count.new, already=count.already, refused=[]
        )
    report = add_department(database, principal, str(uuid), choice)
    if report.stopped is not None:
        raise report.stopped
    added, refused = len(report.added), list(report.refused)
    found = added + report.already + len(refused)
    return DepartmentResult(found=found, added=added, already=report.already, refused=refused)


@blueprint.put("/members/<path:address>", merge_slashes=False)
@serves(_ONE)
def add_member(uuid: UUID, address: str, query: NewMember) -> Answer:
    """Add a member; 204 if it is one already."""
    is_new = members.add_member(
        current_database(), require_principal(), str(uuid), address, until=read_until(query.until)
    )
    return Answer(status=HTTPStatus.CREATED if is_new else HTTPStatus.NO_CONTENT)


@blueprint.delete("/members/<path:address>", merge_slashes=False)
@serves(
    Operation(
        summary="Remove a member",
        scope="write",
        for_owners=True,
        answers={204: None},
        problems=(409,),
    )
)
def remove_member(uuid: UUID, address: str) -> None:
    """Remove a member; the last one of a group stays."""
    members.remove_member(current_database(), require_principal(), str(uuid), address)


@blueprint.get("/recipients")
@serves(
    Operation(
        summary="List recipients",
        query=RecipientQuery,
        answers={200: RecipientList},
        problems=(409,),
    )
)
def list_recipients(uuid: UUID, query: RecipientQuery) -> RecipientList:
    """List every mailbox that the group reaches, groups inside it expanded; 5,000 at most.

    With `limit`, the first ones of any number.
    """
    principal, database = require_principal(), current_database()
    if query.limit is None:
        views = audience.list_visible_members(database, principal, str(uuid))
        return RecipientList(members=[_recipient_of(view) for view in views], total=len(views))
    found = list_first_recipients(database, principal, str(uuid), query.limit)
    return RecipientList(members=[_recipient_of(each) for each in found.views], total=found.total)


def _member_of(view: MemberView, until: date | None) -> Member:
    told = {"address": view.original, "name": view.name, "kind": view.kind, "until": until}
    return Member.model_validate(told)


def _recipient_of(view: MemberView) -> Recipient:
    kind = "account" if view.kind == "alias" else view.kind
    return Recipient.model_validate({"kind": kind, "name": view.name, "address": view.original})


def _result_of(outcome: Outcome) -> MemberResult:
    return MemberResult.model_validate(
        {"address": outcome.text, "result": str(outcome.result), "detail": outcome.reason or None}
    )
