"""Every action and every error has its reply."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.delivery.policy_reply import (
    ACTIONS,
    CLOSED,
    DUNNO,
    ERRORS,
    NO_GROUP,
    UNAVAILABLE,
    reply_to_decision,
    reply_to_error,
)
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.posting import Action, Decision
from tests.error_classes import error_classes


def test_there_is_a_reply_for_every_action() -> None:
    assert ACTIONS.keys() == set(Action)


@pytest.mark.parametrize("error", error_classes()[1:], ids=lambda error: error.__name__)
def test_there_is_a_row_for_every_error(error: type[ContactsGroupsError]) -> None:
    """Its own or that of its kind; the row for just any exception does not count."""
    assert any(each in ERRORS for each in error.__mro__ if issubclass(each, ContactsGroupsError))


@pytest.mark.parametrize("error", [ValueError("x"), RuntimeError(), ContactsGroupsError("x")])
def test_whatever_else_fails_is_a_temporary_refusal(error: Exception) -> None:
    assert reply_to_error(error) == UNAVAILABLE


def test_no_reply_drops_the_message_and_only_accepting_lets_it_in() -> None:
    replies = {action: reply_to_decision(Decision(action, "why", ())) for action in Action}
    assert not any("DISCARD" in reply for reply in replies.values())
    assert [action for action, reply in replies.items() if reply == DUNNO] == [Action.ACCEPT]
    assert {reply[:9] for reply in [*replies.values(), *ERRORS.values()] if reply != DUNNO} == {
        "550 5.7.2",
        "450 4.7.1",
        "451 4.3.5",
    }


def test_what_a_moderator_has_to_see_passes_only_where_postfix_does_not_expand_the_group() -> None:
    hold = Decision(Action.HOLD, "why", ())
    assert reply_to_decision(hold, may_hold=True) == DUNNO
    assert reply_to_decision(hold).startswith("450 ")
    refused = Decision(Action.REJECT, "why", ())
    assert reply_to_decision(refused, may_hold=True).startswith("550 ")


def test_what_is_a_group_for_postfix_but_not_in_the_database_waits() -> None:
    """It is one no more, or not yet: neither may its mail pass, nor be refused for good."""
    assert reply_to_decision(None) == NO_GROUP
    assert NO_GROUP.startswith("45")


def test_a_group_that_nobody_can_post_to_looks_like_no_mailbox() -> None:
    decision = Decision(Action.REJECT, "the group has no members", (), closed=True)
    assert reply_to_decision(decision) == CLOSED


@given(st.text(), st.sampled_from([Action.REJECT, Action.HOLD, Action.DISCARD, Action.DEFER]))
def test_a_reason_of_any_text_stays_one_short_line_of_ascii(reason: str, action: Action) -> None:
    reply = reply_to_decision(Decision(action, reason, ()))
    assert re.fullmatch(r"\d{3} \d\.\d\.\d [ -~]{0,200}", reply)
