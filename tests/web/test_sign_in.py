"""Signing in and out, and who gets no further."""

from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select

from contactsgroups.bootstrap import open_core
from contactsgroups.domain.attempts import FROM_STRANGER, OF_CLIENT
from contactsgroups.domain.errors import SignInBusy, Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence.models import Account
from contactsgroups.services import accounts
from contactsgroups.services.accounts import AccountDraft, tokens
from contactsgroups.services.accounts.check_slots import CheckSlots
from contactsgroups.web.app import create_app
from tests.web.forms import Visitor
from tests.web.sample import PASSWORD


def test_a_person_is_led_back_to_where_they_wanted_to_go(visitor):
    wanted = "/admin/groups?q=team"
    answer = visitor.get(wanted)
    assert answer.status_code == 303
    answer = visitor.submit(answer.location, address="admin@example.org", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, wanted)
    assert visitor.get(wanted).status_code == 200


def test_the_address_may_be_spelled_in_any_case(visitor):
    assert visitor.sign_in("ADA@Example.ORG").status_code == 303
    assert visitor.get("/compose").status_code == 200


def test_the_language_of_the_page_is_known_for_notices(visitor, core):
    visitor.get("/language?to=de")
    visitor.sign_in("ada@example.org")
    with core.database.read() as session:
        statement = select(Account.language).where(Account.address == "ada@example.org")
        assert session.scalar(statement) == "de"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/e.example", "x"],
)
def test_nobody_is_led_to_another_site(visitor, target):
    answer = visitor.submit("/sign-in", address="ada@example.org", password=PASSWORD, next=target)
    assert answer.location == "/"


@pytest.mark.parametrize(
    ("address", "password"),
    [
        ("ada@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("bob@example.org", PASSWORD),  # An account without a password.
        ("no address", PASSWORD),
        ("", ""),
    ],
)
def test_wrong_credentials_all_get_the_same_answer(visitor, address, password):
    answer = visitor.submit("/sign-in", address=address, password=password)
    assert answer.status_code == 401
    assert "The address or the password is wrong." in answer.text
    assert visitor.get("/compose").status_code == 303


def test_the_typed_address_is_kept_and_the_password_is_not(visitor):
    answer = visitor.submit("/sign-in", address="<ada>@example.org", password="wrong-secret")
    assert "&lt;ada&gt;@example.org" in answer.text
    assert "wrong-secret" not in answer.text


def test_guessing_is_stopped_for_the_guesser_only(app, visitor):
    for number in range(FROM_STRANGER.most):
        assert visitor.sign_in("ada@example.org", f"wrong {number}").status_code == 401
    answer = visitor.sign_in("ada@example.org")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= FROM_STRANGER.seconds
    assert "Too many wrong passwords; try again in a minute." in answer.text
    assert visitor.sign_in("admin@example.org").status_code == 303
    elsewhere = Visitor(app.test_client())
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert elsewhere.sign_in("ada@example.org").status_code == 303


def test_forged_tokens_are_counted_and_good_ones_still_work(visitor, core, caplog):
    key = core.settings.read_token_secret()
    good = tokens.issue_token(core.database, key, "ada@example.org", 60)
    old = tokens.issue_token(core.database, key, "ada@example.org", -60)

    def ask(token):
        authorization = {"Authorization": f"Bearer {token}"}
        return visitor.get("/api/v1/completions?q=team", headers=authorization)

    forged = [ask(good[:-6] + f"{number:06}").status_code for number in range(OF_CLIENT.most + 1)]
    assert forged == [401] * OF_CLIENT.most + [429]
    assert ask("rubbish").status_code == 429
    assert [ask(token).status_code for token in (old, good)] == [401, 200]
    lines = [each for each in caplog.messages if each.startswith("sign-in failed")]
    assert lines == ['sign-in failed: client=127.0.0.1 account="" face=api'] * OF_CLIENT.most


def test_while_too_many_passwords_are_checked_a_client_is_told_to_come_back(visitor, monkeypatch):
    @contextmanager
    def taken(_slots, _client):
        raise SignInBusy
        yield

    monkeypatch.setattr(CheckSlots, "taken", taken)
    answer = visitor.sign_in("ada@example.org", "a guess")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


def test_signing_in_starts_a_new_session(visitor):
    """A token that somebody planted before is worth nothing afterwards."""
    planted = visitor.form_on("/sign-in").values["csrf_token"]
    visitor.sign_in("admin@example.org")
    answer = visitor.client.post("/admin/groups/new", data={"csrf_token": planted})
    assert answer.status_code == 403


def test_signing_out_ends_it(ada):
    answer = ada.submit("/compose", form="sign-out")
    assert answer.status_code == 303
    assert ada.get("/compose").status_code == 303
    assert "signed out" in ada.get("/sign-in").text


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app, ada):
    copied = ada.client.get_cookie("contactsgroups_session")
    thief = Visitor(app.test_client())
    thief.client.set_cookie(copied.key, copied.value)
    assert thief.get("/compose").status_code == 200
    ada.submit("/compose", form="sign-out")
    assert thief.get("/compose").status_code == 303
    assert thief.get("/api/v1/completions?q=team").status_code == 401


