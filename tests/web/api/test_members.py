"""Members over the API: in pages, one by one, and many at once."""

import pytest

from contactsgroups.services.groups.member_changes import CHANGES_LIMIT
from tests.directories import add_group
from tests.web.api.test_groups import addresses, problem


@pytest.fixture
def team(find):
    """Where the team is."""
    return f"/groups/{find('team').uuid}"


def test_members_are_listed_as_they_were_named(reader, manager, team, find, core):
    add_group(core.database, "nested@example.org", "team@example.org", "ada.alias@example.org")
    nested = reader.get(f"/groups/{find('nested').uuid}/members")
    assert nested["items"] == [
        {"address": "ada.alias@example.org", "name": "Ada Example", "kind": "alias"},
        {"address": "team@example.org", "name": "Team Blue", "kind": "group"},
    ]
    assert "next_cursor" not in nested
    first = reader.get(f"{team}/members?limit=2")
    rest = reader.get(f"{team}/members?limit=2&cursor={first['next_cursor']}")
    assert [*addresses(first), *addresses(rest)] == [
        "ada@example.org",
        "bob@example.org",
        "guest@example.net",
    ]
    assert rest["items"][0]["kind"] == "external"
    problem(reader("GET", f"/groups/{find('secret').uuid}/members"), 404)


def test_recipients_are_the_mailboxes_that_a_group_reaches(reader, find, core):
    add_group(core.database, "nested@example.org", "team@example.org", "ada.alias@example.org")
    found = reader.get(f"/groups/{find('nested').uuid}/recipients")
    assert [each["address"] for each in found["members"]] == [
        "ada@example.org",
        "bob@example.org",
        "guest@example.net",
    ]
    assert found["total"] == 3


def test_members_that_are_not_shown_stay_hidden(manager, reader, team):
    assert manager.change("PATCH", team, json={"show_members": False}).status_code == 200
    for path in ("/members", "/recipients"):
        problem(reader("GET", team + path), 403)
    assert len(manager.get(f"{team}/members")["items"]) == 3


def test_one_member_comes_and_goes(manager, team):
    path = f"{team}/members/Zoe@example.org"
    assert manager("PUT", path).status_code == 201
    assert manager("PUT", path).status_code == 204
    assert "zoe@example.org" in [each.lower() for each in addresses(manager.get(f"{team}/members"))]
    assert manager("DELETE", path).status_code == 204
    problem(manager("DELETE", path), 404)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("PUT", "nobody@example.org", 422),
        ("PUT", "rubbish", 422),
        ("PUT", "team@example.org", 409),
        ("DELETE", "rubbish", 422),
        ("PUT", "a//b@@", 422),
    ],
)
def test_one_member_that_cannot_be_changed(manager, team, method, address, status):
    problem(manager(method, f"{team}/members/{address}"), status)


def test_an_address_may_have_slashes(manager, team):
    address = "a//b/c@side.example"
    assert manager("PUT", f"{team}/members/{address}").status_code == 201
    assert address in addresses(manager.get(f"{team}/members"))
    assert manager("DELETE", f"{team}/members/a%2F%2Fb%2Fc@side.example").status_code == 204


def test_the_last_member_stays(manager, find):
    secret = f"/groups/{find('secret').uuid}"
    problem(manager("DELETE", f"{secret}/members/eve@example.org"), 409)
    many = manager("POST", f"{secret}/members", json={"remove": ["eve@example.org"]})
    (result,) = many.json["results"]
    assert result["result"] == "refused"
    assert "last member" in result["detail"]


def test_many_have_a_result_each(manager, team):
    sent = {"add": ["zoe@example.org", "rubbish", "ada@example.org"], "remove": ["bob@example.org"]}
    answer = manager("POST", f"{team}/members", json=sent)
    assert answer.status_code == 200
    results = answer.json["results"]
    assert [(each["address"], each["result"]) for each in results] == [
        ("zoe@example.org", "added"),
        ("rubbish", "refused"),
        ("ada@example.org", "already_member"),
        ("bob@example.org", "removed"),
    ]
    assert [each for each in results if "detail" in each] == [results[1]]


