"""An account's own groups over the API, and the teams that it creates."""

import pytest

from contactsgroups.domain.domain_settings import DomainSettings, TeamCreators
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.accounts.domain_settings import change_domain_settings
from tests.directories import add_group


@pytest.fixture
def zoe(caller):
    return caller("zoe@example.org", may_write=True)


@pytest.fixture
def open_to_all(core):
    settings = DomainSettings(team_creators=TeamCreators.ACCOUNTS)
    change_domain_settings(core.database, OPERATOR, "example.org", settings)


def listed(who, which, **query):
    query = {"which": which, **query}
    return who.get("/own-groups", query_string=query)["items"]


def names(entries):
    return [each["address"].partition("@")[0] for each in entries]


def test_one_sees_what_one_is_in_and_through_what(core, caller):
    add_group(core.database, "all@example.org", "team@example.org", display_name="All")
    bob = caller("bob@example.org")
    (team,) = listed(bob, "direct")
    assert (team["address"], team["roles"], team["through"]) == ("team@example.org", ["member"], [])
    assert team["may_leave"]
    assert team["owners"] == ["Ada Example"]
    indirect = {each["address"]: each for each in listed(bob, "indirect")}
    assert indirect["all@example.org"]["through"] == ["Team Blue"]
    assert not indirect["all@example.org"]["may_leave"]
    assert "sales@example.org" in indirect


def test_one_sees_what_one_owns_and_moderates(core, caller):
    roles = {"moderators": ["eve@example.org"], "moderated": True}
    add_group(core.database, "mod@example.org", "bob@example.org", **roles)
    assert names(listed(caller("ada@example.org"), "owned")) == ["team"]
    assert names(listed(caller("eve@example.org"), "moderated")) == ["mod"]
    assert listed(caller("eve@example.org"), "owned") == []


def test_what_may_be_joined_is_found_by_words_and_says_what_was_asked(core, zoe):
    for name in ("choir", "orchestra"):
        address = f"{name}@example.org"
        add_group(core.database, address, "bob@example.org", join_on_request=True)
    assert names(listed(zoe, "joinable")) == ["choir", "orchestra"]
    (choir,) = listed(zoe, "joinable", q="CHOIR")
    assert choir["may_join"]
    assert "request" not in choir
    zoe("POST", f"/groups/{choir['id']}/join", json={})
    (choir,) = listed(zoe, "joinable", q="choir")
    assert choir["request"]["wish"] == "join"
    assert choir["request"]["id"] == zoe.get("/own-requests")["items"][0]["id"]


def test_how_many_are_outside_stays_unsaid_where_members_are_not_shown(core, caller):
    people = ("bob@example.org", "x@side.example")
    values = {"owners": ["ada@example.org"], "show_members": False}
    add_group(core.database, "closed@example.org", *people, **values)

    def outside(address, which):
        found = listed(caller(address), which)
        return {each["address"]: each["external_count"] for each in found}["closed@example.org"]

    assert outside("bob@example.org", "direct") == 0
    assert outside("ada@example.org", "owned") == 1


def test_lists_come_in_pages_and_cursors_lead_nowhere_else(core, caller):
    for number in range(3):
        add_group(core.database, f"g{number}@example.org", "zoe@example.org")
    zoe = caller("zoe@example.org")
    first = zoe.get("/own-groups?limit=2")
    rest = zoe.get(f"/own-groups?limit=2&cursor={first['next_cursor']}")
    assert names(first["items"] + rest["items"]) == ["g0", "g1", "g2"]
    assert "next_cursor" not in rest
    other = f"/own-groups?which=owned&cursor={first['next_cursor']}"
    assert zoe("GET", other).status_code == 422


def test_an_account_creates_a_team_that_it_owns_and_is_in(zoe, find, open_to_all):
    body = {"address": "crew@example.org", "display_name": "Crew", "members": ["bob@example.org"]}
    answer = zoe("POST", "/teams", json=body)
    assert answer.status_code == 201
    assert answer.json["kind"] == "team"
    assert answer.json["owners"] == ["zoe@example.org"]
    assert answer.json["recipient_count"] == 2
    assert answer.headers["Location"].endswith(f"/api/v1/groups/{find('crew').uuid}")
    path = f"/groups/{answer.json['id']}"
    assert zoe.change("PATCH", path, json={"description": "Ours"}).status_code == 200
    assert zoe.change("DELETE", path).status_code == 204


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ("zoe@example.org", {}),
        ("carl@example.com", {"may_write": True}),
    ],
)
def test_who_may_not_create_teams_there_is_refused(core, caller, open_to_all, address, scope):
    body = {"address": "crew@example.org", "members": ["bob@example.org"]}
    before = core.database.read_end()
    assert caller(address, **scope)("POST", "/teams", json=body).status_code == 403
    assert core.database.read_end() == before


def test_where_the_domain_leaves_it_to_administrators_accounts_create_none(caller, zoe):
    body = {"address": "crew@example.org", "members": ["bob@example.org"]}
    assert zoe("POST", "/teams", json=body).status_code == 403
    manager = caller("admin@example.org", may_write=True, manages=True)
    assert manager("POST", "/teams", json=body).status_code == 201


def test_everything_wrong_is_named_and_who_has_an_address_stays_unsaid(zoe, open_to_all):
    for taken in ("secret@example.org", "bob@example.org", "ada.alias@example.org"):
        answer = zoe("POST", "/teams", json={"address": taken, "display_name": "A"})
        assert (answer.status_code, answer.json["field"]) == (409, "address")
        assert answer.json["detail"] == f"{taken} is taken"
    body = {"address": "secret@example.org", "display_name": "a\0", "members": ["@"]}
    answer = zoe("POST", "/teams", json=body)
    assert answer.status_code == 422
    fields = {each["field"] for each in answer.json["errors"]}
    assert fields == {"address", "display_name", "members"}
    assert "existing" not in answer.text
