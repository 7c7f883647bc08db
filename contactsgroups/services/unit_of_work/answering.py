"""Who answers for a group: whom notices tell of what waits for a decision there."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from contactsgroups.domain.group import Role
from contactsgroups.persistence.models import Account, Administrator, Alias, Group, GroupRole

_TOLD = 20
"""So many are told of one thing; one of them decides."""


def who_answers(session: Session, group: Group, roles: Sequence[Role]) -> list[str]:
    """Return the accounts that have the first of these roles that anybody has.

    Where nobody with an active account here has any, the administrators of the group's domain;
    where it has none, those of all domains.
    """
    for condition in (*(_has_role(group, each) for each in roles), *_administer(group)):
        statement = select(Account.address).where(Account.active, condition)
        found = session.scalars(statement.order_by(Account.address).limit(_TOLD)).all()
        if found:
            return list(found)
    return []


def _has_role(group: Group, role: Role) -> ColumnElement[bool]:
    named = select(GroupRole.address).where(GroupRole.group_id == group.id, GroupRole.role == role)
    by_alias = select(Alias.account_id).where(Alias.address.in_(named))
    return or_(Account.address.in_(named), Account.id.in_(by_alias))


def _administer(group: Group) -> Iterator[ColumnElement[bool]]:
    """Yield which accounts administer the group's domain, and which all domains."""
    appointed = select(Administrator.account_id)
    yield Account.id.in_(appointed.where(Administrator.domain_id == group.domain_id))
    yield Account.id.in_(appointed.where(Administrator.domain_id.is_(None)))
