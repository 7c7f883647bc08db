"""Who answers for a group: owners and moderators are accounts that can do something about it."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from contactsgroups.domain.errors import ContactsGroupsError, InvalidInput
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.persistence.models import Group
from contactsgroups.persistence.queries import holders, local_domain_names
from contactsgroups.services.accounts.succession import active_roles

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
            a team is left without an owner, or a moderated group with nobody to moderate it.
    """
    _require_accounts(session, responsible_for(group) - before)
    for error in unanswered_for(session, [group]).values():
        raise error


def unanswered_for(session: Session, groups: Collection[Group]) -> dict[str, ContactsGroupsError]:
    """Return what is wrong with those of the groups that nobody answers for, by their UUIDs."""
    named = active_roles(session, [each.id for each in groups])
    faults = ((each.uuid, _fault_of(each, named[each.id])) for each in groups)
    return {uuid: fault for uuid, fault in faults if fault is not None}


def _fault_of(group: Group, named: Collection[str]) -> InvalidInput | None:
    """Return what a group lacks, if active accounts have these roles in it."""
    if group.kind == GroupKind.TEAM and Role.OWNER not in named:
        return InvalidInput("a team needs an owner who has an active account here", field="owners")
    if group.moderated and not {*_RESPONSIBLE} & {*named}:
        text = "a moderated group needs at least one moderator who has an account"
        return InvalidInput(f"{text}; name one, or an owner", field="moderators")
    return None


def _require_accounts(session: Session, named: Collection[tuple[str, str]]) -> None:
    """Refuse addresses in domains of ours that are neither an account's nor an alias."""
    served = local_domain_names(session)
    ours = sorted(each for each in named if each[1].rpartition("@")[2] in served)
    held_by = holders(session, {address for _, address in ours})
    for role, address in ours:
        if held_by.get(address) not in {"account", "alias"}:
            text = f"{address} has no account here; name an account or an alias as {role}"
            raise InvalidInput(text, field=f"{role}s")
