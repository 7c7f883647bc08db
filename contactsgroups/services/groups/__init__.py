"""Mail groups and their members.

Beside what is handed on here: ``members`` (who is in a group), ``whereabouts`` (where an address
is), ``leaving`` (it leaves its groups), ``audience`` (groups as an account that does not administer
them sees them), ``member_views`` and ``lookup``.
"""

from contactsgroups.services.groups.drafts import GroupDraft
from contactsgroups.services.groups.editing import create_group, remove_group, update_group
from contactsgroups.services.groups.listing import list_groups
from contactsgroups.services.groups.reading import (
    PAGE_LIMIT,
    GroupDetails,
    GroupPage,
    GroupSummary,
    find_group,
    show_group,
)

__all__ = [
    "PAGE_LIMIT",
    "GroupDetails",
    "GroupDraft",
    "GroupPage",
    "GroupSummary",
    "create_group",
    "find_group",
    "list_groups",
    "remove_group",
    "show_group",
    "update_group",
]