def test_the_cookie_has_another_token_after_each_sign_in_and_the_one_before_ends(app, visitor):
    cookies = []
    for page in ("/sign-in", "/compose"):
        form = {**visitor.form_on(page).values, "address": "ada@example.org", "password": PASSWORD}
        assert visitor.client.post("/sign-in", data=form).status_code == 303
        cookies.append(visitor.client.get_cookie("contactsgroups_session").value)
    thief = Visitor(app.test_client())
    thief.client.set_cookie("contactsgroups_session", cookies[0])
    assert thief.get("/compose").status_code == 303
    assert visitor.get("/compose").status_code == 200


def test_what_ends_in_one_process_has_ended_in_every_other(core, ada):
    """Two cores on one state are two processes as far as caches go."""
    with closing(open_core(core.settings)) as other:
        there = Visitor(create_app(other).test_client())
        cookie = ada.client.get_cookie("contactsgroups_session")
        there.client.set_cookie(cookie.key, cookie.value)
        assert there.get("/compose").status_code == 200
        ada.submit("/compose", form="sign-out")
        assert there.get("/compose").status_code == 303


def test_an_administrator_who_was_taken_back_has_lost_everything_at_once(app, core, find):
    visitor = Visitor(app.test_client()).take_session("admin@example.com")
    form = visitor.form_on("/admin/groups/new")
    assert (
        accounts.remove_administrator(core.database, OPERATOR, "admin@example.com", domain=None)
        is False
    )
    for page in ("groups", "groups/new", f"groups/{find('com@example.com').uuid}", "addresses"):
        assert visitor.get(f"/admin/{page}").status_code == 403, page
    values = {**form.values, "address": "new@example.com", "display_name": "New"}
    assert visitor.client.post("/admin/groups/new", data=values).status_code == 403
    assert "Find address" not in visitor.get("/compose").text


def test_while_the_database_is_away_nobody_is_signed_in_or_out(app, core, ada, monkeypatch):
    def away(*_, **__):
        raise Unavailable("the database does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(core.database.engine, "connect", away)
        patch.setattr("contactsgroups.persistence.database.Session", away)
        for url in ("/compose", "/", "/account", "/sign-in", "/api/v1/completions?q=team"):
            answer = ada.get(url)
            assert answer.status_code == 503, url
            assert ">Sign in<" not in answer.text
    assert ada.get("/compose").status_code == 200


def test_signing_out_without_the_database_says_that_it_failed(core, ada, monkeypatch):
    form = ada.form_on("/compose", "sign-out")

    def away(*_, **__):
        raise Unavailable("the database does not answer")

    with monkeypatch.context() as patch:
        patch.setattr("contactsgroups.persistence.database.Session", away)
        answer = ada.client.post(form.action or "/sign-out", data=form.values)
    assert answer.status_code == 503
    assert ada.get("/compose").status_code == 200


def test_an_account_that_is_switched_off_is_signed_out(ada, core):
    draft = AccountDraft(address="ada@example.org", display_name="Ada", active=False)
    accounts.ensure_account(core.database, OPERATOR, draft)
    assert ada.get("/compose").status_code == 303


def test_a_new_password_ends_the_sessions_of_the_old_one(ada, core):
    accounts.set_password(core.database, OPERATOR, "ada@example.org", "another horse")
    assert ada.get("/compose").status_code == 303
    ada.sign_in("ada@example.org", "another horse")
    assert ada.get("/compose").status_code == 200


def test_a_session_is_not_handed_on_to_a_new_account_of_the_same_address(ada, core):
    accounts.remove_account(core.database, OPERATOR, "ada@example.org")
    draft = AccountDraft(address="ada@example.org", display_name="Another Ada")
    accounts.ensure_account(core.database, OPERATOR, draft)
    accounts.set_password(core.database, OPERATOR, "ada@example.org", "correct horse")
    assert ada.get("/compose").status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor):
    cookie = visitor.sign_in("ada@example.org").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_pages_of_administrators_are_closed_to_others(ada, find):
    """Ada owns a team, but not this group."""
    sales = find("sales").uuid
    for page in ("groups", "groups/new", f"groups/{sales}", f"groups/{sales}/members", "addresses"):
        answer = ada.get(f"/admin/{page}")
        assert answer.status_code == 403, page
        assert "does not administer" in answer.text or "may not" in answer.text, page


