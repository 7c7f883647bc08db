"""The tables, as SQLAlchemy entities.

Every name begins with ``contactsgroups_``: they may be in a host's database, beside its own
tables.
"""

from contactsgroups.persistence.models.base import Base
from contactsgroups.persistence.models.completion import (
    OwnContact,
    PendingPopularity,
    PersonalState,
    Popularity,
    Usage,
)
from contactsgroups.persistence.models.delivery import (
    DeliveryRow,
    OutboxRow,
    SenderEvidence,
    ToldAddition,
)
from contactsgroups.persistence.models.directory import (
    Account,
    AccountAttribute,
    AccountWord,
    Administrator,
    Alias,
    ClaimedAddress,
    Department,
    DomainRow,
    DomainShare,
    Source,
)
from contactsgroups.persistence.models.groups import (
    Card,
    DeletedGroup,
    Group,
    GroupEdge,
    GroupMail,
    GroupRole,
    KeptMember,
    Member,
    MembershipRequest,
    Recipient,
)
from contactsgroups.persistence.models.holds import Hold, HoldCopy, HoldPart
from contactsgroups.persistence.models.journal import (
    AuditChainEnd,
    AuditRow,
    AuditVerification,
    Follower,
    JournalCounter,
    JournalRow,
)
from contactsgroups.persistence.models.sessions import TokenKey, WebSession

__all__ = [
    "Account",
    "AccountAttribute",
    "AccountWord",
    "Administrator",
    "Alias",
    "AuditChainEnd",
    "AuditRow",
    "AuditVerification",
    "Base",
    "Card",
    "ClaimedAddress",
    "DeletedGroup",
    "DeliveryRow",
    "Department",
    "DomainRow",
    "DomainShare",
    "Follower",
    "Group",
    "GroupEdge",
    "GroupMail",
    "GroupRole",
    "Hold",
    "HoldCopy",
    "HoldPart",
    "JournalCounter",
    "JournalRow",
    "KeptMember",
    "Member",
    "MembershipRequest",
    "OutboxRow",
    "OwnContact",
    "PendingPopularity",
    "PersonalState",
    "Popularity",
    "Recipient",
    "SenderEvidence",
    "Source",
    "TokenKey",
    "ToldAddition",
    "Usage",
    "WebSession",
]
