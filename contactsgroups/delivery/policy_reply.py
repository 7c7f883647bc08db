"""What the policy service answers: one table from actions and errors to Postfix's replies.

Replies are those of access(5).  ``DISCARD`` is never among them: Postfix would drop the message
for all its recipients, not only for the group.
"""

from collections.abc import Mapping

from contactsgroups.domain import errors
from contactsgroups.domain.posting import Action, Decision

DUNNO = "DUNNO"
CLOSED = "550 5.2.1 mailbox unavailable"
UNAVAILABLE = "451 4.3.5 group policy unavailable"
NO_GROUP = "451 4.3.5 the group is being changed"

REASON_LIMIT = 200  # characters; a reply line has 512 octets at most, RFC 5321 section 4.5.3.1.5

# Placeholders are filled with the decision's reason.
ACTIONS: Mapping[Action, str] = {
    Action.ACCEPT: DUNNO,
    Action.REJECT: "550 5.7.2 {reason}",
    Action.DISCARD: "550 5.7.2 {reason}",
    # Until the maps know it, too: Postfix could expand the group by itself.
    Action.HOLD: "450 4.7.1 {reason}",
    Action.DEFER: "451 4.3.5 {reason}",
}

# A failure while deciding must neither accept a message nor refuse it permanently.
ERRORS: Mapping[type[Exception], str] = {
    errors.InvalidInput: UNAVAILABLE,
    errors.NotFound: UNAVAILABLE,
    errors.Conflict: UNAVAILABLE,
    errors.NotPermitted: UNAVAILABLE,
    errors.NotAuthenticated: UNAVAILABLE,
    errors.TooManyAttempts: UNAVAILABLE,
    errors.Unavailable: UNAVAILABLE,
    Exception: UNAVAILABLE,
}


def reply_to_decision(decision: Decision | None, *, may_hold: bool = False) -> str:
    """Return the reply to a decision; None says that the recipient is no group.

    Postfix asks about what is a group in its maps, so these are older or newer than the database.

    Args:
        may_hold: Postfix will bring the message to the LMTP server, which keeps it for a moderator.
    """
    if decision is None:
        return NO_GROUP
    if decision.closed:
        return CLOSED
    if may_hold and decision.action is Action.HOLD:
        return DUNNO
    return ACTIONS[decision.action].format(reason=one_line(decision.reason))


def reply_to_error(error: Exception) -> str:
    """Return the reply where deciding failed."""
    return next(ERRORS[each] for each in type(error).__mro__ if each in ERRORS)


def one_line(reason: str) -> str:
    """Return a reason fit for a reply, which is ASCII (RFC 5321 section 4.2)."""
    visible = "".join(character if character.isprintable() else " " for character in reason)
    return visible[:REASON_LIMIT].encode("ascii", "replace").decode("ascii")
