"""Read groups: one, or a page of a list."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from contactsgroups.domain.address import display_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.group import GroupSettings, Role
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group
from contactsgroups.services import pictures
from contactsgroups.services.accounts.group_standing import require_in_group, rights_in_group
from contactsgroups.services.groups.lookup import require_group, require_group_by_address
from contactsgroups.services.groups.stored_settings import settings_of

PAGE_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSummary:
    """What a list shows of a group."""

    uuid: str
    address: str
    original: str
    domain: str
    settings: GroupSettings
    recipient_count: int
    external_count: int
    picture_version: str
    version: int
    updated_at: datetime
    """When the settings were saved last; memberships do not count."""

    @property
    def shown_name(self) -> str:
        """The name; of a group that has none, the address."""
        return self.settings.display_name or self.original


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDetails(GroupSummary):
    """All of a group but its members, who may be many (see ``members.list_members``)."""

    applicant: str
    owners: tuple[str, ...]
    moderators: tuple[str, ...]
    allowed_senders: tuple[str, ...]
    always_members: tuple[str, ...]
    never_members: tuple[str, ...]
    has_own_picture: bool
    created_at: datetime
    updated_by: str
    rights: frozenset[Right] = field(default=frozenset(), compare=False)
    """What the principal who reads it may do in it; filled by :func:`show_group`."""


@dataclass(frozen=True, slots=True)
class GroupPage:
    """Groups in the order of their addresses; ``next_after`` asks for the next page."""

    groups: tuple[GroupSummary, ...]
    next_after: str | None


def show_group(database: Database, actor: Principal, uuid: str) -> GroupDetails:
    """Return a group that this principal administers or owns.

    Raises:
        GroupNotFound, NotPermitted
    """
    with database.read() as session:
        group = require_group(session, uuid)
        require_in_group(session, actor, Right.SEE_SETTINGS, group)
        return replace(details_of(group), rights=rights_in_group(session, actor, group))


def find_group(database: Database, actor: Principal, address: str) -> GroupDetails:
    """Return a group that this principal administers or owns by its address."""
    with database.read() as session:
        group = require_group_by_address(session, address)
        require_in_group(session, actor, Right.SEE_SETTINGS, group)
        return details_of(group)


def _summary_values(group: Group) -> dict[str, Any]:
    return {
        "uuid": group.uuid,
        "address": group.address,
        "original": group.original,
        "domain": display_domain(group.domain.name),
        "settings": settings_of(group),
        "recipient_count": group.recipient_count,
        "external_count": group.external_count,
        "picture_version": pictures.version_of(group),
        "version": group.version,
        "updated_at": group.updated_at,
    }


def summary_of(group: Group) -> GroupSummary:
    """Return what a list shows of a stored group, whose domain and department are loaded."""
    return GroupSummary(**_summary_values(group))


def details_of(group: Group) -> GroupDetails:
    """Return all of a stored group but its members."""
    roles: dict[str, list[str]] = {role: [] for role in Role}
    for row in sorted(group.roles, key=lambda row: row.address):
        roles[row.role].append(row.original)
    return GroupDetails(
        **_summary_values(group),
        applicant=group.applicant,
        owners=tuple(roles[Role.OWNER]),
        moderators=tuple(roles[Role.MODERATOR]),
        allowed_senders=tuple(roles[Role.ALLOWED_SENDER]),
        always_members=tuple(roles[Role.ALWAYS_MEMBER]),
        never_members=tuple(roles[Role.NEVER_MEMBER]),
        has_own_picture=bool(group.picture_digest),
        created_at=group.created_at,
        updated_by=group.updated_by,
    )
