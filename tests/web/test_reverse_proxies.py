"""The recipes of docs/reverse-proxies.md, run by the real nginx in front of the real server."""

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain.attempts import OF_CLIENT
from contactsgroups.serve import build_application
from contactsgroups.settings import from_mapping
from tests.documents import blocks
from tests.servers.nginx import running_nginx
from tests.servers.web import served
from tests.web.forms import read_forms
from tests.web.sample import PASSWORD

PAGE = Path(__file__).parents[2] / "docs" / "reverse-proxies.md"
RECIPES = dict(zip(("", "/groups"), blocks(PAGE, "nginx"), strict=True))
PROPFIND = '<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>'


@dataclass
class Site:
    """A site whose product is below ``prefix``; ``browser(address)`` is one of its clients."""

    prefix: str
    url: str
    browser: Callable[[str], httpx.Client]

    def sign_in(
        self, browser: httpx.Client, address: str, password: str = PASSWORD
    ) -> httpx.Response:
        form = read_forms(browser.get(f"{self.prefix}/sign-in").text)[-1]
        data = {**form.values, "address": address, "password": password}
        return browser.post(form.action, data=data)


@pytest.fixture(params=RECIPES, ids=["at the root", "below a path"])
def site(core: Core, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The product behind nginx, as the page has it."""
    setting = re.search(r'^trusted_proxies = "(.*)"', PAGE.read_text(), re.MULTILINE)
    assert setting
    given = {"state": core.settings.state, "secret_key": "s" * 40, "trusted_proxies": setting[1]}
    trusting = open_core(from_mapping(given))
    # Nothing is forgotten while a test lasts, however busy the machine is.
    trusting.sign_in._clock = lambda: 1_000_000.0
    with ExitStack() as stack:
        stack.callback(trusting.close)
        upstream = stack.enter_context(served(build_application(trusting)))
        recipe = RECIPES[request.param]
        url, certificate = stack.enter_context(
            running_nginx(recipe, upstream.removeprefix("http://"))
        )
        context = ssl.create_default_context(cafile=str(certificate))

        def browser(address: str = "127.0.0.1") -> httpx.Client:
            transport = httpx.HTTPTransport(verify=context, local_address=address)
            return stack.enter_context(httpx.Client(base_url=url, transport=transport, timeout=30))

        yield Site(request.param, url, browser)


def test_a_person_signs_in_over_https_and_comes_back_where_they_wanted_to_go(site: Site) -> None:
    browser = site.browser("127.0.0.1")
    asked = browser.get(f"{site.prefix}/admin/groups?q=team")
    assert asked.headers["Location"].startswith(f"{site.prefix}/sign-in?next=")
    form = read_forms(browser.get(asked.headers["Location"]).text)[-1]
    data = {**form.values, "address": "admin@example.org", "password": PASSWORD}
    answer = browser.post(form.action, data=data)
    assert answer.headers["Location"] == f"{site.prefix}/admin/groups?q=team"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.endswith(f"Secure; HttpOnly; Path={site.prefix or '/'}; SameSite=Lax")
    page = browser.get(answer.headers["Location"])
    assert page.status_code == 200
    for link in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js|svg))"', page.text):
        assert browser.get(link).status_code == 200, link
    assert "application/json" in browser.get(_completions(browser, site)).headers["Content-Type"]


def test_an_address_book_client_finds_its_way_from_the_name_of_the_site(site: Site) -> None:
    browser = site.browser("127.0.0.1")
    found = browser.get("/.well-known/carddav")
    assert found.status_code == 301
    root = found.headers["Location"].removeprefix(site.url)
    assert root == f"{site.prefix}/dav/"
    auth = ("admin@example.org", PASSWORD)
    answer = browser.request("PROPFIND", root, content=PROPFIND, auth=auth)
    assert f"<href>{root}admin%40example.org/</href>" in answer.text
    book = f"{root}admin%40example.org/contacts/"
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u\r\nFN:U\r\nN:U;;;;\r\nEND:VCARD\r\n"
    stored = browser.put(f"{book}é.vcf", content=card, auth=auth)
    assert stored.status_code == 201
    to = {"Destination": f"{site.url}{book}b.vcf"}
    assert browser.request("MOVE", f"{book}é.vcf", headers=to, auth=auth).status_code == 201


def test_what_a_client_says_of_itself_does_not_get_through(site: Site) -> None:
    browser = site.browser("127.0.0.1")
    forged = {
        "Forwarded": "for=192.0.2.7;host=evil.example;proto=http",
        "X-Forwarded-For": "192.0.2.7",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Prefix": "/evil",
    }
    page = browser.get(f"{site.prefix}/sign-in", headers=forged)
    assert "evil" not in page.text
    assert "Secure" in page.headers["Set-Cookie"]


def test_who_guesses_behind_the_proxy_locks_nobody_else_out(site: Site) -> None:
    guesser, other = site.browser("127.0.0.2"), site.browser("127.0.0.3")
    statuses = [
        site.sign_in(guesser, f"a{number}@example.org", "a guess").status_code
        for number in range(OF_CLIENT.most)
    ]
    assert statuses == [401] * OF_CLIENT.most
    forged = {"X-Forwarded-For": "127.0.0.3", "Forwarded": "for=127.0.0.3"}
    guesser.headers.update(forged)
    assert site.sign_in(guesser, "admin@example.org").status_code == 429
    assert site.sign_in(other, "admin@example.org").status_code == 303


def test_the_page_tells_where_the_product_is(site: Site) -> None:
    html = site.browser("127.0.0.1").get(f"{site.prefix}/").text
    assert f"<code>{site.url}{site.prefix}/dav/</code>" in html


def _completions(browser: httpx.Client, site: Site) -> str:
    [source] = set(
        re.findall(r' src="([^"]*completions)"', browser.get(f"{site.prefix}/compose").text)
    )
    return f"{source}?q=team"
