"""Undo over the API: take a change of groups back, restore deleted groups, release addresses."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from flask import Blueprint, request
from pydantic import Field

from contactsgroups.domain.errors import NotPermitted
from contactsgroups.services.groups import deleted_groups
from contactsgroups.services.groups.deleted_groups import DeletedGroupView
from contactsgroups.services.groups.undoing import undo_changes
from contactsgroups.web.api.operations import Operation, serves
from contactsgroups.web.api.paging import cursor_of, place_of
from contactsgroups.web.api.schemas import Page, PageQuery, Schema
from contactsgroups.web.identity import bearer_token, require_principal
from contactsgroups.web.state import current_database

blueprint = Blueprint("undo", __name__)

_LIST = "deleted"  # in cursors


class Undone(Schema):
    """What became of an undo."""

    groups: Annotated[list[str], Field(description="Addresses of the groups that were changed.")]
    notes: Annotated[list[str], Field(description="What stays as it is, and why.")]
    members_back: Annotated[int, Field(description="Memberships that are there again.")]
    members_gone: Annotated[int, Field(description="Memberships that are there no more.")]
    settings_back: Annotated[int, Field(description="Settings and roles that are as before.")]


class DeletedGroup(Schema):
    """A group that can be restored until a moment; until then its address is reserved."""

    uuid: str
    address: str
    display_name: Annotated[str, Field(description="The name; without one, the address.")]
    kind: str
    deleted_at: datetime
    deleted_by: str
    expires_at: datetime


class DeletedGroupList(Page):
    """A page of deleted groups, in the order of their addresses."""

    items: list[DeletedGroup]


class Restored(Schema):
    """A group that is there again."""

    uuid: str
    address: str
    notes: Annotated[list[str], Field(description="What could not come back, and why.")]


@blueprint.post("/audit/changes/<uuid:change>/undo")
@serves(
    Operation(
        summary="Undo a change of groups",
        scope="write",
        for_owners=True,
        answers={200: Undone},
        problems=(404, 409),
    )
)
def undo_change(change: UUID) -> Undone:
    """Take back all that was changed together; what was changed again since stays.

    `change` is that of an entry of the audit log.
    """
    undone = undo_changes(current_database(), require_principal(), [str(change)])
    return Undone(
        groups=undone.groups,
        notes=undone.notes,
        members_back=undone.back,
        members_gone=undone.gone,
        settings_back=undone.settings,
    )


@blueprint.get("/deleted-groups")
@serves(Operation(summary="List deleted groups", query=PageQuery, answers={200: DeletedGroupList}))
def list_deleted_groups(query: PageQuery) -> DeletedGroupList:
    """List the deleted groups that one may restore."""
    page = deleted_groups.list_deleted(
        current_database(),
        require_principal(),
        after=place_of(_LIST, query.cursor),
        limit=query.limit,
    )
    items = [_deleted_group_of(each) for each in page.groups]
    return DeletedGroupList(items=items, next_cursor=cursor_of(_LIST, page.next_after))


@blueprint.post("/deleted-groups/<uuid:uuid>/restore")
@serves(
    Operation(
        summary="Restore a deleted group",
        scope="write",
        for_owners=True,
        answers={200: Restored},
        problems=(404, 409),
    )
)
def restore_group(uuid: UUID) -> Restored:
    """Restore a group with its settings, roles and members, as far as they still exist."""
    restored = deleted_groups.restore_group(current_database(), require_principal(), str(uuid))
    return Restored(uuid=restored.uuid, address=restored.original, notes=restored.notes)


@blueprint.delete("/deleted-groups/<uuid:uuid>")
@serves(
    Operation(
        summary="Release the address of a deleted group",
        scope="write",
        for_owners=True,
        answers={204: None},
        problems=(404,),
    )
)
def release_address(uuid: UUID) -> None:
    """Release an address now: the group cannot be restored any more.

    Needs a token: with the session of a browser, use the page, which asks for the password.
    """
    principal = require_principal()
    if bearer_token(request) is None:
        raise NotPermitted("addresses are released with a token, or on their page")
    deleted_groups.release_address(current_database(), principal, str(uuid))


def _deleted_group_of(view: DeletedGroupView) -> DeletedGroup:
    return DeletedGroup(
        uuid=view.uuid,
        address=view.original,
        display_name=view.shown_name,
        kind=view.kind,
        deleted_at=view.deleted_at,
        deleted_by=view.deleted_by,
        expires_at=view.expires_at,
    )
