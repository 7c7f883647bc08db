"""The one posting decision: who is let in, held, refused; and never by mistake."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.address import Address
from contactsgroups.domain.group import PostingPolicy
from contactsgroups.domain.posting import (
    Action,
    Decision,
    Evidence,
    PostingFacts,
    decide,
    strictest,
)

GROUP = Address.parse("team@example.org")
COLLEAGUE = Address.parse("ada@example.org")
MEMBER_OUTSIDE = Address.parse("zoe@elsewhere.example")
STRANGER = Address.parse("eve@evil.example")


def facts(**changes: Any) -> PostingFacts:
    values: dict[str, Any] = {
        "address": GROUP,
        "posting_policy": PostingPolicy.SAME_DOMAIN,
        "disabled": False,
        "moderated": False,
        "ignore_auto_replies": True,
        "recipient_count": 3,
        "is_member": lambda address: address == MEMBER_OUTSIDE,
        "is_local_domain": lambda domain: domain in {"example.org", "example.net"},
    }
    return PostingFacts(**(values | changes))


def action(sender: Evidence, **changes: Any) -> Action:
    return decide(sender, facts(**changes)).action


def test_by_default_a_signed_in_colleague_may_send_and_a_stranger_may_not() -> None:
    assert action(Evidence(login=COLLEAGUE)) is Action.ACCEPT
    assert action(Evidence(envelope_sender=STRANGER)) is Action.REJECT


def test_an_envelope_sender_of_ours_counts_for_nothing_without_a_login() -> None:
    assert action(Evidence(envelope_sender=COLLEAGUE)) is Action.REJECT
    assert action(Evidence(envelope_sender=COLLEAGUE, trusted=True)) is Action.ACCEPT


def test_the_login_outweighs_the_envelope_sender() -> None:
    forged = Evidence(login=STRANGER, envelope_sender=COLLEAGUE)
    assert action(forged) is Action.REJECT


def test_members_may_post_where_members_may_also_from_outside() -> None:
    policy = PostingPolicy.MEMBERS
    assert action(Evidence(envelope_sender=MEMBER_OUTSIDE), posting_policy=policy) is Action.ACCEPT
    assert action(Evidence(login=COLLEAGUE), posting_policy=policy) is Action.REJECT


def test_allowed_senders_and_owners_may_post_and_nobody_else() -> None:
    policy = PostingPolicy.ALLOWED_SENDERS
    assert action(Evidence(login=COLLEAGUE), posting_policy=policy) is Action.REJECT
    for role in ("allowed_senders", "owners", "moderators"):
        changes = {"posting_policy": policy, role: {str(COLLEAGUE)}}
        assert action(Evidence(login=COLLEAGUE), **changes) is Action.ACCEPT


def test_anyone_may_post_where_anyone_may() -> None:
    policy = PostingPolicy.ANYONE
    assert action(Evidence(envelope_sender=STRANGER), posting_policy=policy) is Action.ACCEPT


def test_a_disabled_or_empty_group_refuses_everybody() -> None:
    assert decide(Evidence(login=COLLEAGUE), facts(disabled=True)).reason == "mailbox unavailable"
    assert action(Evidence(login=COLLEAGUE), disabled=True) is Action.REJECT
    assert action(Evidence(login=COLLEAGUE), recipient_count=0) is Action.REJECT


def test_a_moderated_group_holds_what_its_moderators_did_not_write() -> None:
    moderators = {str(COLLEAGUE)}
    other = Evidence(login=Address.parse("bob@example.org"))
    assert action(other, moderated=True, moderators=moderators) is Action.HOLD
    assert action(Evidence(login=COLLEAGUE), moderated=True, moderators=moderators) is Action.ACCEPT


def test_a_forged_moderator_is_held_even_where_anyone_may_post() -> None:
    forged = Evidence(envelope_sender=COLLEAGUE)
    changes = {
        "moderated": True,
        "moderators": {str(COLLEAGUE)},
        "posting_policy": PostingPolicy.ANYONE,
    }
    assert action(forged, **changes) is Action.HOLD


@pytest.mark.parametrize("role", ["owners", "moderators"])
def test_owners_and_moderators_who_signed_in_wait_for_nobody(role: str) -> None:
    changes = {"moderated": True, role: {str(COLLEAGUE)}}
    assert action(Evidence(login=COLLEAGUE), **changes) is Action.ACCEPT
    assert action(Evidence(envelope_sender=COLLEAGUE, trusted=True), **changes) is Action.ACCEPT


@pytest.mark.parametrize("role", ["owners", "moderators"])
def test_an_outside_address_of_an_owner_or_moderator_proves_nothing(role: str) -> None:
    changes = {"moderated": True, "posting_policy": "anyone", role: {str(MEMBER_OUTSIDE)}}
    assert action(Evidence(envelope_sender=MEMBER_OUTSIDE), **changes) is Action.HOLD


def test_who_is_always_allowed_waits_only_where_nobody_else_may_write() -> None:
    changes = {"moderated": True, "allowed_senders": {str(COLLEAGUE), str(MEMBER_OUTSIDE)}}
    for sender in (Evidence(login=COLLEAGUE), Evidence(envelope_sender=MEMBER_OUTSIDE)):
        for policy in ("anyone", "members"):
            assert action(sender, posting_policy=policy, **changes) is Action.ACCEPT
        assert action(sender, posting_policy="allowed_senders", **changes) is Action.HOLD
    forged = Evidence(envelope_sender=COLLEAGUE)
    assert action(forged, posting_policy="anyone", **changes) is Action.HOLD


def test_automatic_replies_are_discarded_unless_the_group_wants_them() -> None:
    null_sender = Evidence()
    automatic = Evidence(login=COLLEAGUE, automatic=True)
    assert action(null_sender) is Action.DISCARD
    assert action(automatic) is Action.DISCARD
    assert action(automatic, ignore_auto_replies=False) is Action.ACCEPT
    assert action(null_sender, ignore_auto_replies=False) is Action.REJECT


def test_an_unknown_policy_never_opens_the_group() -> None:
    for sender in (Evidence(login=COLLEAGUE), Evidence(envelope_sender=STRANGER), Evidence()):
        assert action(sender, posting_policy="public") in {Action.DEFER, Action.DISCARD}


@given(
    st.sampled_from([None, COLLEAGUE, MEMBER_OUTSIDE, STRANGER]),
    st.sampled_from([None, COLLEAGUE, MEMBER_OUTSIDE, STRANGER]),
    st.booleans(),
    st.fixed_dictionaries(
        {
            "posting_policy": st.sampled_from([*PostingPolicy, "unknown"]),
            "disabled": st.booleans(),
            "moderated": st.booleans(),
            "ignore_auto_replies": st.booleans(),
            "recipient_count": st.integers(0, 2),
        }
    ),
)
def test_only_who_is_permitted_is_ever_accepted(
    login: Address | None, envelope: Address | None, automatic: bool, changes: dict[str, Any]
) -> None:
    evidence = Evidence(login=login, envelope_sender=envelope, automatic=automatic)
    decision = decide(evidence, facts(**changes))
    assert decision.trace[-1].endswith(decision.reason)
    if decision.action is Action.ACCEPT:
        assert not changes["disabled"]
        assert not changes["moderated"]
        assert changes["recipient_count"] > 0
        assert changes["posting_policy"] in list(PostingPolicy)
        if changes["posting_policy"] == PostingPolicy.SAME_DOMAIN:
            assert login == COLLEAGUE
        if changes["posting_policy"] == PostingPolicy.MEMBERS:
            assert evidence.sender == MEMBER_OUTSIDE


@pytest.mark.parametrize(
    ("actions", "wanted"),
    [
        ("accept hold accept", "hold"),
        ("hold reject accept", "reject"),
        ("accept defer hold", "defer"),
        ("defer reject", "reject"),
        ("accept", "accept"),
    ],
)
def test_the_strictest_decision_of_nested_groups_wins(actions: str, wanted: str) -> None:
    decisions = [Decision(Action(each), each, ()) for each in actions.split()]
    assert strictest(decisions).action == wanted


def test_of_equally_strict_decisions_the_first_counts() -> None:
    outer, inner = (Decision(Action.REJECT, each, ()) for each in ("outer", "inner"))
    assert strictest([outer, inner]) is outer
