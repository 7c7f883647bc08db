"""The table from errors to HTTP status codes."""

import json
import re

import pytest
from werkzeug.exceptions import Forbidden

from contactsgroups.domain import errors
from contactsgroups.services.accounts.tokens import issue_token
from contactsgroups.settings import InvalidSettings
from contactsgroups.web.app import create_app
from contactsgroups.web.errors import STATUS_OF, problem, status_of
from tests.error_classes import error_classes
from tests.servers import away

NOBODY = "00000000-0000-0000-0000-000000000000"


def test_every_class_of_the_tree_has_a_row():
    assert set(error_classes(errors.__name__)) == set(STATUS_OF)


def test_a_class_from_elsewhere_counts_as_the_nearest_above_it():
    assert status_of(InvalidSettings(["host: wrong"])) == 422


def test_a_problem_names_the_field(app):
    with app.test_request_context("/api/v1/completions"):
        answer = problem(errors.InvalidInput("too long", field="q"))
    assert answer.mimetype == "application/problem+json"
    assert json.loads(answer.get_data()) == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "too long",
        "field": "q",
        "errors": [{"field": "q", "detail": "too long"}],
    }


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/nothing/here", 404),
        ("GET", "/admin/groups/not-a-uuid", 404),
        ("GET", "/admin/groups/00000000-0000-0000-0000-000000000000", 404),
        ("DELETE", "/admin/groups", 405),
    ],
)
def test_other_errors_are_pages_too(admin, method, url, status):
    form_token = admin.form_on("/compose").values["csrf_token"]
    answer = admin.client.open(url, method=method, data={"csrf_token": form_token})
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert "Start page" in answer.text


def links(html: str) -> set[str]:
    """What the bars of a page link to."""
    bars = re.findall(r"<nav.*?</nav>", html, re.DOTALL)
    return set(re.findall(r'href="([^"]*)"', "".join(bars)))


@pytest.mark.parametrize("url", ["/nothing/here", f"/groups/{NOBODY}", f"/admin/groups/{NOBODY}"])
def test_a_page_that_is_not_there_has_the_links_of_who_is_signed_in(admin, ada, visitor, url):
    own = {"/compose", "/groups", "/mailed"}
    assert own <= links(ada.get(url).text)
    assert "/admin/groups" not in links(ada.get(url).text)
    assert own | {"/admin/groups"} <= links(admin.get(url).text)
    assert "admin@example.org" in admin.get(url).text
    stranger = visitor.get(url, follow_redirects=True).text
    assert not own & links(stranger)


def test_a_refused_form_has_the_links_of_who_is_signed_in(ada):
    token = ada.form_on("/mailed").values["csrf_token"]
    for status, answer in (
        (403, ada.client.post("/mailed/learning", data={"csrf_token": "old"})),
        (403, ada.get("/admin/groups")),
        (405, ada.client.delete("/mailed", data={"csrf_token": token})),
    ):
        assert answer.status_code == status
        assert "/groups" in links(answer.text)
        assert "/admin/groups" not in links(answer.text)


@pytest.mark.parametrize("database_url", away.URLS)
def test_a_page_that_is_not_there_needs_no_database(core, admin, monkeypatch, database_url):
    admin.get("/compose")
    with away.taken_away(core.database, database_url, monkeypatch):
        answer = admin.get("/nothing/here")
    assert answer.status_code == 404
    assert links(answer.text) == set()
    assert "Start page" in answer.text
    assert "Sign in" not in answer.text  # Who is not known is not signed out.


def test_what_fails_while_somebody_is_identified_is_asked_once_more_at_most(core):
    asked = []

    def identify(request):
        asked.append(request.path)
        raise Forbidden("the gate is shut")

    client = create_app(core, identify=identify).test_client()
    answer = client.get("/compose")
    assert (answer.status_code, "the gate is shut" in answer.text.lower()) == (403, True)
    assert len(asked) == 2


@pytest.mark.parametrize(
    "url", ["/api/v1/nothing", "/api/v2/completions", "/api/v1/groups/x/members"]
)
def test_other_errors_of_the_api_are_problems(admin, url):
    answer = admin.get(url)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == 404


def test_a_fault_of_ours_is_a_page_without_details(app, admin, monkeypatch):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setitem(app.view_functions, "contactsgroups.groups.show_all", lambda: 1 / 0)
    answer = admin.get("/admin/groups")
    assert answer.status_code == 500
    assert "division" not in answer.text


@pytest.mark.parametrize("database_url", away.URLS)
def test_strangers_do_not_read_where_the_database_is_but_the_log_does(
    app, core, visitor, ada, admin, monkeypatch, caplog, database_url
):
    token = issue_token(core.database, core.settings.read_token_secret(), "ada@example.org", 60)
    sign_in = visitor.form_on("/sign-in").values | {"address": "x@example.org", "password": "x"}
    bearer = {"Authorization": f"Bearer {token}"}
    picture = "/api/v1/groups/00000000-0000-0000-0000-000000000000/picture.png?v=1"
    with away.taken_away(core.database, database_url, monkeypatch):
        answers = [
            visitor.get(picture),
            visitor.client.post("/sign-in", data=sign_in),
            ada.get("/compose"),
            admin.get("/admin/groups"),
            admin.get("/admin/addresses?address=x@example.org"),
            visitor.get("/api/v1/completions?q=a", headers=bearer),
            visitor.get("/api/v1/completions/learning", headers=bearer),
        ]
    for answer in answers:
        assert answer.status_code == 503, answer.request.path
        assert "he database does not answer" in answer.text  # On a page it begins a sentence.
        away.assert_nothing_is_told(answer.text + str(answer.headers))
    assert away.DETAIL in caplog.text


@pytest.mark.parametrize("database_url", away.URLS)
def test_the_health_check_tells_strangers_only_whether_all_is_well(
    core, visitor, monkeypatch, caplog, database_url
):
    well = visitor.get("/healthz")
    assert (well.status_code, well.text) == (200, "ok\n")
    with away.taken_away(core.database, database_url, monkeypatch):
        ill = visitor.get("/healthz")
    assert (ill.status_code, ill.text) == (503, "not ok\n")
    assert away.DETAIL in caplog.text
