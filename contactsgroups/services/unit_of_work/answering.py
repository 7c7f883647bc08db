"""Who answers for a group: whom notices tell of what waits for a decision there."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from contactsgroups.domain.group import Role
from contactsgroups.persistence.models import Account, Administrator, Alias, Group, GroupRole
from contactsgroups.persistence.queries import IS_ACTIVE

_ACTIVE = select(Account.address.label("account")).where(IS_ACTIVE)
_TOLD = 20
"""So many are told of one thing; one of them decides."""


def who_answers(session: Session, group: Group, roles: Sequence[Role]) -> list[str]:
    """Return the accounts that have the first of these roles that anybody has.

    Where nobody with an active account here has any, the administrators of the group's domain;
    where it has none, those of all domains.
    """
    for some in (*(_having(group, each) for each in roles), *_administering(group)):
        # A union, as some databases look through all accounts for an "or".
        found = session.scalars(union(*some).order_by("account").limit(_TOLD)).all()
        if found:
            return list(found)
    return []


def _having(group: Group, role: Role) -> Sequence[Select[str]]:
    """Return how accounts with a role are found: by their own address, and by aliases."""
    is_it = (GroupRole.group_id == group.id) & (GroupRole.role == role)
    own = _ACTIVE.join(GroupRole, GroupRole.address == Account.address)
    by_alias = _ACTIVE.join(Alias, Alias.account_id == Account.id)
    by_alias = by_alias.join(GroupRole, GroupRole.address == Alias.address)
    return own.where(is_it), by_alias.where(is_it)


def _administering(group: Group) -> Iterator[Sequence[Select[str]]]:
    """Yield how those accounts are found that administer the group's domain, and all domains."""
    appointed = _ACTIVE.join(Administrator, Administrator.account_id == Account.id)
    yield (appointed.where(Administrator.domain_id == group.domain_id),)
    yield (appointed.where(Administrator.domain_id.is_(None)),)
