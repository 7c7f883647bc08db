"""Pages speak the chosen language, else the host's, else the browser's."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from contactsgroups.bootstrap import Core
from contactsgroups.domain.errors import InvalidInput, SeveralFaults
from contactsgroups.domain.sentence import Sentence, in_a_row
from contactsgroups.web.app import create_app
from contactsgroups.web.languages import (
    as_sentence,
    gettext,
    gettext_html,
    ngettext,
    ngettext_html,
    say,
)
from tests.web.forms import Visitor

HEADINGS = {"en": "Sign in", "de": "Anmelden", "zh-Hans": "登录"}


@pytest.fixture
def german(app: Flask) -> Iterator[None]:
    with app.test_request_context("/", headers={"Accept-Language": "de"}):
        yield


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("fr-FR,fr;q=0.9,de;q=0.5,en;q=0.4", "de"),
        ("de;q=0.1,en", "en"),
        ("de;q=0", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("", "en"),
    ],
)
def test_a_page_is_in_the_first_of_the_browsers_languages(
    app: Flask, accepted: str, tag: str
) -> None:
    page = app.test_client().get("/sign-in", headers={"Accept-Language": accepted})

    assert f'<html lang="{tag}">' in page.text
    assert f"<h1>{HEADINGS[tag]}</h1>" in page.text
    assert page.headers["Content-Language"] == tag
    assert {"Accept-Language", "Cookie"} <= {*page.vary}


def test_what_the_host_says_goes_before_the_browser(core: Core) -> None:
    app = create_app(core, language=lambda request: request.args.get("host"))
    client = app.test_client()

    page = client.get("/sign-in?host=de_AT", headers={"Accept-Language": "zh"})
    unknown = client.get("/sign-in?host=fr", headers={"Accept-Language": "zh"})
    silent = client.get("/sign-in", headers={"Accept-Language": "zh"})

    assert [each.headers["Content-Language"] for each in (page, unknown, silent)] == [
        "de",
        "zh-Hans",
        "zh-Hans",
    ]


def test_errors_speak_the_language_of_the_page_and_the_api_english(ada: Visitor) -> None:
    german = {"Accept-Language": "de"}

    page = ada.client.get("/nowhere", headers=german)
    refused = ada.client.get("/admin/accounts", headers=german)
    api = ada.client.get("/api/v1/nowhere", headers=german)

    assert "Nicht gefunden" in page.text
    assert "Diese Seite gibt es nicht." in page.text
    assert "Nicht erlaubt" in refused.text
    assert api.get_json()["title"] == "Not Found"
    assert "Content-Language" not in api.headers


def test_files_and_the_api_depend_on_no_language(app: Flask) -> None:
    answer = app.test_client().get("/static/contactsgroups/pages.css", buffered=True)

    assert "Content-Language" not in answer.headers
    assert "Accept-Language" not in answer.headers.get("Vary", "")


@pytest.mark.usefixtures("german")
def test_sentences_of_the_core_are_said_with_their_values() -> None:
    sentence = Sentence("{address} is taken.", address="a@b.example")

    assert say(sentence) == "a@b.example ist vergeben."
    assert say(InvalidInput("a group needs at least one member")).startswith("eine Gruppe")
    assert say(SeveralFaults([InvalidInput("the password is wrong"), InvalidInput("x{")])) == (
        "das Passwort ist falsch; x{"
    )
    assert say("no text of ours, {0}") == "no text of ours, {0}"
    row = in_a_row([sentence] * 5_000)
    assert say(row) == "; ".join(["a@b.example ist vergeben."] * 5_000)
    assert say("") == ""


@pytest.mark.usefixtures("german")
def test_a_sentence_within_a_sentence_is_said_too() -> None:
    inner = InvalidInput("the password is wrong")

    assert gettext("Saved {what}.", what=inner) == "das Passwort ist falsch ist gespeichert."


@pytest.mark.usefixtures("german")
def test_numbers_in_texts_are_written_as_in_the_language() -> None:
    assert ngettext("{number} group", "{number} groups", 12345) == "12.345 Gruppen"
    assert ngettext_html("%(num)s group", "%(num)s groups", 1) == "1 Gruppe"


@pytest.mark.usefixtures("german")
def test_values_in_templates_are_escaped() -> None:
    text = gettext_html("Remove %(who)s from groups", who="<b>")

    assert str(text) == "&lt;b&gt; aus Gruppen entfernen"


@pytest.mark.usefixtures("german")
def test_a_sentence_begins_with_a_capital_unless_with_what_was_typed() -> None:
    assert as_sentence("das ist so") == "Das ist so."
    assert as_sentence("ada@example.org fehlt") == "ada@example.org fehlt."
    assert as_sentence("好了。") == "好了。"


@pytest.mark.parametrize("tag", HEADINGS)
def test_the_pages_of_ordinary_people_have_one_language_only(ada: Visitor, tag: str) -> None:
    ada.client.set_cookie("contactsgroups_language", tag)
    pages = ("/", "/compose", "/mailed", "/groups", "/groups/join", "/groups/requests", "/account")

    for path in (*pages, "/groups/new", "/nowhere"):
        page = ada.client.get(path).text
        text = " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page).split())
        said = [word for word in ("Mail groups", "Mailgruppen") if word in text]
        assert said == {"en": ["Mail groups"], "de": ["Mailgruppen"], "zh-Hans": []}[tag], path
