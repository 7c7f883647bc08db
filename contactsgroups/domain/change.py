"""What the journal records: one change of a group, an account, an alias or a domain."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Subject(StrEnum):
    """What a change is about."""

    GROUP = "group"
    ACCOUNT = "account"
    ALIAS = "alias"
    DOMAIN = "domain"
    POPULARITY = "popularity"
    """An account or group is written to so much more, or less, that its rank changes."""


@dataclass(frozen=True, slots=True)
class Change:
    """What ``address`` refers to changed; followers read its present state from the tables.

    A change of a group's members is a change of the group.  A new address makes two changes: one of
    the address that is no more, one of the new one.
    """

    subject: Subject
    domain_id: int
    address: str


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A change at its place in the one order that all followers see."""

    sequence: int
    change: Change


class JournalPosition(NamedTuple):
    """A place in the journal of one database; positions of one epoch are in order."""

    epoch: str
    """Another one for each database."""
    last: int
    """The sequence of the last entry before this place."""