def test_an_administrator_of_one_domain_sees_that_one_only(app, find):
    """Of a hidden group of another one not even that it exists."""
    visitor = Visitor(app.test_client())
    visitor.sign_in("admin@example.com")
    html = visitor.get("/admin/groups").text
    assert "com@example.com" in html
    assert "team@example.org" not in html
    team = find("team").uuid
    for page in ("", "/members", "/recipients", "/delete"):
        assert visitor.get(f"/admin/groups/{team}{page}").status_code == 404


def test_a_form_sent_after_the_session_ended_is_not_lost(admin, find):
    """Sign in in another window, go back, save: the form is shown again with what was typed."""
    url = f"/admin/groups/{find('team').uuid}"
    form = admin.form_on(url)
    admin.submit("/admin/groups", form="sign-out")
    answer = admin.client.post(url, data={**form.values, "display_name": "Typed long ago"})
    assert answer.status_code == 401
    assert "go back" in answer.text
    admin.sign_in("admin@example.org")
    answer = admin.client.post(url, data={**form.values, "display_name": "Typed long ago"})
    assert answer.status_code == 403
    assert "Typed long ago" in answer.text
    assert find("team").settings.display_name == "Team Blue"


@contextmanager
def after_replacing_the_secret_key(core, former, cookie):
    """The application after a restart, and the same browser."""
    settings = replace(core.settings, secret_key="n" * 40, former_secret_key=former)
    with closing(open_core(settings)) as restarted:
        visitor = Visitor(create_app(restarted).test_client())
        visitor.client.set_cookie(cookie.key, cookie.value)
        yield visitor


def test_a_new_secret_key_beside_the_former_one_signs_nobody_out(core, ada):
    secret = core.settings.read_token_secret()
    token = tokens.issue_token(core.database, secret, "ada@example.org", 60)
    form = ada.form_on("/compose", "to").values
    cookie = ada.client.get_cookie("contactsgroups_session")
    with after_replacing_the_secret_key(core, core.settings.secret_key, cookie) as visitor:
        assert visitor.get("/compose").status_code == 200
        assert visitor.client.post("/compose", data=form).status_code == 200
        bearer = {"Authorization": f"Bearer {token}"}
        assert visitor.get("/api/v1/completions?q=team", headers=bearer).status_code == 200
        visitor.submit("/compose", form="sign-out")
        visitor.sign_in("ada@example.org")
        renewed = visitor.client.get_cookie("contactsgroups_session")
    with after_replacing_the_secret_key(core, "", renewed) as visitor:
        assert visitor.get("/compose").status_code == 200
        assert visitor.get("/api/v1/completions?q=team", headers=bearer).status_code == 401


def test_without_the_former_secret_key_everybody_signs_in_again(core, ada):
    ada.get("/compose")
    cookie = ada.client.get_cookie("contactsgroups_session")
    with after_replacing_the_secret_key(core, "", cookie) as visitor:
        assert visitor.get("/compose").status_code == 303
        assert visitor.sign_in("ada@example.org").status_code == 303
        assert visitor.get("/compose").status_code == 200
