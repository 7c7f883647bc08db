"""The page of one's own account: its sessions, and how they end."""

import re
from contextlib import closing
from datetime import timedelta

from contactsgroups.bootstrap import open_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.accounts import sessions, token_keys, tokens
from contactsgroups.web.app import create_app
from tests.web.forms import Visitor, read_forms


def rows(html: str) -> list[str]:
    return re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", html, re.DOTALL)


def elsewhere(app, address: str = "ada@example.org") -> Visitor:
    return Visitor(app.test_client()).take_session(address)


def test_it_lists_ones_own_sessions_and_marks_this_one(app, ada):
    elsewhere(app)
    elsewhere(app, "admin@example.org")
    first, second = sorted(rows(ada.get("/account").text), key=lambda row: "This browser" in row)
    assert ("This browser" in first, "This browser" in second) == (False, True)
    assert "Firefox on Linux" in first
    assert "UTC" in first
    assert ("<form" in first, "<form" in second) == (True, False)


def test_a_sign_in_notes_the_browser(visitor):
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Safari/604"
    visitor.client.environ_base["HTTP_USER_AGENT"] = agent
    visitor.sign_in("ada@example.org")
    assert "Safari on iPhone" in visitor.get("/account").text


def test_another_session_is_ended(app, ada):
    other = elsewhere(app)
    answer = ada.submit("/account", form="session")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "has ended" in ada.get("/account").text
    assert other.get("/compose").status_code == 303
    assert ada.get("/compose").status_code == 200


def test_the_session_of_another_account_cannot_be_ended(app, ada):
    admin = elsewhere(app, "admin@example.org")
    third = elsewhere(app, "admin@example.org")
    forms = read_forms(admin.get("/account").text)
    theirs = next(form for form in forms if "session" in form.values)
    elsewhere(app)
    ada.submit("/account", form="session", session=theirs.values["session"])
    assert admin.get("/compose").status_code == third.get("/compose").status_code == 200


def test_all_others_end_and_so_do_tokens(app, core, ada):
    others = [elsewhere(app) for _ in range(3)]
    secret = core.settings.read_token_secret()
    token = tokens.issue_token(core.database, secret, "ada@example.org", 60)
    bearer = {"headers": {"Authorization": f"Bearer {token}"}}
    assert ada.get("/api/v1/completions?q=team", **bearer).status_code == 200
    assert ada.submit("/account", form="end-others").status_code == 303
    assert [other.get("/compose").status_code for other in others] == [303] * 3
    assert ada.get("/api/v1/completions?q=team", **bearer).status_code == 401
    assert len(rows(ada.get("/account").text)) == 1


def test_whoever_is_not_signed_in_is_asked_to(visitor):
    answer = visitor.get("/account")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/account")


def test_forms_need_their_token(ada):
    for page in ("end", "end-others"):
        assert ada.client.post(f"/account/{page}").status_code == 403


def test_what_revokes_tokens_is_seen_by_every_process_at_once(core):
    """Two cores on one state are two processes as far as caches go."""
    secret = core.settings.read_token_secret()

    def ask(client, token):
        headers = {"Authorization": f"Bearer {token}"}
        return client.get("/api/v1/completions?q=team", headers=headers).status_code

    with closing(open_core(core.settings)) as other:
        there = create_app(other).test_client()
        for revoke in (
            lambda: sessions.sign_out_everywhere(core.database, OPERATOR, "ada@example.org"),
            lambda: token_keys.rotate_token_key(core.database, OPERATOR, overlap=timedelta()),
        ):
            token = tokens.issue_token(core.database, secret, "ada@example.org", 60)
            assert ask(there, token) == 200
            revoke()
            assert ask(there, token) == 401
