"""Mail groups that are managed once and are then everywhere.

What is named here is the public API of this package; ``docs/library.md`` shows how to use it.
Everything else is private, except ``radicale_plugin`` and what ``docs/embedding.md`` imports.

A name is imported when it is asked for (PEP 562), so that one small module can be imported without
SQLAlchemy, and so that no module of this package depends on all of it.
"""

from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contactsgroups.autocomplete.entry import Match as Match
    from contactsgroups.bootstrap import Core as Core
    from contactsgroups.bootstrap import open_core as open_core
    from contactsgroups.domain import errors as errors
    from contactsgroups.domain.address import Address as Address
    from contactsgroups.domain.authority import Right as Right
    from contactsgroups.domain.group import GroupKind as GroupKind
    from contactsgroups.domain.group import GroupSettings as GroupSettings
    from contactsgroups.domain.group import PostingPolicy as PostingPolicy
    from contactsgroups.domain.group import Role as Role
    from contactsgroups.domain.posting import Action as Action
    from contactsgroups.domain.posting import Decision as Decision
    from contactsgroups.domain.principal import OPERATOR as OPERATOR
    from contactsgroups.domain.principal import Principal as Principal
    from contactsgroups.services.accounts.identity import authenticate as authenticate
    from contactsgroups.services.accounts.identity import find_principal as find_principal
    from contactsgroups.services.accounts.sessions import sign_out_everywhere as sign_out_everywhere
    from contactsgroups.services.completion import Completion as Completion
    from contactsgroups.services.completion import CompletionIndex as CompletionIndex
    from contactsgroups.services.completion import ContactPage as ContactPage
    from contactsgroups.services.completion import EntryKind as EntryKind
    from contactsgroups.services.completion.usage import UsedAddress as UsedAddress
    from contactsgroups.services.completion.usage import is_usage_recorded as is_usage_recorded
    from contactsgroups.services.completion.usage import list_usage as list_usage
    from contactsgroups.services.completion.usage import record_usage as record_usage
    from contactsgroups.services.completion.usage import remove_all_usage as remove_all_usage
    from contactsgroups.services.completion.usage import remove_usage as remove_usage
    from contactsgroups.services.completion.usage import set_usage_recording as set_usage_recording
    from contactsgroups.services.groups import GroupDetails as GroupDetails
    from contactsgroups.services.groups import GroupDraft as GroupDraft
    from contactsgroups.services.groups import GroupPage as GroupPage
    from contactsgroups.services.groups import GroupSummary as GroupSummary
    from contactsgroups.services.groups import create_group as create_group
    from contactsgroups.services.groups import find_group as find_group
    from contactsgroups.services.groups import list_groups as list_groups
    from contactsgroups.services.groups import remove_group as remove_group
    from contactsgroups.services.groups import show_group as show_group
    from contactsgroups.services.groups import update_group as update_group
    from contactsgroups.services.groups.audience import Audience as Audience
    from contactsgroups.services.groups.audience import WrittenTo as WrittenTo
    from contactsgroups.services.groups.audience import find_audience as find_audience
    from contactsgroups.services.groups.audience import list_visible_members as list_visible_members
    from contactsgroups.services.groups.last_days import Stay as Stay
    from contactsgroups.services.groups.leaving import Removal as Removal
    from contactsgroups.services.groups.leaving import remove_everywhere as remove_everywhere
    from contactsgroups.services.groups.leaving_plan import Remedy as Remedy
    from contactsgroups.services.groups.member_views import MemberView as MemberView
    from contactsgroups.services.groups.members import MembershipReport as MembershipReport
    from contactsgroups.services.groups.members import Refused as Refused
    from contactsgroups.services.groups.members import add_member as add_member
    from contactsgroups.services.groups.members import add_members as add_members
    from contactsgroups.services.groups.members import list_members as list_members
    from contactsgroups.services.groups.members import list_recipients as list_recipients
    from contactsgroups.services.groups.members import remove_member as remove_member
    from contactsgroups.services.groups.members import where_is as where_is
    from contactsgroups.settings import Settings as Settings
    from contactsgroups.settings import load as _load

    load_settings = _load

