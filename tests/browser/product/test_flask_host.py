"""The recipe for Flask (docs/embedding.md) in Chromium, in a host with the usual extensions."""

import shutil
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.completion.usage import list_usage
from tests.documents import blocks_of
from tests.servers.web import served
from tests.web.flask_host import close, mounted

FORGED = """<!doctype html><title>Elsewhere</title>
<form method="post" action="{url}/groups/compose"><input name="to" value="team@example.org">
<button>Win</button></form>"""


@pytest.fixture
def host(filled_state, tmp_path, monkeypatch) -> Iterator[Flask]:
    state = tmp_path / "state"
    shutil.copytree(filled_state, state)
    monkeypatch.setenv("CONTACTSGROUPS_STATE", str(state))
    names = mounted()
    yield names["app"]
    close(names)


@pytest.fixture
def site(host) -> Iterator[str]:
    """The host's URL; the page's fixture closes the browser before it stops."""
    with served(host) as url:
        yield url


@pytest.fixture
def compose(page: Page, site) -> Page:
    """The host's compose page, of a user whom the host has signed in."""
    # Not as a page: its icon would be asked for while the next page is, and this host's session, a
    # cookie that each request changes, would be what the later answer says.
    page.request.get(f"{site}/login/1")
    page.goto(f"{site}/compose")
    page.locator("#to[role=combobox]").wait_for()
    return page


@pytest.fixture
def expected_errors() -> list[str]:
    return ["favicon.ico"]


def test_the_field_suggests_on_the_hosts_page(compose):
    compose.locator("#to").fill("team")
    expect(compose.get_by_role("option").filter(has_text="team@example.org")).to_be_visible()


def test_the_hosts_page_tells_whom_was_written_to(compose, host):
    (script,) = blocks_of("embedding.md", "Flask", "js")
    compose.evaluate(f"async () => {{ {script} }}")
    database = host.extensions["contactsgroups"].core.database
    ada = find_principal(database, "ada@example.org")
    assert [each.address for each in list_usage(database, ada)] == ["sales@example.org"]


def test_our_pages_work_under_the_hosts_policy(compose, site):
    compose.goto(f"{site}/groups/compose")
    compose.locator("#to").fill("team@example.org")
    compose.get_by_role("button", name="Check").click()
    expect(compose.get_by_text("team@example.org").first).to_be_visible()


def test_a_form_of_another_origin_is_refused_although_the_cookie_is_sent(
    compose, site, expected_errors
):
    """Another port of the same machine is the same site, so the browser sends the cookie."""
    expected_errors.append("403")
    elsewhere = Flask("elsewhere")
    elsewhere.add_url_rule("/", view_func=lambda: FORGED.format(url=site))
    with served(elsewhere) as url:
        compose.goto(url)
        with compose.expect_response("**/groups/compose") as answer:
            compose.get_by_role("button", name="Win").click()
        compose.wait_for_load_state()
    assert answer.value.status == 403
    assert "host_session" in answer.value.request.all_headers()["cookie"]
