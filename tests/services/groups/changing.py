"""Changes of groups whose units of work are known, for tests of undo."""

from collections.abc import Callable
from typing import Any

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.groups import members
from contactsgroups.services.groups.editing import draft_like
from contactsgroups.services.groups.undoing import Undone, undo_changes
from contactsgroups.services.unit_of_work.receipts import collecting
from tests.directories import changed_draft


def changing(use_case: Callable[..., Any], *arguments: Any, **named: Any) -> list[str]:
    """Call a use case, and return the units of work that it committed."""
    with collecting() as receipts:
        use_case(*arguments, **named)
    return [each.work_id for each in receipts]


def save(database: Database, uuid: str, **values: Any) -> list[str]:
    """Change settings and roles of a group."""
    stored = groups.show_group(database, OPERATOR, uuid)
    draft = changed_draft(draft_like(stored), **values)
    return changing(groups.update_group, database, OPERATOR, uuid, stored.version, draft)


def undo(database: Database, works: list[str], **named: Any) -> Undone:
    return undo_changes(database, OPERATOR, works, **named)


def state_of(database: Database, uuid: str) -> tuple[Any, ...]:
    """All of a group that can be changed."""
    details = groups.show_group(database, OPERATOR, uuid)
    listed = [each.address for each in members.list_members(database, OPERATOR, uuid)]
    roles = details.owners, details.moderators, details.allowed_senders
    return details.address, details.settings, roles, listed
