"""Requests to join and leave over the API: who may ask, decide and take back, and what is told."""

from uuid import uuid4

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.groups import members
from contactsgroups.services.groups.own_groups import list_direct_groups
from tests.directories import add_group

DECISIONS = ("approve", "decline")


@pytest.fixture
def club(core):
    """A team of Ada's that takes requests, and that nobody leaves without one."""
    return add_group(
        core.database,
        "club@example.org",
        *("ada@example.org", "bob@example.org"),
        kind="team",
        owners=["ada@example.org"],
        join_on_request=True,
        leave_needs_approval=True,
    )


@pytest.fixture
def zoe(caller):
    return caller("zoe@example.org", may_write=True)


@pytest.fixture
def owner(caller):
    return caller("ada@example.org", may_write=True)


def ask(who, group, wish="join", note=""):
    answer = who("POST", f"/groups/{group.uuid}/{wish}", json={"note": note})
    assert answer.status_code == 200, answer.text
    return answer.json["state"]


def is_in(core, group, address):
    views = members.list_members(core.database, OPERATOR, group.uuid)
    return address in {each.address for each in views}


def test_a_request_is_asked_listed_and_approved(core, club, zoe, owner):
    assert ask(zoe, club, note="I sing") == "waiting"
    (mine,) = zoe.get("/own-requests")["items"]
    (found,) = owner.get("/requests?state=waiting")["items"]
    assert found == mine
    assert found["group"]["address"] == "club@example.org"
    assert (found["wish"], found["state"], found["note"]) == ("join", "waiting", "I sing")
    assert (found["applicant"], found["applicant_name"]) == ("zoe@example.org", "Zoe Example")
    assert "decided_at" not in found
    answer = owner("POST", f"/requests/{found['id']}/approve", json={"answer": "Welcome"})
    assert answer.status_code == 204
    assert is_in(core, club, "zoe@example.org")
    (mine,) = zoe.get("/own-requests")["items"]
    assert (mine["state"], mine["answer"]) == ("approved", "Welcome")
    assert mine["decided_by"] == "Ada Example"
    assert owner.get("/requests?state=waiting")["items"] == []
    assert [each["id"] for each in owner.get("/requests?state=decided")["items"]] == [found["id"]]


def test_a_declined_request_changes_nothing_and_is_decided_once(core, club, caller, owner):
    bob = caller("bob@example.org", may_write=True)
    assert ask(bob, club, "leave") == "waiting"
    (found,) = owner.get("/requests?wish=leave")["items"]
    path = f"/requests/{found['id']}"
    assert owner("POST", f"{path}/decline", json={"answer": "Stay"}).status_code == 204
    assert is_in(core, club, "bob@example.org")
    for decision in DECISIONS:
        assert owner("POST", f"{path}/{decision}", json={}).status_code == 409


def test_what_was_asked_is_taken_back_by_whoever_asked_alone(club, zoe, owner, caller):
    ask(zoe, club)
    (mine,) = zoe.get("/own-requests")["items"]
    path = f"/own-requests/{mine['id']}"
    assert owner("DELETE", path).status_code == 404
    assert caller("zoe@example.org")("DELETE", path).status_code == 403
    assert zoe("DELETE", path).status_code == 204
    assert zoe("DELETE", path).status_code == 409
    assert owner.get("/requests")["items"] == []


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize(
    ("address", "manages", "may"),
    [
        ("ada@example.org", False, True),
        ("admin@example.org", True, True),
        ("admin@example.org", False, False),
        ("bob@example.org", True, False),
        ("zoe@example.org", False, False),
        ("admin@example.com", True, False),
        ("carl@example.com", False, False),
    ],
)
def test_who_owns_or_administers_the_group_decides_and_nobody_else_knows_of_it(
    core, club, zoe, caller, address, manages, may, decision
):
    ask(zoe, club)
    (mine,) = zoe.get("/own-requests")["items"]
    before = core.database.read_end()
    who = caller(address, may_write=True, manages=manages)
    assert len(who.get("/requests")["items"]) == may
    answer = who("POST", f"/requests/{mine['id']}/{decision}", json={})
    assert answer.status_code == (204 if may else 404)
    assert may or core.database.read_end() == before
    assert is_in(core, club, "zoe@example.org") == (may and decision == "approve")


@pytest.mark.parametrize("wish", ["join", "leave"])
def test_a_group_that_one_may_not_know_of_is_not_there(find, zoe, wish):
    for uuid in (find("secret").uuid, uuid4()):
        assert zoe("POST", f"/groups/{uuid}/{wish}", json={}).status_code == 404


def test_what_a_group_does_not_allow_is_refused(core, find, zoe, caller, club):
    team = find("team")
    assert zoe("POST", f"/groups/{team.uuid}/join", json={}).status_code == 403
    assert zoe("POST", f"/groups/{team.uuid}/leave", json={}).status_code == 404
    weak = caller("zoe@example.org")
    assert weak("POST", f"/groups/{club.uuid}/join", json={}).status_code == 403
    assert ask(caller("bob@example.org", may_write=True), team, "leave") == "approved"
    assert not is_in(core, team, "bob@example.org")


def test_what_cannot_be_a_note_names_its_field(club, zoe):
    answer = zoe("POST", f"/groups/{club.uuid}/join", json={"note": "x" * 9000})
    assert (answer.status_code, answer.json["field"]) == (422, "note")
    assert zoe.get("/own-requests")["items"] == []


def test_requests_come_in_pages_and_a_cursor_of_another_list_is_refused(club, caller, owner):
    for name in ("zoe", "eve"):
        ask(caller(f"{name}@example.org", may_write=True), club)
    for query, order in (("state=waiting", ["zoe", "eve"]), ("", ["eve", "zoe"])):
        first = owner.get(f"/requests?limit=1&{query}")
        rest = owner.get(f"/requests?limit=1&{query}&cursor={first['next_cursor']}")
        found = [each["applicant"].partition("@")[0] for each in first["items"] + rest["items"]]
        assert found == order
        assert "next_cursor" not in rest
    other = owner.get("/groups?limit=1")["next_cursor"]
    assert owner("GET", f"/requests?cursor={other}").status_code == 422


def test_words_find_the_group_or_who_asked(core, club, zoe, owner):
    ask(zoe, club)
    for words, found in (("zoe", 1), ("club", 1), ("ZOË club", 1), ("zoe team", 0)):
        assert len(owner.get("/requests", query_string={"q": words})["items"]) == found, words
    assert list_direct_groups(core.database, OPERATOR).groups == ()
