"""Headers, form tokens, and limits on what may be sent."""

import io

import pytest

from contactsgroups.web import security
from contactsgroups.web.security import CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/sign-in",
        "/compose",
        "/admin/groups",
        "/api/v1/completions?q=a",
        "/static/contactsgroups/pages.css",
        "/no-such-page",
    ],
)
def test_every_answer_carries_the_headers(visitor, url):
    headers = visitor.get(url).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Cache-Control" in headers


def test_pages_have_no_inline_scripts_and_styles(admin, find):
    team = find("team").uuid
    for page in ("groups", "groups/new", f"groups/{team}", f"groups/{team}/delete", "addresses"):
        html = admin.get(f"/admin/{page}").text
        assert "<style" not in html
        assert " style=" not in html
        assert " on" + "click" not in html
        assert html.count("<script") == html.count('<script type="module" src="/static/')


@pytest.mark.parametrize("token", [None, "", "forged", "x" * 10_000])
@pytest.mark.parametrize(
    "page",
    ["groups/new", "groups/{team}", "groups/{team}/members", "groups/{team}/members/ticked",
     "groups/{team}/members/remove-found", "groups/{team}/delete", "addresses/remove"],
)  # fmt: skip
def test_nothing_changes_without_the_form_token(admin, find, core, page, token):
    team = find("team")
    url = "/admin/" + page.format(team=team.uuid)
    data = {
        "address": "ada@example.org",
        "action": "remove",
        "member": "ada@example.org",
        "display_name": "Other",
        "members": "eve@example.org",
        "version": str(team.version),
        "password": "correct horse",
    }
    answer = admin.client.post(url, data=data if token is None else {**data, "csrf_token": token})
    assert answer.status_code == 403
    assert find("team") == team


def test_the_token_of_another_session_is_refused(admin, ada):
    theirs = ada.form_on("/compose").values["csrf_token"]
    answer = admin.client.post("/compose", data={"csrf_token": theirs, "to": "kept@example.net"})
    assert answer.status_code == 403
    assert "kept@example.net" in answer.text


def test_ten_megabytes_are_refused_with_a_clear_page(admin, find):
    team = find("team")
    url = f"/admin/groups/{team.uuid}/members"
    token = admin.form_on(url, "members").values["csrf_token"].encode()
    pasted = b"csrf_token=" + token + b"&members=" + b"a%40example.net%0D%0A" * 500_000
    answer = admin.client.post(url, data=pasted, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "3 MB" in answer.text
    assert "Nothing was changed" in answer.text
    assert find("team") == team


def test_a_text_beside_a_picture_is_limited_too(admin, find, monkeypatch):
    monkeypatch.setattr(security, "TEXT_LIMIT", 5000)
    team = find("team")
    files = {"picture": (io.BytesIO(b"x"), "x.png"), "description": "x" * 5001}
    answer = admin.submit(f"/admin/groups/{team.uuid}", files=files)
    assert answer.status_code == 413
    assert find("team") == team


@pytest.mark.parametrize(
    ("data", "type_"),
    [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"no boundary", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"&" * 100_000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_broken_body_is_refused(admin, data, type_):
    answer = admin.client.post("/admin/groups/new", data=data, content_type=type_)
    assert answer.status_code in {400, 403}


def test_the_body_of_a_request_that_only_reads_is_not_read(visitor):
    body = io.BytesIO(b"address=ada%40example.org&padding=" + b"x" * security.TEXT_LIMIT)
    answer = visitor.client.get(
        "/sign-in", input_stream=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    assert "ada@example.org" not in answer.text
    assert body.tell() == 0


@pytest.mark.parametrize(
    "query", ["%00", "%ff", "%ED%A0%80", "a" * 20_000, "%0d%0aX-Evil:1", "%25%5f"]
)
def test_strange_parameters_find_nothing_and_break_nothing(admin, query):
    for url in ("/admin/groups?q={}", "/admin/groups?after={}", "/admin/addresses?address={}"):
        assert admin.get(url.format(query)).status_code in {200, 422}


def test_what_people_typed_is_never_markup(admin, core, find):
    evil = "<script>alert(1)</script>"
    admin.submit(
        "/admin/groups/new",
        address="evil@example.org",
        display_name=evil,
        description=evil,
        members="ada@example.org",
    )
    group = find("evil")
    assert group.settings.display_name == evil
    for page in ("", "/members", "/delivery", "/delete"):
        assert evil not in admin.get(f"/admin/groups/{group.uuid}{page}").text
    assert evil not in admin.get(f"/admin/groups?q={evil}").text


def test_an_unreachable_database_is_a_clear_503(core, admin):
    path = core.settings.state / "contactsgroups.sqlite"
    core.database.engine.dispose()
    path.rename(path.with_name("elsewhere"))
    path.mkdir()
    core.database.commit_signal.notify()  # Otherwise what was known a moment ago may still count.
    for url in ("/admin/groups", "/compose"):
        answer = admin.get(url)
        assert answer.status_code == 503, url
        assert answer.headers["Retry-After"]
        assert "database" in answer.text
    assert admin.get("/api/v1/completions?q=a").mimetype == "application/problem+json"


def test_the_health_check_answers(visitor):
    answer = visitor.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["Cache-Control"] == "no-store"
