"""A Flask application with the usual extensions: what it has of us, and that it stays as it is."""

import re
import time
from collections.abc import Iterator
from functools import wraps
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from contactsgroups.services.accounts import tokens
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.completion.usage import list_usage
from tests.documents import blocks_of
from tests.web.flask_host import close, finish, make_host, mount, mounted
from tests.web.forms import Form, read_forms

USED = "/groups/api/v1/completions/used"
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
ADA, NOBODY = 1, 2
REQUESTS: list[dict[str, Any]] = [
    {"path": "/"},
    {"path": "/mine"},
    {"path": f"/login/{ADA}"},
    {"path": "/"},
    {"path": "/mine"},
    {"path": "/json"},
    {"path": "/json", "method": "POST", "json": {"a": [1]}},
    {"path": "/rename", "method": "POST", "data": {"name": "x"}},
    {"path": "/rename", "method": "POST", "data": {"name": "x", "csrf_token": "wrong"}},
    {"path": "/rename"},
    {"path": "/nothing"},
    {"path": "/fault"},
    {"path": "/", "method": "OPTIONS"},
    *({"path": "/mine"} for _ in range(5)),
]
"""Everything that the host answers in a way of its own, until its limits are reached."""


@pytest.fixture
def state(core, monkeypatch):
    """The state directory that the recipe finds in the environment."""
    monkeypatch.setenv("CONTACTSGROUPS_STATE", str(core.settings.state))
    return core.settings.state


@pytest.fixture(params=["last", "first"])
def names(request, state) -> Iterator[dict[str, Any]]:
    """The names in the module of a host that has us, as its last extension or its first."""
    names = mounted() if request.param == "last" else finish(make_host(mount))
    yield names
    close(names)


@pytest.fixture
def host(names) -> Flask:
    return names["app"]


@pytest.fixture
def database(host):
    return host.extensions["contactsgroups"].core.database


@pytest.fixture
def ada(host):
    """A client that the host has signed in."""
    client = host.test_client()
    client.get(f"/login/{ADA}")
    return client


def form_on(client, url: str) -> Form:
    *_, form = read_forms(client.get(url).text)
    return form


def answers(app: Flask, beside=lambda: None) -> list[Any]:
    """All that a browser gets to see of the host, octet by octet."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["csrf_token"] = "0" * 40  # Otherwise it is random.
    seen = []
    for each in REQUESTS:
        beside()
        answer = client.open(**each, headers={"User-Agent": "Firefox"})
        seen.append((answer.status, list(answer.headers), answer.data))
    return seen


@pytest.fixture
def still(monkeypatch) -> None:
    """No time goes by, and nothing is random, in what the host's extensions write."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    monkeypatch.setattr("flask_talisman.talisman.get_random_string", lambda length: "n" * length)


def test_nothing_of_the_host_changes(state, still):
    """Neither by our being there, nor by what visitors do at our place meanwhile."""
    alone, names = make_host(), mounted()
    expected = answers(alone["app"])
    app = names["app"]
    other = app.test_client()
    found = answers(app, beside=lambda: other.get("/groups/compose"))
    close(alone)
    close(names)
    assert {status[:3] for status, _, _ in expected} >= {"200", "400", "401", "404", "405", "429"}
    assert found == expected


def test_the_hosts_tables_and_our_tables_do_not_know_each_other(names):
    from contactsgroups.persistence.models import Base

    assert not set(names["db"].metadata.tables) & set(Base.metadata.tables)


def test_the_hosts_account_is_signed_in_here(ada):
    assert "ada@example.org" in ada.get("/groups/compose").text
    assert ada.get("/groups/api/v1/completions?q=team").json["completions"]


def test_a_user_without_an_account_is_not(host):
    client = host.test_client()
    client.get(f"/login/{NOBODY}")
    assert client.get("/groups/compose").status_code == 401


def test_our_pages_look_as_they_do_alone(ada, app, visitor):
    """The host's filters, delimiters, names and JSON do not reach them."""
    alone = visitor.take_session("ada@example.org").get("/compose")
    inside = ada.get("/groups/compose")
    assert [form.values.keys() for form in read_forms(inside.text)] == [
        form.values.keys() for form in read_forms(alone.text) if "sign-out" not in form.action
    ]
    for strange in ("{{", "[[", "capital ", "/host/elsewhere", "the host"):
        assert strange not in inside.text
    assert ada.get("/groups/api/v1/completions/learning").json == {"enabled": True}


