"""Mail groups and their members: edit, read, find, and see as an ordinary account."""

from contactsgroups.services.groups.editing import (
    GroupDraft,
    create_group,
    create_group_in,
    remove_group,
    update_group,
    update_group_in,
)
from contactsgroups.services.groups.reading import (
    PAGE_LIMIT,
    GroupDetails,
    GroupSummary,
    find_group,
    list_groups,
    show_group,
)

__all__ = [
    "PAGE_LIMIT",
    "GroupDetails",
    "GroupDraft",
    "GroupSummary",
    "create_group",
    "create_group_in",
    "find_group",
    "list_groups",
    "remove_group",
    "show_group",
    "update_group",
    "update_group_in",
]
