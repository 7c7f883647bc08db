"""One's own groups over the API: what one is in and runs, what one may join, and teams."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from flask import Blueprint, url_for
from pydantic import Field

from contactsgroups.domain.authority import Right, Standing
from contactsgroups.domain.errors import AddressInUse, Conflict, ContactsGroupsError, SeveralFaults
from contactsgroups.domain.group import Role
from contactsgroups.services.groups import own_groups, teams
from contactsgroups.services.groups.own_groups import OwnGroup, OwnGroups, WaitingRequest
from contactsgroups.services.groups.teams import TeamDraft
from contactsgroups.web.api import conditions
from contactsgroups.web.api.group_schemas import Group, GroupEntry, entry_of, group_of
from contactsgroups.web.api.operations import Answer, Operation, serves
from contactsgroups.web.api.paging import cursor_of, place_of
from contactsgroups.web.api.schemas import Addresses, Page, PageQuery, Schema, Text, Word
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_database

blueprint = Blueprint("own_groups", __name__)

_LISTS: dict[str, Callable[..., OwnGroups]] = {
    "direct": own_groups.list_direct_groups,
    "indirect": own_groups.list_indirect_groups,
    "owned": partial(own_groups.list_run_groups, role=Role.OWNER),
    "moderated": partial(own_groups.list_run_groups, role=Role.MODERATOR),
}
_ROLES = (Standing.OWNER, Standing.MODERATOR, Standing.MEMBER)


class OwnGroupQuery(PageQuery):
    """Which of one's groups are listed."""

    which: Annotated[
        Literal["direct", "indirect", "owned", "moderated", "joinable"],
        Field(
            description="`direct`: one is named in them; `indirect`: one gets their mail through a "
            "department, a rule or a group; `joinable`: one is not in them and may ask to join."
        ),
    ] = "direct"
    q: Annotated[
        Word, Field(description="Words in the name or the address; of `joinable` ones only.")
    ] = ""


class OpenRequest(Schema):
    """What one has asked of the group, and nobody has decided about."""

    id: UUID
    wish: Literal["join", "leave"]
    asked_at: datetime


class OwnGroupEntry(GroupEntry):
    """A group, and what one is in it."""

    roles: list[Literal["owner", "moderator", "member"]]
    owners: Annotated[list[str], Field(description="Their names, or addresses without a name.")]
    through: Annotated[
        list[str],
        Field(description="Names of the groups through which one is in it, the nearest first."),
    ]
    may_leave: Annotated[bool, Field(description="Whether one is named in it.")]
    may_join: bool
    leaving_is_asked: Annotated[
        bool, Field(description="Whether somebody else decides about leaving.")
    ]
    until: Annotated[date | None, Field(description="One's last day in it, in UTC.")] = None
    request: OpenRequest | None = None


class OwnGroupList(Page):
    """A page of one's groups in the order of their addresses."""

    items: list[OwnGroupEntry]


class NewTeam(Schema):
    """A team to create; all else is as the domain has it for new groups."""

    address: Text
    display_name: Text = ""
    members: Addresses = Field(default_factory=list, description="Beside oneself.")
    posting_policy: Annotated[
        Literal["members", "same_domain", "anyone"] | None,
        Field(description="Who may send to it; left out, the domain says."),
    ] = None


@blueprint.get("/own-groups")
@serves(Operation(summary="List own groups", query=OwnGroupQuery, answers={200: OwnGroupList}))
def list_own_groups(query: OwnGroupQuery) -> OwnGroupList:
    """List the groups that one is in or runs, or that one may ask to join."""
    name = f"own-{query.which}"
    page = _read(query, after=place_of(name, query.cursor))
    items = [_entry_of(each) for each in page.groups]
    return OwnGroupList(items=items, next_cursor=cursor_of(name, page.next_after))


@blueprint.post("/teams")
@serves(
    Operation(
        summary="Create a team",
        scope="write",
        body=NewTeam,
        answers={201: Group},
        problems=(409,),
        has_tag=True,
    )
)
def create_team(body: NewTeam) -> Answer:
    """Create a team that one owns and is in, where one's domain allows it; its URL is in Location.

    Administrators create groups of every kind, teams included, at `/groups`.
    """
    draft = TeamDraft(
        address=body.address,
        display_name=body.display_name,
        members=body.members,
        posting_policy=body.posting_policy,
    )
    try:
        team = teams.create_team(current_database(), require_principal(), draft)
    except ContactsGroupsError as error:
        raise _without_holder(error) from error
    shown = group_of(team, team)
    headers = {"Location": url_for("contactsgroups.api.groups.read_group", uuid=team.uuid)}
    return Answer(shown, HTTPStatus.CREATED, headers, tag=conditions.tag_of(shown))


def _read(query: OwnGroupQuery, after: str) -> OwnGroups:
    database, principal, limit = current_database(), require_principal(), query.limit
    if query.which == "joinable":
        return own_groups.list_joinable_groups(
            database, principal, search=query.q, after=after, limit=limit
        )
    return _LISTS[query.which](database, principal, after=after, limit=limit)


def _entry_of(own: OwnGroup) -> OwnGroupEntry:
    shows = own.group.settings.show_members or Right.SEE_MEMBERS in own.rights
    entry = entry_of(own.group if shows else replace(own.group, external_count=0))
    return OwnGroupEntry.model_validate(
        {
            **entry.model_dump(),
            "roles": [str(each) for each in _ROLES if each in own.standings],
            "owners": list(own.owners),
            "through": list(own.way),
            "may_leave": own.is_direct,
            "may_join": own.may_join,
            "leaving_is_asked": own.must_ask_to_leave,
            "until": own.until,
            "request": _open_request_of(own.waiting),
        }
    )


def _open_request_of(waiting: WaitingRequest | None) -> dict[str, object] | None:
    if waiting is None:
        return None
    return {"id": UUID(waiting.uuid), "wish": str(waiting.wish), "asked_at": waiting.asked_at}


def _without_holder(error: ContactsGroupsError) -> ContactsGroupsError:
    """Return an error that does not say who has an address: whoever creates teams may not know."""
    if isinstance(error, SeveralFaults):
        return SeveralFaults([_without_holder(each) for each in error.errors])
    if not isinstance(error, AddressInUse) or error.until:
        return error
    taken = Conflict("{address} is taken", address=error.address)
    taken.field = "address"
    return taken
