"""The form at the foot of a page: chosen once, kept, without JavaScript."""

import re
from html import unescape

import pytest
from flask import Flask

from tests.web.forms import Visitor


def next_page(page: str) -> str:
    """Where the form at the foot leads back to."""
    foot = page[page.index('<footer class="languages">') :]
    (found,) = re.findall(r'name="next" value="([^"]*)"', foot)
    return unescape(found)


def test_a_chosen_language_stays_and_the_page_comes_back(ada: Visitor) -> None:
    page = ada.client.get("/groups/join?q=sal%26es")

    chosen = {"to": "de", "next": next_page(page.text)}
    answer = ada.client.get("/language", query_string=chosen)

    assert answer.status_code == 303
    assert answer.location == "/groups/join?q=sal%26es"
    assert '<html lang="de">' in ada.client.get(answer.location).text
    assert '<html lang="de">' in ada.client.get("/compose").text


def test_the_choice_is_kept_below_our_own_path_in_a_cookie_that_scripts_cannot_read(
    app: Flask,
) -> None:
    client = app.test_client()
    answer = client.get("/language?to=zh-Hans", base_url="http://localhost/mail")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("contactsgroups_language=zh-Hans;")
    assert {"Path=/mail/", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "", "x"]
)
def test_the_switch_leads_to_no_other_site(app: Flask, target: str) -> None:
    answer = app.test_client().get("/language", query_string={"to": "de", "next": target})

    assert answer.location == "/"


def test_a_language_that_there_is_not_changes_nothing(app: Flask) -> None:
    answer = app.test_client().get("/language?to=tlh&next=/compose")

    assert (answer.status_code, answer.location) == (303, "/compose")
    assert "Set-Cookie" not in answer.headers


def test_a_page_that_answers_a_form_leads_back_to_where_one_can_go(ada: Visitor) -> None:
    checked = ada.submit("/compose", to="no address")
    only_sent = ada.client.post("/mailed/remove", data={})

    assert next_page(checked.text) == "/compose"
    assert next_page(only_sent.text) == "/"


def test_the_present_language_is_marked(app: Flask) -> None:
    page = app.test_client().get("/sign-in").text

    assert 'lang="en" aria-current="true">English' in page
    assert page.count('aria-current="true"') == 1
