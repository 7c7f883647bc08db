"""What was changed in one group, for those who administer or own it."""

from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditRow
from contactsgroups.services.accounts.group_standing import require_in_group
from contactsgroups.services.audit_log import AuditPage, read_page
from contactsgroups.services.groups.lookup import require_group


def list_history(
    database: Database, actor: Principal, uuid: str, *, before: int | None, limit: int
) -> AuditPage:
    """Return the changes of a group and the requests to it, the newest first.

    Args:
        before: the id of the entry that the page begins behind; None for the newest.

    Raises:
        GroupNotFound: there is none that this principal knows of.
        NotPermitted: it may not see both the settings and the members.
    """
    with database.read() as session:
        group = require_group(session, uuid)
        for right in (Right.SEE_SETTINGS, Right.SEE_MEMBERS):
            require_in_group(session, actor, right, group)
        is_of_group = AuditRow.group_uuid == group.uuid
        return read_page(session, [is_of_group], before=before, limit=limit)
