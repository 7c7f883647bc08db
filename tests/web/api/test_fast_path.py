"""The fast path gives Flask's own answers, and leaves to Flask what it does not know."""

import shutil

import pytest

from contactsgroups.bootstrap import open_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from contactsgroups.services.accounts import tokens
from contactsgroups.settings import from_mapping
from contactsgroups.web.app import create_app
from tests.directories import add_account

COMPLETIONS = "/api/v1/completions"
ORIGIN = "https://webmail.example.com"


@pytest.fixture
def core(filled_state, tmp_path):
    state = tmp_path / "state"
    shutil.copytree(filled_state, state)
    values = {"state": state, "secret_key": "s" * 40, "cors_origins": ORIGIN}
    core = open_core(from_mapping({**values, "completion_rate": 1}))
    yield core
    core.close()


@pytest.fixture
def token(core):
    secret = core.settings.read_token_secret()
    return tokens.issue_token(core.database, secret, "ada@example.org", 60)


@pytest.fixture
def flask_alone(core):
    flask_alone = create_app(core)
    flask_alone.wsgi_app = flask_alone.wsgi_app._application
    return flask_alone


@pytest.fixture
def ask(app, flask_alone, token):
    """Ask by the fast path, or by Flask alone."""

    def ask(query, *, fast=True, token=token, **headers):
        client = (app if fast else flask_alone).test_client()
        named = {"Authorization": f"Bearer {token}", **headers}
        return client.get(f"{COMPLETIONS}?{query}", headers=named)

    return ask


@pytest.mark.parametrize(
    "query",
    [
        "q=team",
        "q=team&limit=1",
        "q=a&kinds=account,group",
        "q=%C3%BC%00%FF",
        "q=",
        "",
        "q=bob&q=ada",
        "q=" + "x" * 10_000,
        "limit=0",
        "limit=nine",
        "kinds=list",
    ],
)
def test_both_paths_give_the_same_answer(ask, query):
    fast, slow = ask(query, Origin=ORIGIN), ask(query, fast=False, Origin=ORIGIN)
    assert fast.status_code == slow.status_code
    assert fast.data == slow.data
    assert dict(fast.headers) == dict(slow.headers)


@pytest.mark.parametrize("octets", ["bö".encode(), b"b\xf6", b"ada&q=%\xc3\xbc"])
def test_raw_octets_mean_the_same_on_both_paths(app, flask_alone, token, octets):
    asked = {"QUERY_STRING": "q=" + octets.decode("latin-1")}

    fast, slow = (
        each.test_client().get(
            COMPLETIONS, headers={"Authorization": f"Bearer {token}"}, environ_overrides=asked
        )
        for each in (app, flask_alone)
    )

    assert (fast.status_code, fast.data) == (slow.status_code, slow.data)
    if fast.status_code == 200:
        assert fast.json["query"] == octets.decode().partition("&")[0]


def test_flask_is_not_asked_where_the_token_is_good(app, ask, monkeypatch):
    monkeypatch.setattr(app.wsgi_app, "_application", None)
    assert ask("q=team").status_code == 200


@pytest.mark.parametrize("fast", [True, False])
def test_a_known_answer_is_not_sent_again(ask, fast):
    first = ask("q=team", fast=fast)
    known = {"If-None-Match": first.headers["ETag"]}
    again = ask("q=team", fast=fast, **known)
    assert (again.status_code, again.data) == (304, b"")
    of_body = {"Content-Type", "Content-Length"}
    assert dict(again.headers) == {k: v for k, v in first.headers.items() if k not in of_body}
    assert ask("q=bob", fast=fast, **known).status_code == 200


def test_head_has_the_headers_alone(app, ask, token):
    head = app.test_client().head(
        f"{COMPLETIONS}?q=team", headers={"Authorization": f"bearer  {token}"}
    )
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(ask("q=team").headers)


@pytest.mark.parametrize("token", ["", "rubbish", "a.b.c"])
def test_a_bad_token_is_nobody(ask, token):
    answer = ask("q=team", token=token)
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_a_token_ends_with_its_account_at_once(ask, core):
    assert ask("q=team").status_code == 200
    add_account(core.database, "ada@example.org", active=False)
    assert ask("q=team").status_code == 401
    accounts.remove_account(core.database, OPERATOR, "ada@example.org")
    assert ask("q=team").status_code == 401


def test_who_asks_too_often_is_told_to_wait(ask):
    statuses = [ask("q=team").status_code for _ in range(40)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert int(ask("q=team").headers["Retry-After"]) >= 1


def test_only_listed_origins_may_read_the_answer(ask, app):
    assert ask("q=team", Origin=ORIGIN).headers["Access-Control-Allow-Origin"] == ORIGIN
    stranger = ask("q=team", Origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in stranger.headers
    preflight = app.test_client().options(COMPLETIONS, headers={"Origin": ORIGIN})
    assert preflight.status_code == 200
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in preflight.headers
