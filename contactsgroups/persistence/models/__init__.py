"""The tables, as SQLAlchemy entities."""

from contactsgroups.persistence.models.base import Base
from contactsgroups.persistence.models.completion import (
    OwnContact,
    PersonalState,
    Popularity,
    Usage,
)
from contactsgroups.persistence.models.directory import (
    Account,
    Administrator,
    Alias,
    ClaimedAddress,
    Department,
    DomainRow,
    DomainShare,
)
from contactsgroups.persistence.models.groups import Card, Group, GroupRole, Member, Recipient
from contactsgroups.persistence.models.journal import AuditRow, JournalCounter, JournalRow

__all__ = [
    "Account",
    "Administrator",
    "Alias",
    "AuditRow",
    "Base",
    "Card",
    "ClaimedAddress",
    "Department",
    "DomainRow",
    "DomainShare",
    "Group",
    "GroupRole",
    "JournalCounter",
    "JournalRow",
    "Member",
    "OwnContact",
    "PersonalState",
    "Popularity",
    "Recipient",
    "Usage",
]
