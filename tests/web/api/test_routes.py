"""The JSON API."""

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.accounts import sharing, tokens
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.web.api import cors
from contactsgroups.web.api.completions import QUERY_LIMIT
from contactsgroups.web.principals import Principals
from tests.directories import add_alias, group_draft
from tests.statements import statements_of

COMPLETIONS = "/api/v1/completions"


@pytest.fixture
def token(app, core):
    """A bearer token for Ada."""
    secret = core.settings.read_token_secret()
    return tokens.issue_token(core.database, secret, "ada@example.org", 60)


def addresses(answer):
    assert answer.status_code == 200, answer.text
    return [each["address"] for each in answer.json["completions"]]


def test_groups_and_people_are_suggested(ada, find):
    answer = ada.get(f"{COMPLETIONS}?q=team")
    assert answer.mimetype == "application/json"
    assert answer.json["query"] == "team"
    [group] = answer.json["completions"]
    assert group["kind"] == "group"
    assert group["name"] == "Team Blue"
    assert group["address"] == "team@example.org"
    assert group["member_count"] == 3
    assert group["external_count"] == 1
    assert addresses(ada.get(f"{COMPLETIONS}?q=bob")) == ["bob@example.org"]


def test_a_suggestion_says_how_it_matches(ada):
    [group] = ada.get(f"{COMPLETIONS}?q=blu").json["completions"]
    assert group["match"] == {"kind": "prefix", "name": [[5, 8]], "address": []}


def test_the_icon_is_found_from_the_url_of_the_completions(ada):
    [group] = ada.get(f"{COMPLETIONS}?q=team").json["completions"]
    picture = ada.get(f"/api/v1/{group['icon']}")
    assert picture.mimetype == "image/png"
    assert picture.data.startswith(b"\x89PNG")
    assert "immutable" in picture.headers["Cache-Control"]


def test_a_new_group_is_suggested_at_the_next_keystroke(ada, core):
    assert addresses(ada.get(f"{COMPLETIONS}?q=brand")) == []
    draft = group_draft(
        address="brand@example.org", display_name="Brand New", members=["ada@example.org"]
    )
    groups.create_group(core.database, OPERATOR, draft)
    assert addresses(ada.get(f"{COMPLETIONS}?q=brand")) == ["brand@example.org"]


def test_hidden_groups_and_other_domains_are_not_suggested(ada):
    assert addresses(ada.get(f"{COMPLETIONS}?q=secret")) == []
    assert addresses(ada.get(f"{COMPLETIONS}?q=carl")) == []


@pytest.mark.parametrize(("kinds", "found"), [("group", True), ("account", False), ("", True)])
def test_kinds_are_chosen(ada, kinds, found):
    assert bool(addresses(ada.get(f"{COMPLETIONS}?q=team&kinds={kinds}"))) is found


