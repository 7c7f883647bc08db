"""What is decided from memory is what the database would say, whatever was changed before."""

import random

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.posting import Evidence
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.delivery import decider
from contactsgroups.services.delivery.decider import Decider
from contactsgroups.services.groups import members
from tests.directories import add_account, add_alias, add_group, delete_for_good, group_draft
from tests.statements import statements_of

SENDERS = [
    "ada@example.org",
    "a@example.org",
    "eve@example.org",
    "x@example.net",
    "zoe@example.com",
]


def test_what_is_known_takes_no_statement_but_the_look(database: Database) -> None:
    add_group(database, "team@example.org", "ada@example.org", posting_policy="members")
    evidence = Evidence(login=Address.parse("ada@example.org"))
    known = Decider(database)
    known.look()
    assert known.decide_if_known(evidence, "team@example.org") is None
    first = known.decide(evidence, "team@example.org")
    with statements_of(database) as statements:
        assert known.decide_if_known(evidence, "team@example.org") == first
    assert len(statements) == 0


def test_any_change_is_met_by_the_next_look(database: Database) -> None:
    """A random history, each step asked about in all ways by who remembers and who does not."""
    chance = random.Random(5)
    remembering = Decider(database)
    history = History(database, chance)
    answers = set()
    for _ in range(40):
        history.step()
        for _ in range(12):
            address = Address.parse(chance.choice(SENDERS))
            has_login = chance.random() < 0.7
            evidence = Evidence(
                login=address if has_login else None,
                envelope_sender=address,
                trusted=chance.random() < 0.2,
                automatic=chance.random() < 0.1,
            )
            recipient = chance.choice(history.recipients)
            remembering.look()
            found = remembering.decide_if_known(evidence, recipient) or remembering.decide(
                evidence, recipient
            )
            afresh = Decider(database).decide(evidence, recipient)
            assert found == afresh
            answers.add(found.decision and (found.decision.action, found.decision.reason))
    assert len(answers) > 6


class History:
    """Changes of groups, members, aliases and accounts that matter for decisions."""

    def __init__(self, database: Database, chance: random.Random) -> None:
        self._database, self._chance = database, chance
        self.recipients = ["gone@example.org", "ada@example.org", "team0+x@example.org"]
        self._groups = [self._add("team0@example.org", "members")]
        for number, policy in enumerate(["anyone", "same_domain", "allowed_senders"], 1):
            inner = self._groups[-1].address
            self._groups.append(self._add(f"team{number}@example.org", policy, inner))

    def _add(self, address: str, policy: str, *inner: str) -> groups.GroupDetails:
        self.recipients.append(address)
        return add_group(self._database, address, "bob@example.org", *inner, posting_policy=policy)

    def step(self) -> None:
        steps = [self._switch, self._member, self._alias, self._account, self._delete, self._policy]
        self._chance.choice(steps)()

    def _change(self, **values: object) -> None:
        group = self._chance.choice(self._groups)
        current = groups.show_group(self._database, OPERATOR, group.uuid)
        kept = {"posting_policy": current.settings.posting_policy} | values
        draft = group_draft(address=current.address, display_name="Team", **kept)
        groups.update_group(self._database, OPERATOR, group.uuid, current.version, draft)

    def _switch(self) -> None:
        self._change(
            disabled=self._chance.random() < 0.3,
            moderated=self._chance.random() < 0.3,
            moderators=["ada@example.org"],
            ignore_auto_replies=self._chance.random() < 0.5,
        )

    def _policy(self) -> None:
        self._change(
            posting_policy=self._chance.choice(["anyone", "members", "allowed_senders"]),
            allowed_senders=[self._chance.choice(SENDERS)],
        )

    def _member(self) -> None:
        group = self._chance.choice(self._groups)
        member = self._chance.choice(SENDERS)
        current = groups.show_group(self._database, OPERATOR, group.uuid)
        if current.settings.disabled:
            return
        members.add_members(self._database, OPERATOR, group.uuid, [member])

    def _alias(self) -> None:
        account = self._chance.choice(["ada@example.org", "eve@example.org"])
        add_alias(self._database, "a@example.org", account)

    def _account(self) -> None:
        add_account(self._database, "eve@example.org", active=self._chance.random() < 0.5)

    def _delete(self) -> None:
        if len(self._groups) < 5:
            address = f"new{self._chance.randrange(1000)}@example.org"
            self._groups.append(self._add(address, "members"))
        else:
            delete_for_good(self._database, self._groups.pop().uuid)


def test_who_asks_about_everything_does_not_fill_the_memory(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decider, "_KEPT", 10)
    add_group(database, "team@example.org", "ada@example.org", posting_policy="anyone")
    known, evidence = Decider(database), Evidence(envelope_sender=Address.parse("x@example.net"))
    for number in range(50):
        known.look()
        assert known.decide(evidence, f"team+{number}@example.org").group_id
        assert len(known._known.recipients) <= 10


def test_what_nobody_writes_is_decided_but_not_remembered(database: Database) -> None:
    add_group(database, "team@example.org", "ada@example.org", posting_policy="anyone")
    known, long = Decider(database), "x" * 5_000
    for sender, recipient in (("x", f"team+{long}"), (long, "team")):
        evidence = Evidence(envelope_sender=Address(sender, "example.net", sender))
        assert known.decide(evidence, f"{recipient}@example.org").accepted_by
    assert not known._known.recipients
    assert not known._known.accounts
