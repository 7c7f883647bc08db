"""Who gets a copy of a message to a group, and who may send one, over the API."""

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.groups.delivery_preview import preview_delivery
from tests.directories import add_account, add_group
from tests.web.api.test_groups import problem


@pytest.fixture
def outer(core):
    """A moderated group with a group in it, what leads to one mailbox twice, and who has left."""
    add_account(core.database, "left@example.org", active=False)
    members = ("team@example.org", "ada.alias@example.org", "left@example.org", "x@side.example")
    return add_group(
        core.database, "outer@example.org", *members, moderated=True, moderators=["eve@example.org"]
    )


@pytest.fixture
def path(outer):
    return f"/groups/{outer.uuid}/delivery"


def pages(caller, path, **query):
    """All rows, read one at a time."""
    rows, cursor = [], ""
    while cursor is not None:
        answer = caller.get(path, query_string={"limit": 1, "cursor": cursor, **query})
        rows += answer["items"]
        cursor = answer.get("next_cursor")
    return rows


def test_each_copy_is_listed_with_the_ways_to_it_and_each_silence_with_its_reason(
    manager, core, path, outer
):
    rows = {each["address"]: each for each in pages(manager, path)}
    assert rows["ada@example.org"]["way_count"] == 2
    assert rows["ada@example.org"]["ways"] == [
        {"groups": [], "alias": "ada.alias@example.org", "kind": "static", "pinned": False},
        {"groups": ["Team Blue"], "kind": "static", "pinned": False},
    ]
    assert rows["x@side.example"]["kind"] == "external"
    assert rows["left@example.org"]["left_out"] == "the account is closed"
    page = preview_delivery(core.database, OPERATOR, outer.uuid, limit=200)
    assert list(rows) == [each.original for each in page.rows]
    answer = manager.get(path)
    for name in ("recipient_count", "external_count", "twice", "left_out", "groups_inside"):
        assert answer[name] == getattr(page, name)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"shown": "twice"}, ["ada@example.org"]),
        ({"shown": "left-out"}, ["left@example.org"]),
        ({"shown": "external", "q": "side"}, ["x@side.example"]),
        ({"q": "ADA"}, ["ada@example.org"]),
    ],
)
def test_it_is_searched_and_filtered(manager, path, query, found):
    assert [each["address"] for each in pages(manager, path, **query)] == found


def test_what_is_asked_wrongly_is_named(manager, path):
    for query in ({"shown": "x"}, {"cursor": "x"}, {"limit": "0"}, {"sender": "x"}):
        problem(manager("GET", path, query_string=query), 422)


@pytest.mark.parametrize(
    ("query", "action"),
    [
        ({}, "hold"),
        ({"sender": "eve@example.org"}, "accept"),
        ({"sender": "bob@example.org", "proof": "none"}, "reject"),
        ({"sender": "eve@example.org", "proof": "automatic"}, "discard"),
        ({"sender": "<>"}, "discard"),
    ],
)
def test_who_may_send_is_what_would_be_decided(manager, outer, query, action):
    answer = manager.get(f"/groups/{outer.uuid}/posting", query_string=query)
    assert answer["action"] == action
    assert answer["sender"] == query.get("sender", "admin@example.org")
    assert answer["reason"]
    assert answer["trace"]


def test_a_sender_that_cannot_be_is_named(manager, outer):
    path = f"/groups/{outer.uuid}/posting"
    wrong = problem(manager("GET", path, query_string={"sender": "nobody"}), 422)
    assert wrong["field"] == "sender"
    query = {"sender": "x@y.example", "proof": "signed-in"}
    assert problem(manager("GET", path, query_string=query), 422)["field"] == "proof"
