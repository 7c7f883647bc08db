"""Schemas of groups; their settings are made from ``domain.group.SETTINGS``."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, create_model

from contactsgroups.domain.group import SETTINGS, GroupKind, PostingPolicy, Setting, SettingValue
from contactsgroups.services.groups import GroupDetails, GroupSummary
from contactsgroups.web.api.schemas import (
    Addresses,
    Flag,
    Page,
    PageQuery,
    Schema,
    Text,
    Word,
    without_default,
)

Kind = Literal["static", "team", "department", "dynamic"]
_ALWAYS = "Accounts that are in it whatever its department or rule says."
_NEVER = "Accounts that are not in it whatever else is said."
_CHANGED_AT = "When settings were saved last; memberships do not count."


def _type_of(setting: Setting) -> Any:
    if setting.is_switch:
        return bool
    if setting.choices is not None:
        return Literal[tuple(str(each) for each in setting.choices)]
    return Text


def _fields(default: Callable[[Setting], Any]) -> Any:
    """Return a field of each setting for ``create_model``."""
    return {
        each.name: (
            Annotated[_type_of(each), Field(description=each.hint or each.label)],
            default(each),
        )
        for each in SETTINGS
    }


def _value(setting: Setting) -> Any:
    """Return the default of a new group as plain JSON."""
    default = setting.default
    return default if isinstance(default, bool) else str(default)


def _unset(_setting: Setting) -> Any:
    return Field(default=None, json_schema_extra=without_default)


def _hidden(setting: Setting) -> Any:
    """Absent unless the principal may see the settings."""
    return Field(default=None, json_schema_extra=without_default, title=setting.label)


NewSettings = create_model("NewSettings", __base__=Schema, **_fields(_value))
ChangedSettings = create_model("ChangedSettings", __base__=Schema, **_fields(_unset))
StoredSettings = create_model("StoredSettings", __base__=Schema, **_fields(_hidden))


class GroupQuery(PageQuery):
    """Which groups are listed."""

    q: Annotated[Word, Field(description="Words in the name or the address.")] = ""
    kind: Annotated[Kind | None, Field(description="Where members come from.")] = None
    domain: Annotated[Word | None, Field(description="Mail domain.")] = None
    member: Annotated[Word | None, Field(description="An address that is a direct member.")] = None
    owner: Annotated[
        Word | None, Field(description="An owner; of groups whose settings one may see.")
    ] = None
    shown: Annotated[Flag | None, Field(description="Shown in contacts.")] = None
    disabled: Flag | None = None
    moderated: Flag | None = None


class GroupEntry(Schema):
    """A group in a list."""

    id: UUID
    address: str
    domain: Annotated[str, Field(description="As people read it: no `xn--`.")]
    display_name: str
    description: str
    kind: str
    posting_policy: Annotated[str, Field(description="Who may send to it.")]
    show_in_contacts: bool
    disabled: bool
    moderated: bool
    recipient_count: Annotated[int, Field(description="Mailboxes that get a copy.")]
    external_count: Annotated[int, Field(description="Those of them in no domain served here.")]
    picture: Annotated[str, Field(description="Where its picture is, from the API's root.")]


class GroupList(Page):
    """A page of groups in the order of their addresses."""

    items: list[GroupEntry]


class Group(GroupEntry, StoredSettings):  # type: ignore[misc, valid-type]
    """A group; what only those know who may see its settings is absent for others."""

    owners: list[str] | None = None
    moderators: list[str] | None = None
    allowed_senders: list[str] | None = None
    always_members: Annotated[list[str] | None, Field(description=_ALWAYS)] = None
    never_members: Annotated[list[str] | None, Field(description=_NEVER)] = None
    applicant: Annotated[str | None, Field(description="The account that asked for it.")] = None
    created_at: datetime | None = None
    updated_at: Annotated[datetime | None, Field(description=_CHANGED_AT)] = None
    updated_by: str | None = None


class NewGroup(NewSettings):  # type: ignore[misc, valid-type]
    """A group to create; what is left out has the default of its domain, or else its own."""

    address: Text
    members: Annotated[
        list[Annotated[str, Field(max_length=1000)]],
        Field(max_length=10_000, description="For static groups and teams, at least one."),
    ] = Field(default_factory=list)
    owners: Addresses = Field(default_factory=list)
    moderators: Addresses = Field(default_factory=list)
    allowed_senders: Addresses = Field(default_factory=list)
    always_members: Addresses = Field(default_factory=list, description=_ALWAYS)
    never_members: Addresses = Field(default_factory=list, description=_NEVER)


class ChangedGroup(ChangedSettings):  # type: ignore[misc, valid-type]
    """What is to be changed of a group; the rest stays as it is."""

    address: Text = Field(default="", json_schema_extra=without_default)
    owners: Addresses = Field(default=[], json_schema_extra=without_default)
    moderators: Addresses = Field(default=[], json_schema_extra=without_default)
    allowed_senders: Addresses = Field(default=[], json_schema_extra=without_default)
    always_members: Addresses = Field(default=[], json_schema_extra=without_default)
    never_members: Addresses = Field(default=[], json_schema_extra=without_default)


def entry_of(group: GroupSummary) -> GroupEntry:
    """Return a group as lists have it."""
    return GroupEntry(**_entry_values(group))


def group_of(summary: GroupSummary, details: GroupDetails | None) -> Group:
    """Return a group as it is shown alone; without ``details``, to whom does not manage it."""
    if details is None:
        return Group(**_entry_values(summary))
    return Group(
        **{**_entry_values(details), **settings_in(details)},
        owners=list(details.owners),
        moderators=list(details.moderators),
        allowed_senders=list(details.allowed_senders),
        always_members=list(details.always_members),
        never_members=list(details.never_members),
        applicant=details.applicant,
        created_at=details.created_at,
        updated_at=details.updated_at,
        updated_by=details.updated_by,
    )


def settings_in(group: GroupSummary) -> dict[str, SettingValue]:
    """Return the settings of a group by their names."""
    return group.settings.values()


def _entry_values(group: GroupSummary) -> dict[str, Any]:
    settings = group.settings
    return {
        "id": group.uuid,
        "address": group.original,
        "domain": group.domain,
        "display_name": settings.display_name,
        "description": settings.description,
        "kind": str(GroupKind(settings.kind)),
        "posting_policy": str(PostingPolicy(settings.posting_policy)),
        "show_in_contacts": settings.show_in_contacts,
        "disabled": settings.disabled,
        "moderated": settings.moderated,
        "recipient_count": group.recipient_count,
        "external_count": group.external_count,
        "picture": f"groups/{group.uuid}/picture.png?v={group.picture_version}",
    }
