"""Behind reverse proxies and below a path: links, redirects, cookies, and the client's address."""

import re

import pytest
from werkzeug.test import Client

from contactsgroups.bootstrap import open_core
from contactsgroups.serve import build_application
from contactsgroups.settings import from_mapping
from contactsgroups.web.proxies import BehindProxies
from tests.web.forms import read_forms
from tests.web.sample import PASSWORD

SITE = "https://mail.example.org"
PREFIX = "/mail/groups"
AUTH = ("admin@example.org", PASSWORD)


@pytest.fixture
def application(core):
    """The whole application, pages and CardDAV; 10.0.0.1 is a trusted proxy."""
    given = {"state": core.settings.state, "secret_key": "s" * 40, "trusted_proxies": "10.0.0.1"}
    trusting = open_core(from_mapping(given))
    yield build_application(trusting)
    trusting.close()


@pytest.fixture
def client(application):
    """A browser without a proxy."""
    return Client(application)


@pytest.fixture
def below(application):
    """A browser of https://mail.example.org, where a proxy hands on what is below a path."""

    def proxy(environ, start_response):
        assert environ["PATH_INFO"].startswith(PREFIX + "/"), environ["PATH_INFO"]
        handed_on = {
            "REMOTE_ADDR": "10.0.0.1",
            "SERVER_PORT": "8080",
            "PATH_INFO": environ["PATH_INFO"].removeprefix(PREFIX),
            "wsgi.url_scheme": "http",
            "HTTP_X_FORWARDED_PROTO": "https",
            "HTTP_X_FORWARDED_PREFIX": PREFIX,
        }
        return application({**environ, **handed_on}, start_response)

    return Below(proxy)


class Below(Client):
    def open(self, *args, **options):
        return super().open(*args, **{"base_url": SITE, "buffered": True, **options})


def sign_in(client, url="/sign-in", **more):
    form = read_forms(client.get(url, **more).text)[-1]
    data = {**form.values, "address": "admin@example.org", "password": PASSWORD}
    return client.post(form.action, data=data, **more)


def seen_by(application_environ, trusted="10.0.0.1", **environ):
    """What the application inside sees of a request."""
    seen = {}
    wrapped = BehindProxies(lambda inner, _start: seen.update(inner) or [], trusted)
    wrapped({"wsgi.url_scheme": "http", "SERVER_PORT": "8080", **environ}, lambda *_: None)
    return {name: seen.get(name) for name in application_environ}


def test_the_application_sees_the_request_as_it_was_sent():
    names = ("REMOTE_ADDR", "HTTP_HOST", "SERVER_PORT", "wsgi.url_scheme", "SCRIPT_NAME")
    seen = seen_by(
        names,
        REMOTE_ADDR="10.0.0.1",
        SCRIPT_NAME="/inner",
        HTTP_HOST="inside",
        HTTP_X_FORWARDED_FOR="192.0.2.1",
        HTTP_X_FORWARDED_HOST="mail.example.org",
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_PREFIX="/outer",
    )
    assert list(seen.values()) == ["192.0.2.1", "mail.example.org", "443", "https", "/outer/inner"]


def test_no_forwarding_header_is_left_for_the_application_to_believe():
    names = ("HTTP_X_FORWARDED_FOR", "HTTP_X_SCRIPT_NAME", "HTTP_FORWARDED", "HTTP_X_REMOTE_ADDR")
    for peer in ("10.0.0.1", "192.0.2.9"):
        given = dict.fromkeys(names, "192.0.2.1")
        assert set(seen_by(names, REMOTE_ADDR=peer, **given).values()) == {None}


def test_a_proxy_that_is_not_trusted_is_mentioned_once_in_the_log(caplog):
    wrapped = BehindProxies(lambda _environ, _start: [], "")
    for _ in range(3):
        wrapped({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "x\ny"}, lambda *_: None)
    [record] = caplog.records
    assert record.getMessage() == (
        "X-Forwarded-For of 127.0.0.1 is ignored; if this is a proxy of yours, name it in the "
        "setting trusted_proxies"
    )


