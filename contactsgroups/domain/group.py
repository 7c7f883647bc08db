"""What a mail group is: its kinds, its switches and the roles people have in it."""

from dataclasses import dataclass
from enum import StrEnum


class GroupKind(StrEnum):
    """Where a group's members come from."""

    STATIC = "static"
    """Members are named one by one by an administrator."""
    TEAM = "team"
    """As static, but made and run by employees."""
    DEPARTMENT = "department"
    """All active accounts of a department and the departments below it."""
    DYNAMIC = "dynamic"
    """All active accounts that a rule selects."""

    @property
    def is_derived(self) -> bool:
        """Whether the members follow the directory instead of being edited."""
        return self in {GroupKind.DEPARTMENT, GroupKind.DYNAMIC}


class PostingPolicy(StrEnum):
    """Who may send to a group."""

    SAME_DOMAIN = "same_domain"
    MEMBERS = "members"
    ANYONE = "anyone"
    ALLOWED_SENDERS = "allowed_senders"


class Role(StrEnum):
    """What somebody other than a member is to a group."""

    OWNER = "owner"
    MODERATOR = "moderator"
    ALLOWED_SENDER = "allowed_sender"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSwitches:
    """The yes-or-no properties of a group, with the defaults a new group has."""

    show_in_contacts: bool = True
    disabled: bool = False
    moderated: bool = False
    notify_members: bool = False
    leave_needs_approval: bool = False
    ignore_auto_replies: bool = True
    show_members: bool = True
