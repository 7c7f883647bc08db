"""Owners, moderators, allowed senders and pinned accounts of a group over the API."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import NotFound
from contactsgroups.services import groups
from contactsgroups.services.groups import GroupDetails
from contactsgroups.services.groups.editing import draft_like
from contactsgroups.web.api import conditions
from contactsgroups.web.api.groups import save
from contactsgroups.web.api.operations import Answer, Operation, serves
from contactsgroups.web.api.schemas import Addresses, Schema
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_database

_ROLE = "<any(owners, moderators, allowed_senders, always_members, never_members):role>"

blueprint = Blueprint("roles", __name__, url_prefix=f"/groups/<uuid:uuid>/{_ROLE}")


class RoleList(Schema):
    """The addresses that have a role in a group."""

    addresses: Addresses


@blueprint.get("")
@serves(Operation(summary="List who has a role", answers={200: RoleList, 304: None}, has_tag=True))
def list_role(uuid: UUID, role: str) -> Answer:
    """List owners, moderators and so on, for whom may see the group's settings."""
    return _answer(_stored(uuid), role)


@blueprint.put("")
@serves(
    Operation(
        summary="Replace who has a role",
        scope="write",
        for_owners=True,
        body=RoleList,
        answers={200: RoleList},
        problems=(409,),
        needs_match=True,
        has_tag=True,
        may_be_held=True,
    )
)
def replace_role(uuid: UUID, role: str, body: RoleList) -> Answer:
    """Give a role to exactly these addresses."""
    stored = _stored(uuid)
    conditions.require_match(_shown(stored, role))
    return _answer(_save(stored, role, body.addresses), role)


@blueprint.put("/<path:address>", merge_slashes=False)
@serves(
    Operation(
        summary="Give a role to an address",
        scope="write",
        for_owners=True,
        answers={204: None},
        problems=(409, 412),
        may_be_held=True,
    )
)
def grant_role(uuid: UUID, role: str, address: str) -> None:
    """Make an address an owner, moderator and so on; harmless if it is one already."""
    stored = _stored(uuid)
    present = getattr(stored, role)
    if _without(present, Address.parse(address)) == present:
        _save(stored, role, [*present, address])


@blueprint.delete("/<path:address>", merge_slashes=False)
@serves(
    Operation(
        summary="Take a role from an address",
        scope="write",
        for_owners=True,
        answers={204: None},
        problems=(409, 412),
        may_be_held=True,
    )
)
def take_role(uuid: UUID, role: str, address: str) -> None:
    """Take the role from an address."""
    stored = _stored(uuid)
    present = getattr(stored, role)
    left = _without(present, Address.parse(address))
    if left == present:
        raise NotFound(
            "{address} is none of the {roles} of {group}",
            address=address,
            roles=role.replace("_", " "),
            group=stored.address,
        )
    _save(stored, role, left)


def _stored(uuid: UUID) -> GroupDetails:
    return groups.show_group(current_database(), require_principal(), str(uuid))


def _save(stored: GroupDetails, role: str, addresses: list[str] | tuple[str, ...]) -> GroupDetails:
    wanted: dict[str, Any] = {role: addresses}
    return save(stored, replace(draft_like(stored), **wanted))


def _shown(stored: GroupDetails, role: str) -> RoleList:
    return RoleList(addresses=list(getattr(stored, role)))


def _answer(stored: GroupDetails, role: str) -> Answer:
    shown = _shown(stored, role)
    return Answer(shown, tag=conditions.tag_of(shown))


def _without(addresses: tuple[str, ...], address: Address) -> tuple[str, ...]:
    return tuple(each for each in addresses if str(Address.parse(each)) != str(address))
