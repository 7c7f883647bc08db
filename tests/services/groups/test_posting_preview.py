"""What would become of a message is what the policy service decides."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress, InvalidInput, NotPermitted
from contactsgroups.domain.posting import Action, Evidence
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.delivery.decider import Decider
from contactsgroups.services.groups.posting_preview import Proof, Verdict, preview_posting
from tests.directories import add_account, add_alias, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA
from tests.statements import statements_of


def ask(database: Database, uuid: str, sender: str = "", proof: Proof | None = None) -> Verdict:
    return preview_posting(database, OPERATOR, uuid, sender=sender, proof=proof)


def test_the_verdict_is_the_decision_of_the_policy_service(database: Database) -> None:
    add_group(
        database,
        "inner@example.org",
        "bob@example.org",
        moderated=True,
        moderators=["eve@example.org"],
    )
    group = add_group(database, "outer@example.org", "inner@example.org", posting_policy="members")
    for sender in ("bob@example.org", "eve@example.org", "x@side.example"):
        address = Address.parse(sender)
        cases = {
            Proof.NONE: Evidence(envelope_sender=address),
            Proof.TRUSTED: Evidence(envelope_sender=address, trusted=True),
            Proof.AUTOMATIC: Evidence(envelope_sender=address, automatic=True),
        }
        if sender.endswith("example.org"):
            cases[Proof.SIGNED_IN] = Evidence(login=address)
        for proof, evidence in cases.items():
            found = ask(database, group.uuid, sender, proof).decision
            assert found == Decider(database).decide(evidence, group.address).decision, (
                sender,
                proof,
            )


def test_the_empty_sender_is_decided_about_as_a_bounce(small: Database) -> None:
    for name, settings, action in (
        ("open", {"posting_policy": "anyone", "ignore_auto_replies": False}, Action.ACCEPT),
        ("quiet", {"posting_policy": "anyone", "ignore_auto_replies": True}, Action.DISCARD),
        ("members", {"posting_policy": "members", "ignore_auto_replies": False}, Action.REJECT),
    ):
        group = add_group(small, f"{name}@example.org", "bob@example.org", **settings)
        found = ask(small, group.uuid, "<>")
        assert (found.sender, found.proof) == (None, Proof.AUTOMATIC)
        assert found.decision.action is action
        assert found.decision == Decider(small).decide(Evidence(), group.address).decision
        with pytest.raises(InvalidInput, match="nobody signs in with the empty sender"):
            ask(small, group.uuid, "<>", Proof.SIGNED_IN)


def test_it_names_the_group_inside_that_is_strictest(small: Database) -> None:
    add_group(small, "inner@example.org", "bob@example.org", posting_policy="allowed_senders")
    group = add_group(small, "outer@example.org", "inner@example.org", "eve@example.org")
    found = ask(small, group.uuid, "ada@example.org")
    assert (found.decision.action, found.decided_by, found.asked) == (Action.REJECT, "Inner", 1)
    own = add_group(small, "own@example.org", "eve@example.org")
    assert ask(small, own.uuid, "ada@example.org").decided_by == ""


def test_the_usual_proof_is_a_sign_in_where_one_can_sign_in(small: Database) -> None:
    group = add_group(small, "team@example.org", "bob@example.org", posting_policy="anyone")
    assert ask(small, group.uuid, "ada@example.org").proof is Proof.SIGNED_IN
    assert ask(small, group.uuid, "x@side.example").proof is Proof.NONE
    assert ask(small, group.uuid, "nobody-here@example.org").proof is Proof.NONE
    assert ask(small, group.uuid, group.address).proof is Proof.NONE
    assert preview_posting(small, LOCAL_ADMIN, group.uuid).sender == ADA.address


@pytest.mark.parametrize(
    ("sender", "proof", "field"),
    [("nobody", None, "sender"), ("x@side.example", Proof.SIGNED_IN, "proof")],
)
def test_what_cannot_be_is_said_beside_its_field(
    small: Database, sender: str, proof: Proof | None, field: str
) -> None:
    group = add_group(small, "team@example.org", "bob@example.org")
    with pytest.raises(InvalidInput) as caught:
        ask(small, group.uuid, sender, proof)
    assert caught.value.field == field


def test_a_sender_of_a_domain_that_is_not_shown_is_refused(small: Database) -> None:
    add_account(small, "nia@example.net")
    add_alias(small, "info@example.net", "bob@example.org")
    own = add_group(small, "own@example.net", "x@side.example", owners=["nia@example.net"])
    with pytest.raises(InvalidAddress, match="not shown to you"):
        preview_posting(small, NIA, own.uuid, sender="bob@example.org")
    found = preview_posting(small, NIA, own.uuid, sender="info@example.net")
    assert "bob@example.org" not in " ".join(found.decision.trace)
    assert "info@example.net" in " ".join(found.decision.trace)


def test_nobody_learns_by_asking_who_is_in_a_group_that_is_not_shown(small: Database) -> None:
    add_account(small, "nia@example.net")
    add_account(small, "leo@example.net")
    inner = {"posting_policy": "members", "show_in_contacts": False}
    add_group(small, "secret@example.org", "bob@example.org", "leo@example.net", **inner)
    own = add_group(small, "own@example.net", "secret@example.org", owners=["nia@example.net"])
    for sender in ("leo@example.net", "x@side.example"):
        found = preview_posting(small, NIA, own.uuid, sender=sender, proof=Proof.TRUSTED)
        assert (found.untold, found.decided_by) == (1, "")
    assert preview_posting(small, NIA, own.uuid).untold == 0


def test_whoever_may_not_see_the_members_is_told_no_verdict(small: Database) -> None:
    group = add_group(small, "team@example.org", "bob@example.org")
    with pytest.raises(NotPermitted):
        preview_posting(small, ADA, group.uuid)


def test_statements_are_as_many_for_many_groups_inside_as_for_few(small: Database) -> None:
    def count(prefix: str, number: int) -> int:
        inside = [f"{prefix}{each}@example.org" for each in range(number)]
        for each in inside:
            add_group(
                small, each, "bob@example.org", moderated=True, moderators=["eve@example.org"]
            )
        group = add_group(small, f"{prefix}@example.org", *inside)
        with statements_of(small) as found:
            ask(small, group.uuid, "ada@example.org")
        return len(found)

    assert count("many", 12) == count("few", 2)
