"""Held messages over the API: who may list, read and decide, and what is told."""

from uuid import uuid4

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from tests.services.moderation.holds import GAPS, STRANGER, add_moderated, hold, stored


@pytest.fixture
def group(core):
    return add_moderated(core.database, "kept@example.org", moderators=["ada@example.org"])


@pytest.fixture
def ada(caller):
    return caller("ada@example.org", may_write=True)


def test_messages_are_listed_page_by_page_and_read(core, group, ada):
    uuids = [hold(core.database, group, digest=each) for each in "123"]
    first = ada("GET", "/held-messages?waiting=true&limit=2").json
    assert [each["id"] for each in first["items"]] == [uuids[2], uuids[1]]
    rest = ada("GET", f"/held-messages?limit=2&cursor={first['next_cursor']}").json
    assert [each["id"] for each in rest["items"]] == [uuids[0]]
    assert ada("GET", "/held-messages?q=zzz").json["items"] == []
    assert ada("GET", f"/held-messages?group={uuid4()}").json["items"] == []

    read = ada("GET", f"/held-messages/{uuids[0]}").json

    assert (read["subject"], read["text"], read["proof"]) == ("Hello", "Dear all", "signed-in")
    assert (read["recipient_count"], read["trace"][0]) == (2, "the group is enabled")


def test_what_is_left_out_is_told(core, group, ada):
    told = [
        ada(
            "GET", f"/held-messages/{hold(core.database, group, digest=name, content=content)}"
        ).json
        for name, content in {"1": GAPS, "2": b"\r\nHi"}.items()
    ]
    flags = ("is_cut", "has_more_parts", "is_unreadable")
    assert [[each[name] for name in flags] for each in told] == [
        [True, True, False],
        [False, False, False],
    ]


def test_each_is_decided_about_once(core, group, ada):
    first, second, third = (hold(core.database, group, digest=each) for each in "123")
    approved = ada("POST", f"/held-messages/{first}/approve", json={})
    assert approved.json == {"asks_further": False}
    assert ada("POST", f"/held-messages/{second}/reject", json={"note": "No."}).status_code == 204
    assert ada("POST", f"/held-messages/{third}/discard").status_code == 204
    late = ada("POST", f"/held-messages/{third}/approve", json={})
    assert late.status_code == 409
    assert "ada@example.org decided" in late.json["detail"]
    states = [stored(core.database, each).state for each in (first, second, third)]
    assert states == ["approved", "rejected", "discarded"]
    decided = ada("GET", "/held-messages?waiting=false").json["items"]
    assert {each["decided_by"] for each in decided} == {"ada@example.org"}


def test_a_sender_is_allowed_always(core, group, ada):
    uuid = hold(core.database, group, evidence=STRANGER)
    assert ada("GET", f"/held-messages/{uuid}").json["may_always_allow"]
    answer = ada("POST", f"/held-messages/{uuid}/approve", json={"always_allow": True})
    assert answer.status_code == 200
    shown = groups.show_group(core.database, OPERATOR, group.uuid)
    assert shown.allowed_senders == ("x@elsewhere.example",)


def test_others_find_no_message_and_a_token_that_only_reads_reads_no_mail(core, group, caller):
    uuid = hold(core.database, group)
    bob = caller("bob@example.org", may_write=True)
    assert bob("GET", "/held-messages").json["items"] == []
    for method, path in (("GET", ""), ("POST", "/discard")):
        assert bob(method, f"/held-messages/{uuid}{path}").status_code == 404
    reading = caller("ada@example.org", may_write=False)
    for path in ("/held-messages", f"/held-messages/{uuid}"):
        assert reading("GET", path).status_code == 403
    assert reading("POST", f"/held-messages/{uuid}/discard").status_code == 403
    assert stored(core.database, uuid).state == "waiting"
