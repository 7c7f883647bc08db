"""Mail groups and their members: edit, read, find, and see as an ordinary account."""

from contactsgroups.services.groups.editing import (
    GroupDraft,
    change_group,
    create_group,
    delete_group,
    put_group,
    update_group,
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
    "change_group",
    "create_group",
    "delete_group",
    "find_group",
    "list_groups",
    "put_group",
    "show_group",
    "update_group",
]
