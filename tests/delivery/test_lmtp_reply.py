"""No reply of the LMTP server is a final refusal."""

import re

from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.delivery.lmtp_reply import ACTIONS, reply_incomplete, reply_to_verdict
from contactsgroups.domain.posting import Action


def test_there_is_a_reply_for_every_action() -> None:
    assert ACTIONS.keys() == set(Action)


def test_only_what_is_delivered_held_or_dropped_on_purpose_is_taken() -> None:
    taken = {each for each in Action if reply_to_verdict(each, "why").startswith("250 2.")}
    assert taken == {Action.ACCEPT, Action.DISCARD, Action.HOLD}
    assert all(reply_to_verdict(each, "why").startswith("45") for each in set(Action) - taken)


@given(st.text(), st.sampled_from(Action))
def test_a_reason_of_any_text_stays_one_line_of_ascii(reason: str, action: Action) -> None:
    for reply in (reply_to_verdict(action, reason), reply_incomplete(reason)):
        assert re.fullmatch(r"[24]\d\d [24]\.\d\.\d [ -~]{0,230}", reply)
