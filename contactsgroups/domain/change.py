"""What the journal records: one change of a group, an account, an alias or a domain."""

from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """What a change is about."""

    GROUP = "group"
    ACCOUNT = "account"
    ALIAS = "alias"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Change:
    """``subject_id`` changed; followers read its state from the tables and find it gone if it is.

    A change of a group's members is a change of the group.
    """

    subject: Subject
    subject_id: int
    domain_id: int


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A change at its place in the one order that all followers see."""

    sequence: int
    change: Change
