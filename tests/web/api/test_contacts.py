"""The address book over the API: whom each role sees, in which pages, and how often."""

from dataclasses import replace

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.accounts import sharing
from contactsgroups.web.app import create_app
from contactsgroups.web.rate import Rate
from contactsgroups.web.state import EXTENSION
from tests.directories import add_group
from tests.web.api.test_groups import problem

ORG = ["ada@example.org", "bob@example.org", "eve@example.org", "zoe@example.org"]
HOME = ["admin@example.org", *ORG, "sales@example.org", "team@example.org"]
AWAY = ["admin@example.com", "carl@example.com", "com@example.com"]


def addresses(answer):
    return [each["address"] for each in answer["items"]]


@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize(
    "role",
    [
        *("zoe@example.org", "ada@example.org", "bob@example.org", "eve@example.org"),
        *("admin@example.org", "carl@example.com", "admin@example.com"),
    ],
)
@pytest.mark.parametrize("manages", [False, True])
def test_every_role_sees_its_own_domain_and_those_that_are_shown_to_it(
    core, caller, role, is_shared, manages
):
    """Nobody sees the hidden group there: neither its member, nor an administrator."""
    if is_shared:
        sharing.share_domain(core.database, OPERATOR, "example.com", "example.org")
    wanted = AWAY if role.endswith(".com") else [*HOME, *(AWAY if is_shared else [])]
    asker = caller(role, manages=manages)
    assert sorted(addresses(asker.get("/contacts"))) == sorted(wanted)
    found = addresses(asker.get("/contacts?q=example&limit=200"))
    assert sorted(found) == sorted(wanted)
    assert addresses(asker.get("/contacts?q=secret")) == []


def test_it_lists_exactly_whom_completions_suggest(core, caller):
    add_group(core.database, "off@example.org", "bob@example.org", disabled=True)
    asker = caller("zoe@example.org")
    listed = asker.get("/contacts?limit=200")["items"]
    suggested = asker.get("/completions?q=example&limit=50&kinds=group,account")["completions"]
    for each in suggested:
        del each["match"]
    assert sorted(listed, key=str) == sorted(
        [{key: value for key, value in each.items() if value is not None} for each in suggested],
        key=str,
    )


def test_groups_and_people_can_be_asked_for_alone(reader):
    assert addresses(reader.get("/contacts?kind=group")) == [
        "sales@example.org",
        "team@example.org",
    ]
    assert sorted(addresses(reader.get("/contacts?kind=person"))) == sorted(
        ["admin@example.org", *ORG]
    )
    assert addresses(reader.get("/contacts?kind=group&q=bob")) == []
    problem(reader("GET", "/contacts?kind=alias"), 422)


def test_a_group_says_how_many_it_reaches_and_what_becomes_of_a_message(reader):
    (team,) = reader.get("/contacts?kind=group&q=blue")["items"]
    assert (team["name"], team["member_count"], team["external_count"]) == ("Team Blue", 3, 1)
    assert (team["posting"], team["members_visible"]) == ("accept", True)
    assert team["match"]["name"] == [[5, 9]]
    assert reader("GET", f"/{team['icon']}").mimetype == "image/png"


@pytest.mark.parametrize("query", ["", "&q=example"])
def test_pages_follow_each_other(reader, query):
    found, cursor = [], ""
    while cursor is not None:
        page = reader.get(f"/contacts?limit=3{query}&cursor={cursor}")
        found += addresses(page)
        cursor = page.get("next_cursor")
    assert found == addresses(reader.get(f"/contacts?limit=200{query}"))


def test_a_cursor_of_a_search_leads_nowhere_in_the_whole_list(reader):
    cursor = reader.get("/contacts?limit=2&q=example")["next_cursor"]
    problem(reader("GET", f"/contacts?limit=2&cursor={cursor}"), 422)
    problem(reader("GET", "/contacts?limit=0"), 422)


def test_an_unchanged_page_is_not_sent_again(core, reader):
    tag = reader("GET", "/contacts").headers["ETag"]
    again = reader("GET", "/contacts", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    add_group(core.database, "new@example.org", "bob@example.org")
    assert reader("GET", "/contacts", headers={"If-None-Match": tag}).status_code == 200


def test_it_needs_an_account(visitor):
    assert visitor.get("/api/v1/contacts").status_code == 401


def test_pages_of_allowed_origins_may_read_it(core, caller):
    allowed = replace(core.settings, cors_origins="https://mail.example.org")
    asker = caller("zoe@example.org")
    asker.app = create_app(replace(core, settings=allowed), carddav_path="/dav/")
    for origin, is_allowed in (
        ("https://mail.example.org", True),
        ("https://other.example", False),
    ):
        answer = asker("GET", "/contacts", headers={"Origin": origin})
        assert (answer.headers.get("Access-Control-Allow-Origin") == origin) == is_allowed


def test_who_asks_too_often_waits(core, caller):
    app = create_app(core, carddav_path="/dav/")
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], rate=Rate(0.1, burst=2))
    asker = caller("zoe@example.org")
    asker.app = app
    assert [asker("GET", "/contacts").status_code for _ in range(3)] == [200, 200, 429]
    problem(asker("GET", "/contacts"), 429)


def test_the_first_members_of_a_group_are_read_without_all_of_them(reader, find):
    path = f"/groups/{find('team').uuid}/recipients"
    whole = reader.get(path)
    first = reader.get(f"{path}?limit=2")
    assert first == {"members": whole["members"][:2], "total": whole["total"]}
    problem(reader("GET", f"{path}?limit=0"), 422)