def test_our_forms_are_taken_where_the_host_checks_its_own(ada):
    form = form_on(ada, "/groups/compose")
    answer = ada.post("/groups/compose", data={**form.values, "to": "team@example.org"})
    assert (answer.status_code, "team@example.org" in answer.text) == (200, True)


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}])
def test_no_other_site_can_post_anything_of_ours(host, ada, headers):
    """The browser sends the host's cookies along, and a form cannot have the token."""
    rules = [
        rule
        for rule in host.url_map.iter_rules()
        if rule.endpoint.startswith("contactsgroups.") and CHANGING & (rule.methods or set())
    ]
    assert len(rules) > 10
    token, reached = host_token(ada), []
    for rule in rules:
        host.view_functions[rule.endpoint] = noting(host.view_functions[rule.endpoint], reached)
        values = {name: "owners" if name == "role" else str(UUID(int=0)) for name in rule.arguments}
        url = host.url_map.bind("localhost").build(rule.endpoint, values)
        for method in sorted(CHANGING & (rule.methods or set())):
            for form in ({}, {"csrf_token": token}):
                answer = ada.open(url, method=method, data=form, headers=headers)
                assert answer.status_code in {303, 403, 404}, (method, url)
    assert reached == []


def noting(view: Any, reached: list[str]) -> Any:
    @wraps(view)
    def note(**_: Any) -> str:
        reached.append(view.__name__)
        return ""

    return note


def host_token(client) -> str:
    return str(form_on(client, "/").values["csrf_token"])


def test_the_hosts_forms_are_still_refused_without_its_token(ada):
    assert ada.post("/rename", data={"name": "x"}).status_code == 400
    data = {"name": "x", "csrf_token": host_token(ada)}
    assert ada.post("/rename", data=data).text == "x"


def test_usage_is_recorded_from_a_page_with_the_form_token(ada, database):
    page = ada.get("/compose").text
    (token,) = re.findall(r'name="groups-form-token" content="([^"]+)"', page)
    body = {"recipients": [{"address": "zoe@example.net"}]}
    assert ada.post(USED, json=body).status_code == 403
    assert ada.post(USED, json=body, headers={"X-CSRF-Token": token}).status_code == 204
    assert [each.address for each in list_usage(database, principal_of(database))] == [
        "zoe@example.net"
    ]


def principal_of(database):
    principal = find_principal(database, "ada@example.org")
    assert principal is not None
    return principal


def test_usage_is_recorded_by_the_host_itself(names, database):
    _, after, _ = blocks_of("embedding.md", "Flask", "python")
    exec(after, names | {"principal": principal_of(database)})  # noqa: S102
    assert list_usage(database, principal_of(database))


def test_a_bearer_token_needs_no_form_token(host, database):
    settings = host.extensions["contactsgroups"].core.settings
    secret = settings.read_token_secret()
    token = tokens.issue_token(database, secret, "ada@example.org", 60, may_write=True)
    body = {"recipients": [{"address": "zoe@example.net"}]}
    named = {"Authorization": f"Bearer {token}"}
    assert host.test_client().post(USED, json=body, headers=named).status_code == 204


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/groups/api/v1/completions?limit=0", 400),
        ("/groups/api/v1/completions/used", 405),
        ("/groups/static/contactsgroups/nothing.js", 404),
        ("/groups/account", 404),
        ("/groups/admin/groups", 403),
    ],
)
def test_our_errors_are_ours(ada, url, status):
    answer = ada.get(url)
    assert answer.status_code == status
    assert "the host's own page" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"), [("nothing", 404), ("groups/x/members", 404), ("audit/", 404)]
)
def test_what_the_api_does_not_have_is_a_problem_too(ada, path, status):
    answer = ada.get(f"/groups/api/v1/{path}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert "the host's own page" in ada.get("/groups/nothing").text


def test_typing_does_not_reach_the_hosts_limits(ada):
    statuses = {ada.get("/groups/api/v1/completions?q=t").status_code for _ in range(30)}
    assert statuses == {200}
    assert ada.get("/mine").status_code == 200


def test_below_a_path_all_links_are_below_it(host):
    client = Client(DispatcherMiddleware(lambda *_: [], {"/mail": host}))
    client.get(f"/mail/login/{ADA}")
    page = client.get("/mail/compose").text
    files = re.findall(r'(?:href|src)="(/mail/groups/[^"]+)"', page)
    assert len(files) == 3
    assert [client.get(each, buffered=True).status_code for each in files] == [200, 200, 200]
    *_, form = read_forms(client.get("/mail/groups/compose").text)
    assert client.post("/mail/groups/compose", data=form.values).status_code == 200


def test_our_pages_and_the_hosts_speak_their_own_languages(ada):
    ours = ada.get("/groups/compose", headers={"Accept-Language": "zh-CN"}).text
    theirs = ada.get("/").text

    assert '<html lang="zh-Hans">' in ours
    assert "<h1>写信</h1>" in ours
    assert "01.03.2026" in theirs  # as Flask-Babel writes it in German


def test_the_host_says_which_language_our_pages_speak(state):
    names = make_host()
    (language,) = blocks_of("embedding.md", "Languages", "python")
    first = blocks_of("embedding.md", "Flask", "python")[0]
    exec(first.replace(".init_app(app)", ""), names)  # noqa: S102 - our own page
    exec(language, names)  # noqa: S102
    names["groups"].init_app(names["app"])
    client = names["app"].test_client()
    client.get(f"/login/{ADA}")

    page = client.get("/groups/compose", headers={"Accept-Language": "zh-CN"}).text
    close(names)

    assert "<h1>Schreiben</h1>" in page
