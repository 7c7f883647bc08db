"""Who answers for a group: owners and moderators are accounts that can do something about it."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.persistence.models import Group
from contactsgroups.persistence.queries import holders, local_domain_names
from contactsgroups.services.accounts.succession import has_owner, names_active_account

Named = frozenset[tuple[str, str]]
"""Roles, each with an address that has it."""

_RESPONSIBLE = (Role.OWNER, Role.MODERATOR)


def responsible_for(group: Group) -> Named:
    """Return the owners and moderators that a group names."""
    return frozenset((row.role, row.address) for row in group.roles if row.role in _RESPONSIBLE)


def require_responsible(session: Session, group: Group, before: Named = frozenset()) -> None:
    """Ask for owners and moderators who can do something about a group that was just saved.

    Args:
        before: whom the group named until now; those are not asked about again.

    Raises:
        InvalidInput: one who is named anew has an address in a domain of ours and no account; or
            a team is left without an owner, or a moderated group with nobody to moderate it; while
            a group is disabled, it needs no moderator.
    """
    _require_accounts(session, responsible_for(group) - before)
    if group.kind == GroupKind.TEAM and not has_owner(session, group):
        raise InvalidInput("a team needs an owner who has an active account here", field="owners")
    is_open = not group.disabled  # Nothing waits for a moderator where nothing is let in.
    if group.moderated and is_open and not names_active_account(session, group, *_RESPONSIBLE):
        text = "a moderated group needs at least one moderator who has an account"
        raise InvalidInput(f"{text}; name one, or an owner", field="moderators")


def _require_accounts(session: Session, named: Collection[tuple[str, str]]) -> None:
    """Refuse addresses in domains of ours that are neither an account's nor an alias."""
    served = local_domain_names(session)
    ours = sorted(each for each in named if each[1].rpartition("@")[2] in served)
    held_by = holders(session, {address for _, address in ours})
    for role, address in ours:
        if held_by.get(address) not in {"account", "alias"}:
            text = f"{address} has no account here; name an account or an alias as {role}"
            raise InvalidInput(text, field=f"{role}s")
