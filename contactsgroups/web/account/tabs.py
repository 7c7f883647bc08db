"""The tabs of "My groups", with how much there is behind each."""

from contactsgroups.domain.principal import Principal
from contactsgroups.services.groups import deleted_groups, own_groups, requests
from contactsgroups.web.state import current_database


def tab_counts(principal: Principal) -> dict[str, int]:
    """Return the number that each tab shows, and of deleted groups that could be restored."""
    counts = own_groups.count_own_groups(current_database(), principal)
    return {
        "joined": counts.joined,
        "owned": counts.owned,
        "moderated": counts.moderated,
        "deleted": deleted_groups.count_deleted(current_database(), principal),
        "requests": requests.count_requests_to_answer(current_database(), principal),
    }
