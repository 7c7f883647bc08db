"""What becomes of a message in the LMTP lane: for each group a decision, and who gets a copy.

Everything is read from one state of the database, so that no message goes to members of one moment
by the rules of another.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.message_header import loop_mark
from contactsgroups.domain.posting import Action, Decision, Evidence, strictest
from contactsgroups.domain.recipient import lookup_keys
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Recipient
from contactsgroups.persistence.queries import rows_where, scalars_where
from contactsgroups.services.delivery.posting import decide_within_each
from contactsgroups.services.delivery.posting_facts import canonical_sender
from contactsgroups.services.delivery.recipients import find_holders
from contactsgroups.services.delivery.sender_evidence import Handover, find_evidence

NO_GROUP = "the group is being changed"
WENT_THROUGH = "the message has been through this group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message that is to be distributed.

    ``recipients`` are addresses as Postfix has them, without quotes; octets that are not UTF-8 as
    "surrogateescape" decodes them.  ``evidence`` is what the message itself says of its sender,
    ``loop_marks`` are those of the groups that it went through.
    """

    recipients: Sequence[str]
    evidence: Evidence
    handover: Handover
    loop_marks: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be known of a message that waits for moderators.

    ``judges`` are the groups whose moderators have to see it, by their UUIDs: the one it was sent
    to, and those inside it, the nearest first.  ``sender`` is whom the decision was about: an
    account where an alias was given; None for the null sender.
    """

    group_uuid: str
    judges: tuple[str, ...]
    sender: Address | None
    evidence: Evidence
    trace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the message for one recipient, and why.

    ``mailboxes`` are those that get a copy, and ``loop_mark`` is the group's; both are empty unless
    the action is to accept.  ``waiting`` is there if it is to hold.
    """

    action: Action
    reason: str
    mailboxes: frozenset[str] = frozenset()
    loop_mark: str = ""
    waiting: Waiting | None = None


def plan_distribution(database: Database, message: Incoming) -> list[Verdict]:
    """Decide for each recipient of a message, in their order, and say who gets a copy.

    What is no group of ours defers: Postfix asks its maps anew when it tries again.

    Raises:
        Unavailable: the database does not answer.
    """
    with database.read_snapshot() as session:
        groups = _find_groups(session, message.recipients)
        verdicts = _decide(session, message, {each.id: each for each in groups.values()})
        unknown = Verdict(Action.DEFER, NO_GROUP)
        return [
            verdicts[groups[each].id] if each in groups else unknown for each in message.recipients
        ]


def _find_groups(session: Session, recipients: Collection[str]) -> dict[str, Group]:
    """Return the group of each recipient that is one."""
    keys = {each: lookup_keys(each) for each in recipients}
    holders = find_holders(session, keys.values())
    addresses = {each.address for each in holders.values() if each.kind == "group"}
    rows = scalars_where(session, select(Group), Group.address, addresses)
    groups = {row.address: row for row in rows}
    found = {}
    for text, each in keys.items():
        holder = holders.get(each)
        if holder is not None and holder.address in groups:
            found[text] = groups[holder.address]
    return found


def _decide(session: Session, message: Incoming, groups: Mapping[int, Group]) -> dict[int, Verdict]:
    """Return what becomes of the message for each group, by its id."""
    verdicts = {
        each.id: Verdict(Action.DISCARD, WENT_THROUGH)
        for each in groups.values()
        if loop_mark(each.uuid) in message.loop_marks
    }
    fresh = groups.keys() - verdicts.keys()
    decisions: dict[int, Decision] = {}
    waiting: dict[int, Waiting] = {}
    known = find_evidence(session, message.handover, message.evidence, fresh)
    for evidence, ids in _by_evidence(known).items():
        within = decide_within_each(session, evidence, [groups[each] for each in ids])
        decisions |= {each: strictest(one for _, one in within[each]) for each in ids}
        waiting |= _waiting(session, evidence, groups, within)
    accepted = {each for each in fresh if decisions[each].action is Action.ACCEPT}
    mailboxes = _mailboxes(session, accepted)
    for each in fresh:
        decision = decisions[each]
        verdicts[each] = Verdict(
            decision.action,
            decision.reason,
            mailboxes[each],
            loop_mark(groups[each].uuid) if each in accepted else "",
            waiting[each] if decision.action is Action.HOLD else None,
        )
    return verdicts


def _waiting(
    session: Session,
    evidence: Evidence,
    groups: Mapping[int, Group],
    within: Mapping[int, Sequence[tuple[Group, Decision]]],
) -> dict[int, Waiting]:
    """Return what is to be known of messages to those groups in which a moderator is asked."""
    holding = {
        id_: [(each, one) for each, one in decided if one.action is Action.HOLD]
        for id_, decided in within.items()
    }
    if not any(holding.values()):
        return {}
    sender = canonical_sender(session, evidence.sender)
    return {
        id_: Waiting(
            group_uuid=groups[id_].uuid,
            judges=tuple(each.uuid for each, _ in decided),
            sender=sender,
            evidence=evidence,
            trace=decided[0][1].trace,
        )
        for id_, decided in holding.items()
        if decided
    }


def _by_evidence(known: Mapping[int, Evidence]) -> dict[Evidence, list[int]]:
    found: dict[Evidence, list[int]] = defaultdict(list)
    for group_id, evidence in known.items():
        found[evidence].append(group_id)
    return found


def _mailboxes(session: Session, ids: Collection[int]) -> Mapping[int, frozenset[str]]:
    """Return who gets a copy of what these groups pass on."""
    found: dict[int, set[str]] = defaultdict(set)
    statement = select(Recipient.group_id, Recipient.address)
    for row in rows_where(session, statement, Recipient.group_id, ids):
        found[row.group_id].add(row.address)
    return defaultdict(frozenset, {each: frozenset(some) for each, some in found.items()})
