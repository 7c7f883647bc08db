"""The pages of held mail: found, shown as safe text, decided about one by one and together."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from contactsgroups.bootstrap import Core
from contactsgroups.domain import message_text
from contactsgroups.domain.address import Address
from contactsgroups.domain.posting import Evidence
from contactsgroups.services.groups import GroupDetails
from contactsgroups.services.moderation import held_messages
from tests.services.moderation.holds import GAPS, STRANGER, add_moderated, hold, stored
from tests.web.forms import Visitor

HOSTILE = (
    b"From: =?utf-8?q?=3Cscript=3E?= <x@y.example>\r\n"
    b"Subject: <b>bold</b> <script>alert(1)</script>\r\n"
    b"Content-Type: text/html\r\n\r\n<p>Hi <a href='http://evil.example'>there</a></p>"
    b"<img src='http://evil.example/pixel'><script>alert(2)</script>\r\n"
)


def post(visitor: Visitor, url: str, values: dict[str, Any]) -> TestResponse:
    """Send what no page of theirs may have a form for."""
    token = visitor.form_on("/held", "sign-out").values["csrf_token"]
    return visitor.client.post(url, data={"csrf_token": token, **values})


@pytest.fixture
def group(core: Core) -> GroupDetails:
    return add_moderated(core.database, "kept@example.org", moderators=["ada@example.org"])


@pytest.fixture
def bob(app: Flask) -> Visitor:
    """Who judges nothing."""
    return Visitor(app.test_client()).take_session("bob@example.org")


def test_only_those_who_judge_see_the_entry_with_the_number_that_waits(
    core: Core, group: GroupDetails, ada: Visitor, bob: Visitor
) -> None:
    assert "Held mail" not in bob.get("/groups").text
    assert "Held mail" in ada.get("/groups").text
    hold(core.database, group)
    page = ada.get("/groups").text
    assert '<span class="unseen">waiting: </span>1</span>' in page
    assert "Nothing waits for you." in bob.get("/held").text


def test_the_queue_lists_searches_and_tells_what_was_decided(
    core: Core, group: GroupDetails, ada: Visitor
) -> None:
    first = hold(core.database, group)
    hold(core.database, group, digest="2", content=b"Subject: Other\r\n\r\n", evidence=STRANGER)
    assert "Hello" in ada.get("/held?q=hello").text
    assert "Hello" not in ada.get("/held?proof=none").text
    assert "No message found." in ada.get("/held?q=zzz").text
    post(ada, f"/held/{first}/reject", {"note": "Not here, please."})
    decided = ada.get("/held?state=decided").text
    assert "Not here, please." in decided
    assert "Rejected" in decided


def test_a_message_is_safe_text_with_why_it_waits(
    core: Core, group: GroupDetails, ada: Visitor
) -> None:
    uuid = hold(core.database, group, content=HOSTILE, evidence=STRANGER)
    for path in ("/held", f"/held/{uuid}"):
        page = ada.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<b>bold" not in page.text
        assert "<img src='http" not in page.text
        assert 'href="http://evil' not in page.text
        assert "&lt;b&gt;bold&lt;/b&gt;" in page.text
    page = ada.get(f"/held/{uuid}").text
    assert "Hi there" in page
    assert "Approve for 2 people" in page
    assert "Nothing proves the sender" in page
    assert "The group is enabled." in page


def test_what_is_left_out_is_told(core: Core, group: GroupDetails, ada: Visitor) -> None:
    uuid = hold(core.database, group, content=GAPS)
    page = ada.get(f"/held/{uuid}").text
    assert "Only the beginning is shown." in page
    assert "It has more parts than are shown here." in page


def test_no_text_is_told_apart_from_text_that_cannot_be_shown(
    core: Core, group: GroupDetails, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = hold(core.database, group, content=b"Subject: x\r\n\r\n")
    monkeypatch.setattr(message_text, "text_of_html", None)
    broken = hold(core.database, group, digest="2", content=HOSTILE)
    assert "There is no text in it." in ada.get(f"/held/{empty}").text
    page = ada.get(f"/held/{broken}").text
    assert "There is no text in it." not in page
    assert "Its text could not be shown here." in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("wish", "state", "told"),
    [
        ("approve", "approved", "It is on its way to the members."),
        ("reject", "rejected", "The message is rejected."),
        ("discard", "discarded", "The message is discarded."),
    ],
)
def test_one_message_is_decided_about_once(
    core: Core, group: GroupDetails, ada: Visitor, admin: Visitor, wish: str, state: str, told: str
) -> None:
    uuid = hold(core.database, group)
    answer = post(ada, f"/held/{uuid}/{wish}", {"note": "x"})
    assert answer.status_code == 303
    assert told in ada.get("/held").text
    assert stored(core.database, uuid).state == state
    late = post(admin, f"/held/{uuid}/approve", {})
    assert late.status_code == 409
    assert f"This message is {state} already; ada@example.org decided" in late.text


def test_always_allowing_a_sender_is_part_of_approving(
    core: Core, group: GroupDetails, ada: Visitor, find: Callable[[str], GroupDetails]
) -> None:
    uuid = hold(core.database, group, evidence=STRANGER)
    assert "others can write under this address" in ada.get(f"/held/{uuid}").text
    post(ada, f"/held/{uuid}/approve", {"always_allow": "on"})
    assert find("kept").allowed_senders == ("x@elsewhere.example",)


def test_several_are_approved_at_once_and_discarded_after_a_question(
    core: Core, group: GroupDetails, ada: Visitor
) -> None:
    first, second, third = (hold(core.database, group, digest=each) for each in "123")
    post(ada, "/held/ticked", {"wish": "approve", "message": [first, "odd"]})
    assert stored(core.database, first).state == "approved"

    asked = post(ada, "/held/ticked", {"wish": "discard", "message": [second]})
    assert "Discard 1 message?" in asked.text
    assert stored(core.database, second).state == "waiting"
    post(ada, "/held/ticked", {"wish": "discard", "message": [second], "confirmed": "yes"})
    assert stored(core.database, second).state == "discarded"

    wrong = {"wish": "reject", "message": [third], "confirmed": "yes", "note": "x" * 1001}
    answer = post(ada, "/held/ticked", wrong)
    assert answer.status_code == 422
    assert "longer than 1,000" in answer.text
    assert "x" * 1001 in answer.text
    late = post(ada, "/held/ticked", wrong | {"message": [first, third], "note": "No."})
    assert late.status_code == 409
    assert "Rejected 1 message." in late.text
    assert stored(core.database, third).note == "No."


def test_a_forged_address_of_ours_is_allowed_only_when_signed_in(
    core: Core, group: GroupDetails, ada: Visitor
) -> None:
    forged = Evidence(envelope_sender=Address.parse("zoe@example.org"))
    page = ada.get(f"/held/{hold(core.database, group, evidence=forged)}").text
    assert "For this group, when signed in." in page
    assert "wherever it comes from" not in page


def test_more_than_are_counted_have_a_plus_sign(
    core: Core, group: GroupDetails, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for digest in "12":
        hold(core.database, group, digest=digest)
    monkeypatch.setattr(held_messages, "COUNT_LIMIT", 1)
    page = ada.get("/held").text
    assert "1+ waiting" in page
    assert "</span>1+</span>" in page


def test_nothing_ticked_changes_nothing(ada: Visitor, group: GroupDetails) -> None:
    post(ada, "/held/ticked", {"wish": "approve"})
    assert "nothing was changed" in ada.get("/held").text


def test_who_judges_nothing_finds_no_message(core: Core, group: GroupDetails, bob: Visitor) -> None:
    uuid = hold(core.database, group)
    assert bob.get(f"/held/{uuid}").status_code == 404
    for wish in ("approve", "reject", "discard"):
        assert post(bob, f"/held/{uuid}/{wish}", {}).status_code == 404
    assert stored(core.database, uuid).state == "waiting"
