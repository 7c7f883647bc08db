"""What the LMTP server answers for each recipient: one table from actions to replies.

No refusal is a final one: what the policy service refused at RCPT never comes here, and what came
round it may have a forged sender, who must not get it back.  Postfix keeps it and tries again.
"""

from collections.abc import Mapping

from contactsgroups.delivery.policy_reply import one_line
from contactsgroups.domain.posting import Action

DELIVERED = "250 2.1.5 delivered to the members"
INCOMPLETE = "451 4.3.0 {reason}"

# Placeholders are filled with the verdict's reason.
ACTIONS: Mapping[Action, str] = {
    Action.ACCEPT: DELIVERED,
    Action.DISCARD: "250 2.0.0 not passed on: {reason}",
    Action.HOLD: "250 2.0.0 stored: {reason}",
    Action.DEFER: "451 4.3.5 {reason}",
    Action.REJECT: "450 4.7.2 {reason}",
}


def reply_to_verdict(action: Action, reason: str) -> str:
    """Return the reply for a recipient."""
    return ACTIONS[action].format(reason=one_line(reason))


def reply_incomplete(reason: str) -> str:
    """Return the reply for a group some of whose members have no copy yet."""
    return INCOMPLETE.format(reason=one_line(reason))
