"""Decides about messages to groups all day long, from what it has read since the last change.

Groups, senders and who is in what are read when they are first asked for, and forgotten as soon as
anything is written: whoever asks looks first where the journal ends.  So a decision is never older
than the look, and costs no statement while nothing changes.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.posting import (
    Action,
    Decision,
    Evidence,
    PostingFacts,
    decide,
    strictest,
)
from contactsgroups.domain.recipient import lookup_keys
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Member, Recipient
from contactsgroups.persistence.queries import DELETED, local_domain_names
from contactsgroups.services.delivery.posting_facts import (
    canonical_sender,
    groups_inside,
    read_facts,
    with_nested,
)
from contactsgroups.services.delivery.recipients import find_holders

_KEPT = 20_000
"""Recipients and senders that are known at most; then all are forgotten."""
_LONGEST = 1000  # characters of an address that is remembered

_NOT_UNDERSTOOD = Decision(
    Action.DEFER,
    "the address cannot be parsed",
    (f"{Action.DEFER}: the address cannot be parsed",),
)
_DELETED = Decision(
    Action.REJECT,
    "the group was deleted",
    (f"{Action.REJECT}: the group was deleted",),
    closed=True,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided: None if the recipient is no group; ``group_id`` is the group's, if any."""

    decision: Decision | None
    group_id: int | None = None

    @property
    def accepted_by(self) -> int | None:
        """The id of the group that takes the message, None if none does.

        Also one that keeps it for a moderator.
        """
        taking = {Action.ACCEPT, Action.HOLD}
        is_accepted = self.decision is not None and self.decision.action in taking
        return self.group_id if is_accepted else None


class Decider:
    """Decides for all; for several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = _Known()

    def look(self) -> None:
        """Forget what is known if anything was written since the last look.

        Raises:
            Unavailable: the database does not answer.
        """
        end = self._database.read_end()
        if end != self._known.end or self._known.is_full:
            self._known = _Known(end)

    def decide_if_known(self, evidence: Evidence, recipient: str) -> Outcome | None:
        """Decide as of the last look; None if the database has to be asked for more."""
        try:
            return self._known.decide(evidence, recipient)
        except KeyError:
            return None

    def decide(self, evidence: Evidence, recipient: str) -> Outcome:
        """Decide about a message to ``recipient``, as of the last look or later.

        Args:
            recipient: the address as Postfix sends it, octets that are not UTF-8 as
                "surrogateescape" decodes them.

        Raises:
            Unavailable: the database does not answer.
        """
        # What nobody has a reason to write is not remembered: it would take any amount of memory.
        is_usual = max(map(len, (recipient, *map(str, _senders(evidence))))) <= _LONGEST
        known = self._known if is_usual else _Known()
        with self._database.read() as session:
            known.read(session, evidence, recipient)
        return known.decide(evidence, recipient)


@dataclass(frozen=True, slots=True)
class _Tree:
    """A group with all those inside that pass messages on."""

    group_id: int
    facts: tuple[PostingFacts, ...]


@dataclass(slots=True)
class _Known:
    """What was read since the journal ended here; it only grows."""

    end: object = None
    recipients: dict[str, _Tree | Decision | None] = field(default_factory=dict)
    facts: dict[int, PostingFacts] = field(default_factory=dict)
    accounts: dict[str, Address] = field(default_factory=dict)
    """Of each sender, the account of an alias, or itself."""
    memberships: dict[str, Collection[int]] = field(default_factory=dict)
    local_domains: Collection[str] = ()

    @property
    def is_full(self) -> bool:
        """Whether as much is known as may be."""
        return len(self.recipients) + len(self.accounts) >= _KEPT

    def decide(self, evidence: Evidence, recipient: str) -> Outcome:
        """Decide from what is known.

        Raises:
            KeyError: something has to be read first.
        """
        target = self.recipients[recipient]
        if not isinstance(target, _Tree):
            return Outcome(target)
        canonical = replace(
            evidence,
            login=self._account_of(evidence.login),
            envelope_sender=self._account_of(evidence.envelope_sender),
        )
        decision = strictest(decide(canonical, each) for each in target.facts)
        return Outcome(decision, target.group_id)

    def read(self, session: Session, evidence: Evidence, recipient: str) -> None:
        """Read what a decision needs."""
        if not self.local_domains:
            self.local_domains = local_domain_names(session)
        for sender in _senders(evidence):
            if str(sender) not in self.accounts:
                self._read_sender(session, sender)
        if recipient not in self.recipients:
            self.recipients[recipient] = self._find(session, recipient)

    def groups_of(self, sender: str) -> Collection[int]:
        """Return the ids of groups that a sender is named in, or gets copies through."""
        return self.memberships[sender]

    def is_local_domain(self, name: str) -> bool:
        """Whether a domain is served here."""
        return name in self.local_domains

    def _account_of(self, sender: Address | None) -> Address | None:
        return None if sender is None else self.accounts[str(sender)]

    def _read_sender(self, session: Session, sender: Address) -> None:
        account = canonical_sender(session, sender) or sender
        address = str(account)
        copies = select(Recipient.group_id).where(Recipient.address == address)
        named = select(Member.group_id).where(Member.address == address)
        self.memberships[address] = frozenset([*session.scalars(copies), *session.scalars(named)])
        self.accounts[str(sender)] = account

    def _find(self, session: Session, recipient: str) -> _Tree | Decision | None:
        """Return the group that a recipient is, what is said of it instead, or None."""
        keys = lookup_keys(recipient)
        if not keys:
            return _NOT_UNDERSTOOD
        holder = find_holders(session, [keys]).get(keys)
        if holder is None:
            return None
        if holder.kind == DELETED:
            return _DELETED
        if holder.kind != "group":
            return None
        return self._read_tree(session, holder.address)

    def _read_tree(self, session: Session, address: str) -> _Tree:
        group = session.scalars(select(Group).where(Group.address == address)).one()
        nested = list(with_nested(group, groups_inside(session, [group])))
        new = [each for each in nested if each.id not in self.facts]
        self.facts |= read_facts(session, new, self)
        return _Tree(group.id, tuple(self.facts[each.id] for each in nested))


def _senders(evidence: Evidence) -> list[Address]:
    given = (evidence.login, evidence.envelope_sender)
    return [each for each in given if each is not None]
