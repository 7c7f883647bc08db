"""What becomes of a message that waits for a moderator, and how its sender is known."""

from enum import StrEnum

from contactsgroups.domain.posting import Evidence


class HoldState(StrEnum):
    """Where a message is on its way."""

    WAITING = "waiting"
    APPROVED = "approved"
    """It is being sent to the members."""
    DELIVERED = "delivered"
    """Postfix has taken the copies of all members."""
    REJECTED = "rejected"
    DISCARDED = "discarded"
    EXPIRED = "expired"
    """Nobody decided in time, or it was approved and could not be sent in time."""

    @property
    def needs_content(self) -> bool:
        """Whether what was written is kept."""
        return self in {HoldState.WAITING, HoldState.APPROVED}


class SenderProof(StrEnum):
    """How the sender of a message is known."""

    SIGNED_IN = "signed-in"
    TRUSTED = "trusted"
    """The client needs no login, such as a web server in ``mynetworks``."""
    NONE = "none"
    """Anybody could write under this address."""


def proof_of(evidence: Evidence) -> SenderProof:
    """Return how a sender is known by this evidence."""
    if evidence.login is not None:
        return SenderProof.SIGNED_IN
    return SenderProof.TRUSTED if evidence.trusted else SenderProof.NONE
