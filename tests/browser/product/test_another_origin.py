"""The recipe for another origin (docs/embedding.md) in Chromium: page, script, policy, server."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, Response
from playwright.sync_api import Page, expect

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.accounts.token_keys import read_current_key, rotate_token_key
from contactsgroups.services.completion.usage import list_usage
from contactsgroups.settings import from_mapping
from contactsgroups.web.app import create_app
from tests.documents import blocks_of
from tests.servers.web import served

DIRECTORY = "https://groups.example.org"
HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail</title>'


@dataclass
class Webmail:
    """A webmail on an origin of its own, made of the page's blocks."""

    directory: str = ""
    address: str = "ada@example.org"
    names: dict[str, Any] = field(default_factory=dict)
    asked: int = 0

    def block(self, language: str, number: int = 0) -> str:
        text = blocks_of("embedding.md", "Another origin", language)[number]
        return text.replace(DIRECTORY, self.directory)

    def learn_key(self, core: Core) -> None:
        """Take what ``contactsgroups token --key`` prints."""
        key = read_current_key(core.database, core.settings.read_token_secret())
        self.names["TOKEN_KEY"] = key

    def application(self) -> Flask:
        app = Flask("webmail")
        app.add_url_rule("/", view_func=self.show)
        app.add_url_rule("/favicon.ico", view_func=lambda: Response(status=204))
        app.add_url_rule("/compose.js", view_func=self.send_script)
        app.add_url_rule("/groups-token", view_func=self.send_token, methods=["POST"])
        return app

    def show(self) -> Response:
        policy = f"default-src 'none'; {self.block('').strip()}".replace("\n", " ")
        response = Response(HEAD + self.block("html"))
        response.headers["Content-Security-Policy"] = policy
        return response

    def send_script(self) -> Response:
        return Response(self.block("js"), mimetype="text/javascript")

    def send_token(self) -> Response:
        self.asked += 1
        if not self.address:
            return Response(status=401)
        return Response(self.names["groups_token"](self.address), mimetype="text/plain")


@pytest.fixture
def webmail() -> Webmail:
    return Webmail()


@pytest.fixture
def origin(webmail) -> Iterator[str]:
    with served(webmail.application()) as url:
        yield url


@pytest.fixture
def core(filled_state, tmp_path, origin) -> Iterator[Core]:
    state = tmp_path / "state"
    shutil.copytree(filled_state, state)
    with closing(open_core(from_mapping({"state": state, "cors_origins": origin}))) as core:
        yield core


@pytest.fixture
def site(core, webmail) -> Iterator[str]:
    """The directory; the page's fixture closes the browser before it stops."""
    with served(create_app(core)) as url:
        webmail.directory = url
        webmail.learn_key(core)
        for number in (0, 1):
            exec(webmail.block("python", number), webmail.names)  # noqa: S102 - our own page
        yield url


@pytest.fixture
def compose(page: Page, site, origin) -> Page:
    page.clock.install()
    page.goto(origin)
    page.locator("#to[role=combobox]").wait_for()
    return page


def suggested(compose: Page, text: str):
    compose.locator("#to").fill(text)
    return compose.get_by_role("option").filter(has_text="team@example.org")


def test_the_field_suggests_with_tokens_of_the_webmails_server(compose, webmail):
    expect(suggested(compose, "te")).to_be_visible()
    expect(suggested(compose, "team")).to_be_visible()
    assert webmail.asked == 1


def test_after_a_401_the_next_question_has_a_new_token(compose, webmail, core, expected_errors):
    expected_errors.append("401")
    expect(suggested(compose, "te")).to_be_visible()
    rotate_token_key(core.database, OPERATOR, overlap=timedelta(0))
    webmail.learn_key(core)
    with compose.expect_response(lambda answer: answer.status == 401):
        compose.locator("#to").fill("tea")
    compose.clock.fast_forward(31_000)
    expect(suggested(compose, "team")).to_be_visible()
    assert webmail.asked == 2


def test_who_is_signed_out_of_the_webmail_can_go_on_typing(compose, webmail, expected_errors):
    expected_errors.append("401")
    webmail.address = ""
    with compose.expect_response("**/groups-token"):
        compose.locator("#to").fill("te")
    compose.locator("#to").fill("bob@example.net")
    compose.locator("#to").press("Enter")
    expect(compose.get_by_role("button", name="bob@example.net", exact=True)).to_be_visible()


def test_the_webmails_server_tells_whom_was_written_to(site, webmail, core):
    webmail.names["tell_recipients"]("ada@example.org", [{"address": "zoe@example.net"}])
    ada = find_principal(core.database, "ada@example.org")
    assert [each.address for each in list_usage(core.database, ada)] == ["zoe@example.net"]


def test_a_browsers_token_changes_nothing_and_nothing_changes_without(
    compose, webmail, expected_errors
):
    expected_errors.append("403")
    token = webmail.names["groups_token"]
    answers = [
        send_used(compose, webmail, {"Authorization": f"Bearer {token('ada@example.org', scope)}"})
        for scope in ("read", "write")
    ]
    assert [*answers, send_used(compose, webmail, {})] == [403, 204, 403]


def send_used(compose: Page, webmail: Webmail, headers: dict[str, str]) -> int:
    """Post from the webmail's page, past its preflight; the status."""
    script = """async ([url, headers]) => (await fetch(url, {
        method: 'POST', body: '{"recipients": []}',
        headers: { 'Content-Type': 'application/json', ...headers } })).status"""
    url = f"{webmail.directory}/api/v1/completions/used"
    return compose.evaluate(script, [url, headers])