def test_the_cookie_is_for_https_only_where_the_request_came_by_it(client, application):
    forwarded = {"headers": {"X-Forwarded-Proto": "https"}}
    proxy = {"environ_overrides": {"REMOTE_ADDR": "10.0.0.1"}, **forwarded}
    assert "Secure" not in sign_in(client).headers["Set-Cookie"]
    assert "Secure" not in sign_in(Client(application), **forwarded).headers["Set-Cookie"]
    assert "Secure" in Client(application).get("/sign-in", **proxy).headers["Set-Cookie"]
    https = {"base_url": "https://localhost"}
    assert "Secure" in sign_in(Client(application), **https).headers["Set-Cookie"]


def test_the_cookie_is_sent_to_our_path_only(client, below):
    cookie = sign_in(below, f"{PREFIX}/sign-in").headers["Set-Cookie"]
    assert cookie.endswith(f"Secure; HttpOnly; Path={PREFIX}; SameSite=Lax")
    assert "Path=/;" in sign_in(client).headers["Set-Cookie"]


def test_signing_in_below_a_path_leads_back_to_the_page_that_was_asked_for(below):
    wanted = f"{PREFIX}/admin/groups?q=team%26"
    asked = below.get(wanted)
    assert asked.status_code == 303
    assert asked.location.startswith(f"{PREFIX}/sign-in?next=")
    answer = sign_in(below, asked.location)
    assert (answer.status_code, answer.location) == (303, wanted)
    assert below.get(wanted).status_code == 200


def test_every_link_form_and_file_is_below_the_path(below):
    sign_in(below, f"{PREFIX}/sign-in")
    waiting, visited = [f"{PREFIX}/"], set()
    while waiting:
        path = waiting.pop()
        answer = below.get(path)
        assert answer.status_code == 200, path
        visited.add(path)
        html = re.sub(r"<pre.*?</pre>", "", answer.text, flags=re.DOTALL)  # Examples to copy.
        for name, link in re.findall(r'\b(href|src|action)="(/[^"]*)"', html):
            assert link.startswith(f"{PREFIX}/"), (path, name, link)
            target = link.partition("#")[0].partition("?")[0]
            is_page = name != "action" and not re.search("/dav/|/api/", target)
            if is_page and target not in visited and len(visited) < 40:
                waiting.append(target)
    assert {PREFIX + page for page in ("/admin/groups", "/compose")} <= visited
    assets = f"{PREFIX}/static/contactsgroups/v/"
    assert any(path.startswith(assets) and path.endswith("/pages.css") for path in visited)


def test_a_form_below_the_path_is_sent_and_answered_there(below):
    sign_in(below, f"{PREFIX}/sign-in")
    signing_out = read_forms(below.get(f"{PREFIX}/compose").text)[0]
    answer = below.post(signing_out.action, data=signing_out.values)
    assert (answer.status_code, answer.location) == (303, f"{PREFIX}/sign-in")


def test_the_start_page_names_the_address_for_contacts_apps(below):
    html = below.get(f"{PREFIX}/").text
    assert "<code>https://mail.example.org/mail/groups/dav/</code>" in html


@pytest.mark.parametrize("prefix", ["", "/mail/groups", "/ö ä"])
def test_the_well_known_address_leads_below_the_path(client, prefix):
    script_name = prefix.encode().decode("latin-1")
    answer = client.get("/.well-known/carddav", environ_overrides={"SCRIPT_NAME": script_name})
    quoted = {"": "", "/mail/groups": "/mail/groups", "/ö ä": "/%C3%B6%20%C3%A4"}[prefix]
    assert (answer.status_code, answer.location) == (301, f"{quoted}/dav/")


def test_addresses_in_carddav_are_below_the_path(below):
    body = '<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>'
    answer = below.open(f"{PREFIX}/dav/", method="PROPFIND", data=body, auth=AUTH)
    assert answer.status_code == 207
    hrefs = re.findall(r"<href>([^<]*)</href>", answer.text)
    assert hrefs == [f"{PREFIX}/dav/", f"{PREFIX}/dav/admin%40example.org/"]


def test_a_card_is_moved_under_its_public_address(below):
    book = f"{PREFIX}/dav/admin@example.org/contacts"
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u\r\nFN:U\r\nN:U;;;;\r\nEND:VCARD\r\n"
    below.open(f"{PREFIX}/dav/", method="PROPFIND", auth=AUTH)
    stored = below.put(f"{book}/a.vcf", data=card, content_type="text/vcard", auth=AUTH)
    assert stored.status_code == 201
    target = {"Destination": f"{SITE}{book}/b.vcf"}
    assert below.open(f"{book}/a.vcf", method="MOVE", headers=target, auth=AUTH).status_code == 201