def test_ten_thousand_in_one_request(manager, team):
    texts = [f"x{number}@side.example" for number in range(CHANGES_LIMIT)]
    results = manager("POST", f"{team}/members", json={"add": texts}).json["results"]
    assert [each["address"] for each in results] == texts
    assert {each["result"] for each in results} == {"added"}
    refused = manager("POST", f"{team}/members", json={"add": [*texts, "y@side.example"]})
    assert problem(refused, 422)["errors"][0]["field"] == "add"
    both = manager("POST", f"{team}/members", json={"add": texts, "remove": texts[:1]})
    problem(both, 422)


def test_members_that_follow_the_directory_are_not_edited(manager, find):
    sales = f"/groups/{find('sales').uuid}/members"
    for answer in (
        manager("POST", sales, json={"add": ["eve@example.org"]}),
        manager("PUT", f"{sales}/eve@example.org"),
        manager("DELETE", f"{sales}/bob@example.org"),
    ):
        problem(answer, 409)


@pytest.mark.parametrize("scope", [{}, {"may_write": True}, {"manages": True}])
def test_a_token_changes_only_what_its_scope_says(caller, team, scope):
    weak = caller("admin@example.org", **scope)
    for answer in (
        weak("POST", f"{team}/members", json={"add": ["zoe@example.org"]}),
        weak("PUT", f"{team}/members/zoe@example.org"),
        weak("DELETE", f"{team}/members/bob@example.org"),
    ):
        problem(answer, 403)


def test_members_are_searched_and_chosen_by_kind(reader, team):
    assert addresses(reader.get(f"{team}/members?q=EXAMPLE.net")) == ["guest@example.net"]
    assert addresses(reader.get(f"{team}/members?kind=account&q=bob")) == ["bob@example.org"]
    first = reader.get(f"{team}/members?kind=account&limit=1")
    rest = reader.get(f"{team}/members?kind=account&limit=1&cursor={first['next_cursor']}")
    assert addresses(rest) == ["bob@example.org"]
    assert "next_cursor" not in rest
    problem(reader("GET", f"{team}/members?kind=spy"), 422)


def test_a_departments_people_are_counted_and_added(manager, reader, team):
    asked = {"domain": "example.org", "department": "IT"}
    counted = manager("POST", f"{team}/department-members", json={**asked, "dry_run": True})
    assert counted.json == {"found": 1, "added": 1, "already": 0, "refused": []}
    assert len(manager.get(f"{team}/members")["items"]) == 3
    added = manager("POST", f"{team}/department-members", json=asked)
    assert added.json == {"found": 1, "added": 1, "already": 0, "refused": []}
    again = manager("POST", f"{team}/department-members", json=asked)
    assert again.json["already"] == 1
    asked["department"] = "Nowhere"
    problem(manager("POST", f"{team}/department-members", json=asked), 422)


def test_a_last_day_is_given_listed_changed_and_taken_away(manager, reader, team):
    url = f"{team}/members/ada.alias@example.org"
    assert manager("PUT", url + "?until=2999-01-31").status_code == 201
    assert manager("PUT", url).status_code == 204

    def ending():
        items = manager.get(f"{team}/members?kind=ends")["items"]
        return [(each["address"], each["until"]) for each in items]

    assert ending() == [("ada.alias@example.org", "2999-01-31")]
    assert reader.get(f"{team}/members?kind=ends")["items"] == []
    assert not any("until" in each for each in reader.get(f"{team}/members")["items"])
    people = ["ada.alias@example.org", "bob@example.org", "new@side.example"]

    def change(until):
        body = {"add": people, "until": until}
        answer = manager("POST", f"{team}/members", json=body).get_json()
        return [each["result"] for each in answer["results"]]

    assert change("2999-01-31") == ["already_member", "changed", "added"]
    assert change("never") == ["changed", "changed", "changed"]
    assert ending() == []
    assert "until" in str(problem(manager("PUT", url + "?until=2020-01-31"), 422))
    problem(manager("PUT", url + "?until=1.2.2999"), 422)
