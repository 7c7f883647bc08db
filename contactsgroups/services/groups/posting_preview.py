"""What would become of a message to a group, before anybody sends it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address, display_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.posting import Decision, Evidence, Lane, strictest
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Group
from contactsgroups.persistence.queries import local_domain_names
from contactsgroups.services.accounts.group_standing import groups_open_to, require_in_group
from contactsgroups.services.accounts.sharing import unseen_address, visible_domain_names
from contactsgroups.services.delivery.posting import decide_within
from contactsgroups.services.delivery.posting_facts import canonical_sender
from contactsgroups.services.groups.lookup import require_group

NULL_SENDER = "<>"
"""How the empty envelope sender is typed, that of bounces (RFC 5321 section 4.5.5)."""


class Proof(StrEnum):
    """How a sender is known to Postfix."""

    SIGNED_IN = "signed-in"
    NONE = "none"
    """The envelope sender is only claimed."""
    TRUSTED = "trusted"
    """The client needs no login, such as a web server in ``mynetworks``."""
    AUTOMATIC = "automatic"
    """Nobody wrote it: a notice of absence, or a bounce."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What would become of a message.

    Attributes:
        sender: None for the empty one.
        decision: the strictest one of the group and of those inside it.
        decided_by: the name of the group inside that it comes from; empty for the group itself.
        asked: how many groups inside were asked.
        untold: how many groups inside decide as well, but who is in them may not be known here,
            and their answer would tell it.
        lane: the way that an accepted message takes to the members.
    """

    sender: Address | None
    proof: Proof
    decision: Decision
    decided_by: str = ""
    asked: int = 0
    untold: int = 0
    lane: Lane = Lane.NONE


def preview_posting(
    database: Database,
    actor: Principal,
    uuid: str,
    *,
    sender: str = "",
    proof: Proof | None = None,
) -> Verdict:
    """Return what the policy service would decide about a message, with its reasons.

    Args:
        sender: the address that would write; empty for the actor's own, "<>" for the empty one.
        proof: None for what is usual: an address of ours has signed in, another one cannot, and
            the empty one is automatic.

    Raises:
        GroupNotFound, NotPermitted: the actor may not know who is in the group.
        InvalidAddress: the sender is none, or in a domain of ours that the actor may not see.
        InvalidInput: the sender cannot have this proof.
    """
    address = _parse_sender(sender) if sender else actor.address
    with database.read() as session:
        group = require_group(session, uuid)
        require_in_group(session, actor, Right.SEE_MEMBERS, group)
        seen = visible_domain_names(session, actor)
        given = _require_proof(session, seen, address, proof)
        decided = decide_within(session, _evidence(address, given), group)
        told = {group.id} | groups_open_to(session, actor, [each for each, _ in decided[1:]])
        if address == actor.address:  # Whoever asks about itself can as well write.
            told |= {each.id for each, _ in decided}
        known = [(each, decision) for each, decision in decided if each.id in told]
        decision = strictest(each for _, each in known)
        by = next(each for each, its in known if its is decision)
        return Verdict(
            sender=address,
            proof=given,
            decision=_in_words_of(session, seen, address, decision),
            decided_by="" if by is group else by.shown_name,
            asked=len(known) - 1,
            untold=len(decided) - len(known),
            lane=_lane_of(group),
        )


def _lane_of(group: Group) -> Lane:
    if group.disabled or group.recipient_count == 0:
        return Lane.NONE
    return Lane.NATIVE if group.native and not group.lmtp_lane else Lane.LMTP


def _parse_sender(text: str) -> Address | None:
    is_empty = "".join(text.split()) == NULL_SENDER
    return None if is_empty else Address.parse(text, field="sender")


def _require_proof(
    session: Session, seen: Collection[str] | None, sender: Address | None, proof: Proof | None
) -> Proof:
    """Return the proof that is to be assumed, or raise what speaks against it."""
    if sender is None:
        if proof is Proof.SIGNED_IN:
            raise InvalidInput("nobody signs in with the empty sender", field="proof")
        return proof or Proof.AUTOMATIC
    is_local = sender.domain in local_domain_names(session)
    if is_local and seen is not None and sender.domain not in seen:
        raise unseen_address(sender, "sender")
    if proof is None:
        return Proof.SIGNED_IN if _may_sign_in(session, sender) else Proof.NONE
    if proof is Proof.SIGNED_IN and not is_local:
        where = display_domain(sender.domain)
        raise InvalidInput(
            "{domain} is not served here, so nobody there signs in", field="proof", domain=where
        )
    return proof


def _may_sign_in(session: Session, sender: Address) -> bool:
    """Whether the sender is an account that is open, or an alias of one."""
    account = canonical_sender(session, sender)
    is_open = (Account.address == str(account)) & Account.active
    return session.scalar(select(Account.id).where(is_open)) is not None


def _evidence(sender: Address | None, proof: Proof) -> Evidence:
    if proof is Proof.SIGNED_IN:
        return Evidence(login=sender, envelope_sender=sender)
    return Evidence(
        envelope_sender=sender,
        trusted=proof is Proof.TRUSTED,
        automatic=proof is Proof.AUTOMATIC,
    )


def _in_words_of(
    session: Session, seen: Collection[str] | None, sender: Address | None, decision: Decision
) -> Decision:
    """Name the sender as it was asked for, if its account is in a domain that may not be seen."""
    account = canonical_sender(session, sender)
    if sender is None or account is None:
        return decision
    if seen is None or account.domain in seen or account == sender:
        return decision
    shown = [_renamed(each, account, sender) for each in (decision.reason, *decision.trace)]
    return replace(decision, reason=shown[0], trace=tuple(shown[1:]))


def _renamed(text: str, account: Address, sender: Address) -> str:
    """Return a sentence with another name for an account."""
    if not isinstance(text, Sentence):
        return text.replace(str(account), str(sender))
    values = {
        name: sender if str(value) == str(account) else value for name, value in text.values.items()
    }
    return Sentence(text.message, many=text.many, **values)
