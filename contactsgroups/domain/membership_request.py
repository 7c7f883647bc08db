"""What an account asks of a group, and what becomes of it."""

from enum import StrEnum


class Wish(StrEnum):
    """What is asked for."""

    JOIN = "join"
    LEAVE = "leave"


class RequestState(StrEnum):
    """What became of a request; one that waits is decided once, by whoever is first."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
