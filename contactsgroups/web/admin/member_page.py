"""The page of a group's members, which several forms lead back to."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from contactsgroups.domain.authority import Right
from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.principal import Principal
from contactsgroups.services import groups
from contactsgroups.services.groups import GroupDetails
from contactsgroups.services.groups.member_filtering import MemberKind
from contactsgroups.services.groups.member_listing import list_found_members
from contactsgroups.web.admin.member_query import MemberQuery
from contactsgroups.web.admin.parameters import as_address
from contactsgroups.web.languages import mark
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_database

PAGE = 100  # members on one page

LABELS = {
    MemberKind.ACCOUNT: mark("Accounts"),
    MemberKind.GROUP: mark("Groups"),
    MemberKind.ALIAS: mark("Aliases"),
    MemberKind.EXTERNAL: mark("External"),
    MemberKind.INACTIVE: mark("Inactive"),
    MemberKind.ENDS: mark("Ends"),
}
"""What the filters are called."""


PINNED = mark("Always in")


def query_shown(uuid: UUID) -> MemberQuery:
    """Return what the list showed where the present form was sent, or what its URL asks for."""
    if request.method == "POST":
        return MemberQuery.parse(str(uuid), request.form.get("list", ""))
    return MemberQuery.read(str(uuid), request.args)


def member_page(actor: Principal, query: MemberQuery, **context: Any) -> str:
    """Return the page with the members that a query asks for.

    Args:
        context: ``typed``, ``error``, ``removal`` and what else the template shows above the list.

    Raises:
        GroupNotFound, NotPermitted: the actor may not see the group's page.
    """
    group = groups.show_group(current_database(), actor, query.uuid)
    listing = list_found_members(
        current_database(),
        actor,
        query.uuid,
        query.wanted,
        after=query.after,
        before=query.before,
        limit=PAGE,
    )
    is_derived = GroupKind(group.settings.kind).is_derived
    dates_pins = is_derived and Right.CHANGE_SOURCE in group.rights
    return render(
        "group_members.html",
        group=group,
        query=query,
        listing=listing,
        labels=LABELS,
        roles=_roles(group),
        is_derived=is_derived,
        pinned=set(map(as_address, group.always_members)) if dates_pins else (),
        **context,
    )


def back_with(text: str, query: MemberQuery) -> Response:
    """Go back to the list, which says what was done."""
    flash(text)
    return redirect(query.here, 303)


def _roles(group: GroupDetails) -> dict[str, list[str]]:
    """Return the roles that addresses have in the group, as the list shows them."""
    found: dict[str, list[str]] = {}
    for label, addresses in (
        (mark("Owner"), group.owners),
        (mark("Moderator"), group.moderators),
        (PINNED, group.always_members),
    ):
        for address in addresses:
            found.setdefault(as_address(address), []).append(label)
    return found