_HOMES = {
    "Action": "contactsgroups.domain.posting:Action",
    "Right": "contactsgroups.domain.authority:Right",
    "Role": "contactsgroups.domain.group:Role",
    "Removal": "contactsgroups.services.groups.leaving:Removal",
    "Stay": "contactsgroups.services.groups.last_days:Stay",
    "Remedy": "contactsgroups.services.groups.leaving_plan:Remedy",
    "Decision": "contactsgroups.domain.posting:Decision",
    "GroupPage": "contactsgroups.services.groups:GroupPage",
    "Match": "contactsgroups.autocomplete.entry:Match",
    "Refused": "contactsgroups.services.groups.members:Refused",
    "sign_out_everywhere": "contactsgroups.services.accounts.sessions:sign_out_everywhere",
    "Completion": "contactsgroups.services.completion:Completion",
    "EntryKind": "contactsgroups.services.completion:EntryKind",
    "Core": "contactsgroups.bootstrap:Core",
    "open_core": "contactsgroups.bootstrap:open_core",
    "errors": "contactsgroups.domain.errors",
    "Address": "contactsgroups.domain.address:Address",
    "GroupKind": "contactsgroups.domain.group:GroupKind",
    "GroupSettings": "contactsgroups.domain.group:GroupSettings",
    "PostingPolicy": "contactsgroups.domain.group:PostingPolicy",
    "OPERATOR": "contactsgroups.domain.principal:OPERATOR",
    "Principal": "contactsgroups.domain.principal:Principal",
    "authenticate": "contactsgroups.services.accounts.identity:authenticate",
    "find_principal": "contactsgroups.services.accounts.identity:find_principal",
    "CompletionIndex": "contactsgroups.services.completion:CompletionIndex",
    "ContactPage": "contactsgroups.services.completion:ContactPage",
    "UsedAddress": "contactsgroups.services.completion.usage:UsedAddress",
    "is_usage_recorded": "contactsgroups.services.completion.usage:is_usage_recorded",
    "list_usage": "contactsgroups.services.completion.usage:list_usage",
    "record_usage": "contactsgroups.services.completion.usage:record_usage",
    "set_usage_recording": "contactsgroups.services.completion.usage:set_usage_recording",
    "remove_usage": "contactsgroups.services.completion.usage:remove_usage",
    "remove_all_usage": "contactsgroups.services.completion.usage:remove_all_usage",
    "GroupDetails": "contactsgroups.services.groups:GroupDetails",
    "GroupDraft": "contactsgroups.services.groups:GroupDraft",
    "GroupSummary": "contactsgroups.services.groups:GroupSummary",
    "create_group": "contactsgroups.services.groups:create_group",
    "find_group": "contactsgroups.services.groups:find_group",
    "list_groups": "contactsgroups.services.groups:list_groups",
    "remove_group": "contactsgroups.services.groups:remove_group",
    "show_group": "contactsgroups.services.groups:show_group",
    "update_group": "contactsgroups.services.groups:update_group",
    "Audience": "contactsgroups.services.groups.audience:Audience",
    "WrittenTo": "contactsgroups.services.groups.audience:WrittenTo",
    "find_audience": "contactsgroups.services.groups.audience:find_audience",
    "list_visible_members": "contactsgroups.services.groups.audience:list_visible_members",
    "MemberView": "contactsgroups.services.groups.member_views:MemberView",
    "MembershipReport": "contactsgroups.services.groups.members:MembershipReport",
    "add_member": "contactsgroups.services.groups.members:add_member",
    "add_members": "contactsgroups.services.groups.members:add_members",
    "list_members": "contactsgroups.services.groups.members:list_members",
    "list_recipients": "contactsgroups.services.groups.members:list_recipients",
    "remove_everywhere": "contactsgroups.services.groups.leaving:remove_everywhere",
    "remove_member": "contactsgroups.services.groups.members:remove_member",
    "where_is": "contactsgroups.services.groups.members:where_is",
    "Settings": "contactsgroups.settings:Settings",
    "load_settings": "contactsgroups.settings:load",
}
"""Where each name is defined: for the interpreter what the imports above are for type checkers."""

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return resolve_name(_HOMES[name])


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
