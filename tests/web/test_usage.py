"""What autocomplete learns: recorded by the host, shown to its owner, forgotten on request."""

import pytest

from contactsgroups.services.accounts import identity

COMPLETIONS = "/api/v1/completions"
KIM = {"recipients": [{"address": "kim@elsewhere.example", "name": "Kim Possible"}]}


@pytest.fixture
def bearer(app, core):
    """Ask the API as Ada, with a token that may write or not."""

    def ask(method, path, *, may_write=True, **arguments):
        secret = core.settings.read_token_key()
        token = identity.issue_token(
            core.database, secret, "ada@example.org", 60, may_write=may_write
        )
        headers = {"Authorization": f"Bearer {token}"}
        return app.test_client().open(path, method=method, headers=headers, **arguments)

    return ask


def suggested(bearer, query):
    answer = bearer("GET", f"{COMPLETIONS}?q={query}")
    return [each["address"] for each in answer.json["completions"]]


def test_who_was_mailed_is_suggested_until_forgotten(bearer):
    assert suggested(bearer, "possible") == []
    assert bearer("POST", f"{COMPLETIONS}/used", json=KIM).status_code == 204
    assert suggested(bearer, "possible") == ["kim@elsewhere.example"]
    path = f"{COMPLETIONS}/used?address=kim@elsewhere.example"
    assert bearer("DELETE", path).status_code == 204
    assert suggested(bearer, "possible") == []
    bearer("POST", f"{COMPLETIONS}/used", json=KIM)
    assert bearer("DELETE", f"{COMPLETIONS}/used").status_code == 204
    assert suggested(bearer, "possible") == []


def test_learning_is_switched_off_and_on(bearer):
    path = f"{COMPLETIONS}/learning"
    assert bearer("GET", path).json == {"enabled": True}
    assert bearer("PUT", path, json={"enabled": False}).status_code == 204
    assert bearer("GET", path).json == {"enabled": False}
    bearer("POST", f"{COMPLETIONS}/used", json=KIM)
    assert bearer("PUT", path, json={"enabled": True}).status_code == 204
    assert suggested(bearer, "possible") == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "used", KIM), ("DELETE", "used", None), ("PUT", "learning", {"enabled": False})],
)
def test_a_token_for_a_browser_changes_nothing(bearer, method, path, body):
    answer = bearer(method, f"{COMPLETIONS}/{path}", may_write=False, json=body)
    assert answer.status_code == 403
    assert "only read" in answer.json["detail"]


def test_a_misspelt_parameter_forgets_nothing(bearer):
    bearer("POST", f"{COMPLETIONS}/used", json={"recipients": [{"address": "kim@else.example"}]})
    assert bearer("DELETE", f"{COMPLETIONS}/used?addres5=kim@else.example").status_code == 400
    assert len(bearer("GET", f"{COMPLETIONS}?q=kim").json["completions"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"recipients": "kim@elsewhere.example"},
        {"recipients": ["kim@elsewhere.example"]},
        {"recipients": [{"address": 7}]},
        {"recipients": [{"address": "kim", "name": "Kim"}]},
        {"recipients": [{"address": "kim@elsewhere.example"}] * 1001},
    ],
)
def test_a_faulty_record_is_refused_as_a_whole(bearer, body):
    answer = bearer("POST", f"{COMPLETIONS}/used", json=body)
    assert answer.status_code in {400, 422}
    assert answer.mimetype == "application/problem+json"
    assert suggested(bearer, "kim") == []


def test_nobody_is_recorded_without_a_token_or_a_form_token(app, ada):
    assert app.test_client().post(f"{COMPLETIONS}/used", json=KIM).status_code in {401, 403}
    assert ada.client.post(f"{COMPLETIONS}/used", json=KIM).status_code == 403


def test_the_page_shows_forgets_and_switches_without_javascript(bearer, ada):
    assert "Nothing is learned yet" in ada.get("/mailed").text
    bearer("POST", f"{COMPLETIONS}/used", json=KIM)
    assert "Kim Possible" in ada.get("/mailed").text
    answer = ada.submit("/mailed", form="/mailed/remove")
    assert answer.status_code == 303
    assert "Kim Possible" not in ada.get("/mailed").text
    bearer("POST", f"{COMPLETIONS}/used", json=KIM)
    ada.submit("/mailed", form="/mailed/remove-all")
    assert "Kim Possible" not in ada.get("/mailed").text
    ada.submit("/mailed", form="/mailed/learning")
    assert "Switch it on" in ada.get("/mailed").text
