"""Who may post to a group: the one decision that every face asks for.

The Postfix policy service, the compose page's warning and the admin's "what would happen if" all
call :func:`decide`; none of them has a rule of its own.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from contactsgroups.domain.address import Address
from contactsgroups.domain.group import PostingPolicy
from contactsgroups.domain.sentence import Sentence


class Action(StrEnum):
    """What becomes of a message to a group."""

    ACCEPT = "accept"
    HOLD = "hold"
    REJECT = "reject"
    DISCARD = "discard"
    DEFER = "defer"


class Lane(StrEnum):
    """The way that a message takes to a group's members."""

    NATIVE = "native"
    """Postfix expands the group."""
    LMTP = "lmtp"
    """The LMTP server reads the header first, decides again and hands copies back."""
    NONE = "none"
    """Nobody gets a copy: the group takes no mail now."""


# The strictest action over a tree of nested groups wins; a final refusal beats a temporary one.
_STRICTNESS = (Action.ACCEPT, Action.HOLD, Action.DISCARD, Action.DEFER, Action.REJECT)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence about a sender.

    ``login`` is the account that signed in, if any; it outweighs ``envelope_sender``, which any
    client can forge and which is None for the null sender (RFC 5321 section 4.5.5).  ``trusted``
    says that the client needs no login, for example a web server in ``mynetworks``.
    """

    login: Address | None = None
    envelope_sender: Address | None = None
    trusted: bool = False
    automatic: bool = False

    @property
    def sender(self) -> Address | None:
        """The address that the decision is about."""
        return self.login or self.envelope_sender


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingFacts:
    """What the decision needs to know of a group."""

    address: Address
    posting_policy: PostingPolicy | str
    disabled: bool
    moderated: bool
    ignore_auto_replies: bool
    recipient_count: int
    is_member: Callable[[Address], bool]
    owners: Collection[str] = ()
    moderators: Collection[str] = ()
    allowed_senders: Collection[str] = ()
    is_local_domain: Callable[[str], bool] = lambda domain: False


@dataclass(frozen=True, slots=True)
class Decision:
    """The action, the reason in one sentence, and the trace of steps, fit to show to users.

    ``closed`` says that no sender could post: the group is disabled, empty or deleted.
    """

    action: Action
    reason: str
    trace: tuple[str, ...]
    closed: bool = False


def decide(evidence: Evidence, group: PostingFacts) -> Decision:
    """Decide what becomes of a message from this sender to this group.

    An unknown posting policy defers: it must never open the group.
    """
    trace: list[str] = []

    def conclude(action: Action, reason: str, *, closed: bool = False) -> Decision:
        return Decision(action, reason, (*trace, f"{action}: {reason}"), closed)

    if group.disabled:
        return conclude(Action.REJECT, "mailbox unavailable", closed=True)
    trace.append(Sentence("the group is enabled"))
    if group.recipient_count == 0:
        reason = Sentence("the group has no members who could get the message")
        return conclude(Action.REJECT, reason, closed=True)
    trace.append(Sentence("the group reaches {number} mailboxes", number=group.recipient_count))
    if group.ignore_auto_replies and (evidence.automatic or evidence.sender is None):
        return conclude(Action.DISCARD, "the group ignores automatic replies")
    refusal = _refusal(evidence, group, trace)
    if refusal is not None:
        return conclude(*refusal)
    if not group.moderated:
        return conclude(Action.ACCEPT, "the sender may post")
    bypass = _bypass(evidence, group)
    if bypass is not None:
        return conclude(Action.ACCEPT, bypass)
    return conclude(Action.HOLD, "a moderator must approve the message")


def strictest(decisions: Iterable[Decision]) -> Decision:
    """Return the strictest of at least one decision; of equals, the first."""
    return max(decisions, key=lambda decision: _STRICTNESS.index(decision.action))


def _refusal(
    evidence: Evidence, group: PostingFacts, trace: list[str]
) -> tuple[Action, str] | None:
    """Return the action and reason that refuse this sender, or None."""
    try:
        policy = PostingPolicy(group.posting_policy)
    except ValueError:
        return Action.DEFER, f"unknown posting policy {group.posting_policy!r}"
    if policy is PostingPolicy.ANYONE:
        trace.append(Sentence("anyone may send"))
        return None
    sender = evidence.sender
    if sender is None:
        return Action.REJECT, "the message has no sender who could be permitted"
    if not _is_believed(evidence, group):
        return Action.REJECT, Sentence("{sender} must sign in to send to this group", sender=sender)
    if evidence.login:
        trace.append(Sentence("the sender is {sender}, signed in", sender=sender))
    else:
        trace.append(Sentence("the sender is {sender}", sender=sender))
    if _is_listed(evidence, {*group.owners, *group.moderators, *group.allowed_senders}):
        trace.append(Sentence("the sender is an owner, moderator or allowed sender"))
        return None
    if _is_permitted(sender, policy, group):
        trace.append(PERMISSIONS[policy])
        return None
    return Action.REJECT, REFUSALS[policy]


def _bypass(evidence: Evidence, group: PostingFacts) -> str | None:
    """Return why this sender's messages to a moderated group do not wait, or None.

    Owners and moderators have to prove who they are.  A sender who is always allowed may be one
    from outside, who cannot sign in here.  Where only allowed senders may write at all, it is their
    messages that moderators are to see.
    """
    is_proven = evidence.login is not None or evidence.trusted
    if is_proven and _is_listed(evidence, {*group.owners, *group.moderators}):
        return Sentence("the sender is an owner or a moderator")
    is_for_all_senders = group.posting_policy != PostingPolicy.ALLOWED_SENDERS
    is_listed = _is_listed(evidence, group.allowed_senders)
    if is_for_all_senders and is_listed and _is_believed(evidence, group):
        return Sentence("the sender is always allowed")
    return None


def _is_permitted(sender: Address, policy: PostingPolicy, group: PostingFacts) -> bool:
    match policy:
        case PostingPolicy.SAME_DOMAIN:
            return sender.domain == group.address.domain
        case PostingPolicy.MEMBERS:
            return group.is_member(sender)
        case PostingPolicy.ALLOWED_SENDERS:
            return False
        case PostingPolicy.ANYONE:
            return True
        case _:  # pragma: no cover - mypy proves that there is no other policy
            assert_never(policy)


def _is_believed(evidence: Evidence, group: PostingFacts) -> bool:
    """Whether the sender is authenticated: an address of ours counts only with a login.

    An outside sender cannot sign in here, so its envelope sender is taken as it is.
    """
    if evidence.login is not None or evidence.trusted:
        return True
    sender = evidence.envelope_sender
    if sender is None:
        return False
    return sender.domain != group.address.domain and not group.is_local_domain(sender.domain)


def _is_listed(evidence: Evidence, addresses: Collection[str]) -> bool:
    return evidence.sender is not None and str(evidence.sender) in addresses


PERMISSIONS = {
    PostingPolicy.SAME_DOMAIN: "the sender is in the group's domain",
    PostingPolicy.MEMBERS: "the sender is a member",
}
REFUSALS = {
    PostingPolicy.SAME_DOMAIN: "only senders of the same domain may post",
    PostingPolicy.MEMBERS: "only members may post",
    PostingPolicy.ALLOWED_SENDERS: "only allowed senders may post",
}
