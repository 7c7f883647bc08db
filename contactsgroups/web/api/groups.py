"""Groups over the API: list, read, create, change, remove."""

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, request, url_for

from contactsgroups.domain.address import Address
from contactsgroups.domain.domain_settings import DomainSettings
from contactsgroups.domain.errors import (
    DomainNotFound,
    InvalidAddress,
    NotPermitted,
    StaleVersion,
)
from contactsgroups.domain.group import SETTINGS, GroupKind
from contactsgroups.services import groups
from contactsgroups.services.accounts.domain_settings import read_domain_settings
from contactsgroups.services.groups import GroupDetails, GroupDraft, browsing
from contactsgroups.services.groups.editing import draft_like
from contactsgroups.services.groups.filtering import GroupFilter
from contactsgroups.web.api import conditions
from contactsgroups.web.api.group_schemas import (
    ChangedGroup,
    Group,
    GroupList,
    GroupQuery,
    NewGroup,
    entry_of,
    group_of,
)
from contactsgroups.web.api.operations import Answer, Operation, serves
from contactsgroups.web.api.paging import cursor_of, place_of
from contactsgroups.web.api.schemas import flag_of
from contactsgroups.web.identity import bearer_token, require_principal
from contactsgroups.web.state import current_database

blueprint = Blueprint("groups", __name__, url_prefix="/groups")

_LIST = "groups"  # in cursors


@blueprint.get("")
@serves(Operation(summary="List groups", query=GroupQuery, answers={200: GroupList}))
def list_groups(query: GroupQuery) -> GroupList:
    """List the groups that one may know of, and those that one administers."""
    found = browsing.browse_groups(
        current_database(),
        require_principal(),
        _filter_of(query),
        after=place_of(_LIST, query.cursor),
        limit=query.limit,
    )
    items = [entry_of(group) for group in found.groups]
    return GroupList(items=items, next_cursor=cursor_of(_LIST, found.next_after))


@blueprint.post("")
@serves(
    Operation(
        summary="Create a group",
        scope="manage write",
        body=NewGroup,
        answers={201: Group},
        problems=(409,),
        has_tag=True,
    )
)
def create_group(body: NewGroup) -> Answer:
    """Create a group; its URL is in the header Location."""
    created = groups.create_group(current_database(), require_principal(), _draft_of(body))
    url = url_for("contactsgroups.api.groups.read_group", uuid=created.uuid)
    return answer_with(created, HTTPStatus.CREATED, location=url)


@blueprint.get("/<uuid:uuid>")
@serves(Operation(summary="Read a group", answers={200: Group, 304: None}, has_tag=True))
def read_group(uuid: UUID) -> Answer:
    """Read a group that one may know of; its settings only if one may see them."""
    view = browsing.view_group(current_database(), require_principal(), str(uuid))
    shown = group_of(view.summary, view.details)
    return Answer(shown, tag=conditions.tag_of(shown))


@blueprint.patch("/<uuid:uuid>")
@serves(
    Operation(
        summary="Change a group",
        scope="write",
        for_owners=True,
        body=ChangedGroup,
        answers={200: Group},
        problems=(409,),
        needs_match=True,
        has_tag=True,
        may_be_held=True,
    )
)
def change_group(uuid: UUID, body: ChangedGroup) -> Answer:
    """Change the settings and roles that are named; the others stay as they are."""
    stored = _stored(uuid)
    conditions.require_match(group_of(stored, stored))
    return answer_with(save(stored, _changed(stored, body)))


@blueprint.delete("/<uuid:uuid>")
@serves(
    Operation(
        summary="Remove a group",
        scope="write",
        for_owners=True,
        answers={204: None},
        problems=(409,),
        needs_match=True,
    )
)
def remove_group(uuid: UUID) -> None:
    """Remove a group; groups that contain it lose it as a member.

    Needs a token: with the session of a browser, use the group's page, which asks for the password.
    """
    principal = require_principal()
    if bearer_token(request) is None:
        raise NotPermitted("groups are removed with a token, or on their page, with the password")
    stored = _stored(uuid)
    conditions.require_match(group_of(stored, stored))
    try:
        groups.remove_group(current_database(), principal, stored.uuid, version=stored.version)
    except StaleVersion as error:
        raise conditions.stale(error) from error


def save(stored: GroupDetails, draft: GroupDraft) -> GroupDetails:
    """Change a group that was read before.

    Raises:
        PreconditionFailed: another principal saved since.
    """
    try:
        return groups.update_group(
            current_database(), require_principal(), stored.uuid, stored.version, draft
        )
    except StaleVersion as error:
        raise conditions.stale(error) from error


def _stored(uuid: UUID) -> GroupDetails:
    return groups.show_group(current_database(), require_principal(), str(uuid))


def answer_with(
    details: GroupDetails, status: HTTPStatus = HTTPStatus.OK, location: str = ""
) -> Answer:
    """Return the answer that shows a group, with its entity tag."""
    shown = group_of(details, details)
    headers = {"Location": location} if location else {}
    return Answer(shown, status, headers, tag=conditions.tag_of(shown))


def _filter_of(query: GroupQuery) -> GroupFilter:
    return GroupFilter(
        search=query.q,
        kinds=frozenset() if query.kind is None else frozenset({GroupKind(query.kind)}),
        domains=frozenset() if query.domain is None else frozenset({query.domain}),
        member=query.member,
        owner=query.owner,
        shown=flag_of(query.shown),
        disabled=flag_of(query.disabled),
        moderated=flag_of(query.moderated),
    )


def _draft_of(body: NewGroup) -> GroupDraft:
    named = {
        each.name: getattr(body, each.name)
        for each in SETTINGS
        if each.name in body.model_fields_set
    }
    settings = _defaults_for(body.address).for_new_group(**named)
    is_derived = GroupKind(settings.kind).is_derived
    return GroupDraft(
        address=body.address,
        settings=settings,
        members=(body.members or None) if is_derived else body.members,
        owners=body.owners,
        moderators=body.moderators,
        allowed_senders=body.allowed_senders,
        always_members=body.always_members,
        never_members=body.never_members,
    )


def _defaults_for(address: str) -> DomainSettings:
    """Return what new groups begin with in the domain; what is wrong with it is said elsewhere."""
    try:
        domain = Address.parse(address).domain
        return read_domain_settings(current_database(), require_principal(), domain)
    except (InvalidAddress, DomainNotFound, NotPermitted):
        return DomainSettings()


def _changed(stored: GroupDetails, body: ChangedGroup) -> GroupDraft:
    """Return the wanted state: what was named, and for the rest what is stored."""
    given = {name: getattr(body, name) for name in body.model_fields_set}
    names = {each.name for each in SETTINGS}
    settings = {name: value for name, value in given.items() if name in names}
    others = {name: value for name, value in given.items() if name not in names}
    draft = draft_like(stored)
    return replace(draft, settings=draft.settings.changed(settings), **others)
