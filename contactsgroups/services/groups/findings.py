"""What may be amiss with a group, as conditions that a list filters by and a report counts."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from sqlalchemy import ColumnElement, and_, exists, select

from contactsgroups.domain.group import Role
from contactsgroups.persistence.models import Account, Alias, Group, GroupMail, GroupRole

QUIET = timedelta(days=365)
"""Without mail for this long, a group may not be needed any more."""


class Finding(StrEnum):
    """What may be amiss with a group."""

    NO_OWNER = "no-owner"
    """No active account owns it, by its own address or an alias."""
    EXTERNAL = "external"
    """Somebody outside gets what is sent to it."""
    REACHES_NOBODY = "reaches-nobody"
    """It is enabled, and nobody gets a copy."""
    UNMODERATED = "unmoderated"
    """What is sent to it waits, and no active account is there to approve it."""
    NO_MAIL = "no-mail"
    """No message to its address was accepted for a year, as far as that was noted."""


def has_finding(finding: Finding) -> ColumnElement[bool]:
    """Return the condition that a group has a finding."""
    match finding:
        case Finding.NO_OWNER:
            return ~_has_active({Role.OWNER})
        case Finding.EXTERNAL:
            return Group.external_count > 0
        case Finding.REACHES_NOBODY:
            return and_(Group.disabled.is_(False), Group.recipient_count == 0)
        case Finding.UNMODERATED:
            waits = and_(Group.moderated.is_(True), Group.disabled.is_(False))
            return and_(waits, ~_has_active({Role.OWNER, Role.MODERATOR}))
        case Finding.NO_MAIL:
            return _has_no_mail()
        case _:  # pragma: no cover - mypy proves that there is no other finding
            assert_never(finding)


def _has_active(roles: Collection[Role]) -> ColumnElement[bool]:
    """Return the condition that an active account has one of the roles, itself or by an alias."""
    named = select(GroupRole.group_id).where(GroupRole.role.in_(roles))
    itself = named.join(Account, Account.address == GroupRole.address).where(Account.active)
    by_alias = (
        named.join(Alias, Alias.address == GroupRole.address)
        .join(Account, Account.id == Alias.account_id)
        .where(Account.active)
    )
    found = itself.union(by_alias).subquery()  # MariaDB asks a union itself about every group.
    return Group.id.in_(select(found.c[0]))


def _has_no_mail() -> ColumnElement[bool]:
    """Return the condition; until mail has been noted for a whole year, no group meets it."""
    since = datetime.now(UTC) - QUIET
    return and_(
        Group.created_at < since,
        exists().where(GroupMail.first_on <= since.date()),
        Group.id.not_in(select(GroupMail.group_id).where(GroupMail.last_on > since.date())),
    )


def is_noted_long_enough(noted_since: date | None) -> bool:
    """Whether mail has been noted for so long that :attr:`Finding.NO_MAIL` can be told."""
    return noted_since is not None and noted_since <= (datetime.now(UTC) - QUIET).date()