def test_the_limit_is_kept(ada):
    assert len(addresses(ada.get(f"{COMPLETIONS}?q=example&limit=2"))) == 2


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=51", "limit=x", "limit=1e3", "limit=٣", "kinds=nobody"]
)
def test_bad_parameters_are_problems(ada, query):
    answer = ada.get(f"{COMPLETIONS}?q=a&{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert "must be" in answer.json["detail"]


@pytest.mark.parametrize(
    "query",
    ["", "%00", "%20", "a" * 10_000, "a%20" * 2500, "%ED%A0%80", "%22%5c", "\U0001f600", "%0d%0a"],
)
def test_any_query_is_answered(ada, query):
    answer = ada.get(f"{COMPLETIONS}?q={query}")
    assert answer.status_code == 200
    assert len(answer.json["query"]) <= QUERY_LIMIT
    assert isinstance(answer.json["completions"], list)


def test_a_token_speaks_for_its_account(visitor, token):
    answer = visitor.get(f"{COMPLETIONS}?q=team", headers={"Authorization": f"Bearer {token}"})
    assert addresses(answer) == ["team@example.org"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("header", [None, "Bearer ", "Bearer forged", "Basic YTpi", "Bearer a.b.c"])
def test_without_identity_there_is_a_401(visitor, header):
    answer = visitor.get(
        f"{COMPLETIONS}?q=a", headers={"Authorization": header} if header is not None else {}
    )
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_bad_token_is_not_covered_by_a_session(ada):
    answer = ada.get(f"{COMPLETIONS}?q=a", headers={"Authorization": "Bearer forged"})
    assert answer.status_code == 401


def test_a_token_opens_no_page(visitor, token):
    """It may be in the hands of a browser widget, which is to read only."""
    answer = visitor.get("/compose", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 303


def test_answers_are_kept_by_nobody_but_the_browser_which_asks_again(ada):
    answer = ada.get(f"{COMPLETIONS}?q=a")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = ada.get(f"{COMPLETIONS}?q=a", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_members_are_the_mailboxes_a_group_reaches(ada, find):
    answer = ada.get(f"/api/v1/groups/{find('team').uuid}/recipients")
    assert answer.json["total"] == 3
    assert answer.json["members"] == [
        {"kind": "account", "name": "Ada Example", "address": "ada@example.org"},
        {"kind": "account", "name": "Bob Example", "address": "bob@example.org"},
        {"kind": "external", "name": "", "address": "guest@example.net"},
    ]


@pytest.mark.parametrize("group", ["secret", "com@example.com"])
def test_nothing_is_told_of_groups_that_are_hidden_from_somebody(ada, find, group):
    uuid = find(group).uuid
    assert ada.get(f"/api/v1/groups/{uuid}/recipients").status_code == 404
    assert ada.get(f"/api/v1/groups/{uuid}/picture.png").status_code == 404


def test_a_shared_domain_is_visible(ada, core, find):
    sharing.share_domain(core.database, OPERATOR, "example.com", "example.org")
    uuid = find("com@example.com").uuid
    assert ada.get(f"/api/v1/groups/{uuid}/picture.png").status_code == 200


def test_members_that_are_not_shown_stay_hidden_but_from_who_runs_the_group(
    admin, ada, visitor, find
):
    team = find("team")
    admin.submit(f"/admin/groups/{team.uuid}", without=("show_members",))
    path = f"/api/v1/groups/{team.uuid}/recipients"
    assert visitor.take_session("bob@example.org").get(path).status_code == 403
    assert ada.get(path).status_code == 200  # She owns it.


def test_an_administrator_sees_the_picture_of_a_hidden_group(admin, find):
    assert admin.get(f"/api/v1/groups/{find('secret').uuid}/picture.png").status_code == 200


def test_whoever_was_told_where_a_picture_is_may_see_it(visitor, ada, find, core):
    """An image of another origin cannot say who is asking."""
    [group] = ada.get(f"{COMPLETIONS}?q=team").json["completions"]
    url = f"/api/v1/{group['icon']}"
    assert visitor.get(url).status_code == 200
    assert visitor.get(url.partition("?")[0]).status_code == 401
    assert visitor.get(url.partition("?")[0] + "?v=guess").status_code == 404
    team = find("team")
    draft = group_draft(
        address=team.address, display_name=team.settings.display_name, show_in_contacts=False
    )
    groups.update_group(core.database, OPERATOR, team.uuid, team.version, draft)
    assert visitor.get(url).status_code == 404


def test_a_picture_is_kept_for_ever_only_under_its_version(ada, find):
    url = f"/api/v1/groups/{find('team').uuid}/picture.png"
    old = ada.get(f"{url}?v=000000000000")
    assert old.headers["Cache-Control"] == "private, no-cache"
    again = ada.get(url, headers={"If-None-Match": old.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_pages_of_other_origins_may_send_conditions_and_read_tags():
    headers = dict(cors.headers_for("https://mail.example", "https://mail.example"))
    assert "PATCH" in headers["Access-Control-Allow-Methods"]
    assert "If-Match" in headers["Access-Control-Allow-Headers"]
    assert "ETag" in headers["Access-Control-Expose-Headers"]


LISTS = ("groups", "accounts", "aliases", "departments", "audit", "groups/{team}/members")


@pytest.mark.parametrize("path", LISTS)
def test_how_many_statements_a_list_takes_says_nothing_of_how_many_rows_it_has(
    path, core, manager, find, monkeypatch
):
    add_alias(core.database, "bob.alias@example.org", "bob@example.org")
    path = path.replace("{team}", find("team").uuid)
    # Tokens are looked up again from time to time.
    administrator = find_principal(core.database, "admin@example.org")
    monkeypatch.setattr(Principals, "of_token", lambda *_: administrator)
    counts = []
    for limit in (1, 200):
        with statements_of(core.database) as statements:
            found = manager.get(f"/{path}?limit={limit}")["items"]
        counts.append(len(statements))
    assert len(found) > 1
    assert counts[0] == counts[1] < 10
