"""No input is a fault of ours: every route, method and role, with what no page would send."""

import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.accounts.tokens import issue_token
from contactsgroups.settings import from_mapping
from contactsgroups.web.app import create_app
from tests.web.forms import Visitor, read_forms
from tests.web.odd_values import (
    CONTENT_TYPES,
    HEADER_VALUES,
    HEADERS,
    JSON_BODIES,
    OCTETS,
    TEXTS,
    TOKENS,
)
from tests.web.sample import fill

QUERY_NAMES = tuple(
    "q limit kinds after address v next cursor member since before path domain department owner "
    "sort some group who on through_after".split()
)
PAGES = (
    "/admin/domains/example.org/departments/one?path=Sales",
    "/admin/addresses/remove?address=bob@example.org",
    "/admin/administrators/remove?address=admin@example.com&domain=example.com",
)
"""What has a form only if it is told of what."""
ROLES = ("", "ada@example.org", "admin@example.com", "admin@example.org")


@dataclass
class Target:
    """A route as one role asks for it."""

    role: str
    method: str
    path: str


@dataclass
class Site:
    """The application, what its forms and routes are, and a browser of each role."""

    app: Flask
    core: Core
    uuid: str
    targets: list[Target] = field(default_factory=list)
    forms: dict[str, dict[str, str]] = field(default_factory=dict)
    clients: dict[str, Visitor] = field(default_factory=dict)
    token: dict[str, str] = field(default_factory=dict)

    def sign_in(self, role: str) -> None:
        """Give a role a browser with a session."""
        visitor = self.clients[role] = Visitor(self.app.test_client())
        if role:
            visitor.take_session(role)
        page = visitor.get("/compose" if role else "/sign-in")
        self.token[role] = read_forms(page.text)[-1].values["csrf_token"]

    def ask(self, target: Target, what: object, **more: Any) -> None:
        """Send a request; it must not be answered as a fault of ours."""
        headers = {"X-CSRF-Token": self.token[target.role], **more.pop("headers", {})}
        path = more.pop("path", target.path)
        client = self.clients[target.role].client
        answer = client.open(path, method=target.method, headers=headers, buffered=True, **more)
        assert answer.status_code < 500, (target, what, answer.status_code, answer.data[:300])
        if target.method == "POST" and path.startswith(
            "/sign-"
        ):  # There was a session before, and shall be one afterwards.
            self.sign_in(target.role)

    @property
    def names(self) -> set[str]:
        return {name for values in self.forms.values() for name in values} - {"csrf_token"}


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody asks too often, and a password is checked in no time."""
    monkeypatch.setattr("contactsgroups.web.rate.Rate.take", lambda *_, **__: None)
    monkeypatch.setattr("contactsgroups.domain.attempts.Tallies.wait", lambda *_: 0.0)
    # The check of a password takes its time on purpose, whatever the password is.
    monkeypatch.setattr(
        "contactsgroups.services.accounts.identity.verify", lambda password, _: not password
    )


@pytest.fixture
def site(app: Flask, core: Core, unhurried: None) -> Site:
    return _site_of(app, core)


@pytest.fixture
def strict_site(postgresql_url: str, tmp_path: Path, unhurried: None) -> Iterator[Site]:
    """The same on PostgreSQL, which refuses NUL in a text and a number that does not fit."""
    settings = {"state": tmp_path, "database_url": postgresql_url, "secret_key": "s" * 40}
    core = open_core(from_mapping(settings), upgrade=True)
    fill(core)
    yield _site_of(create_app(core, carddav_path="/dav/"), core)
    core.close()


def _site_of(app: Flask, core: Core) -> Site:
    """Return the application, which tells what went wrong."""
    app.config["PROPAGATE_EXCEPTIONS"] = True
    uuid = groups.find_group(core.database, OPERATOR, "team@example.org").uuid
    site = Site(app, core, uuid)
    for role in ROLES:
        site.sign_in(role)
    site.targets = list(_targets(app, uuid))
    pages = {each.path for each in site.targets if each.method == "GET"}
    for path in (*sorted(pages), *PAGES):
        page = site.clients[ROLES[-1]].get(path)
        for form in read_forms(page.text) if page.mimetype == "text/html" else ():
            site.forms[form.action or path.partition("?")[0]] = form.values
    for action in ("/admin/groups/ticked", "/admin/groups/ticked/delete"):
        site.forms[action] = {**site.forms["/admin/groups/ticked"], "group": uuid}
    return site


def _targets(app: Flask, uuid: str) -> Iterator[Target]:
    for rule in app.url_map.iter_rules():
        path = str(rule).replace("<uuid:uuid>", uuid).replace("<uuid:change>", uuid)
        path = path.replace("<path:path>", "pages.css")
        path = path.replace("<version>", "0").replace("<path:address>", "bob@example.org")
        path = path.replace("<domain>", "example.org")
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", path)
        assert "<" not in path, f"no value for the argument in {path}"
        for method in sorted(rule.methods or ()):
            for role in ROLES:
                yield Target(role, method, path)


def _writing(site: Site) -> list[Target]:
    return [each for each in site.targets if each.method not in {"GET", "HEAD", "OPTIONS"}]


def _first_and_last_role(targets: list[Target]) -> list[Target]:
    """Return what a stranger and an administrator of everything ask, where others add little."""
    return [each for each in targets if each.role in {ROLES[0], ROLES[-1]}]


def test_every_route_is_asked(site: Site) -> None:
    paths = {each.path for each in site.targets}
    assert {"/compose", f"/admin/groups/{site.uuid}", "/api/v1/completions/used"} <= paths
    assert {"address", "members", "version", "picture", "rule"} - site.names == {"picture"}


def test_odd_octets_in_a_path(site: Site) -> None:
    odd_ends = (*OCTETS, b"x" * 5000, b"../" * 50, b"//", b"\xc3\xa9")
    for target in _first_and_last_role(site.targets):
        for number, odd in enumerate(odd_ends):
            raws = (
                target.path.encode() + odd,
                target.path.replace(site.uuid, "x").encode() + b"/" + odd,
            )
            is_static = target.path.endswith("pages.css")
            file = target.path.replace("pages.css", "").encode() + odd + b".js"
            for raw in (*raws, file) if is_static else raws[number % 2 :][:1]:
                site.ask(target, raw, environ_overrides={"PATH_INFO": raw.decode("latin-1")})


def test_odd_queries(site: Site) -> None:
    for target in _first_and_last_role(site.targets):
        for text in TEXTS if target.method == "GET" else TEXTS[:3]:
            site.ask(target, text[:50], query_string=dict.fromkeys(QUERY_NAMES, text))
        for octets in OCTETS[:2]:
            query = "&".join(f"{name}={octets.decode('latin-1')}" for name in QUERY_NAMES)
            site.ask(target, octets, environ_overrides={"QUERY_STRING": query})


def test_odd_forms(site: Site) -> None:
    for target in _first_and_last_role(_writing(site)):
        for text in TEXTS:
            site.ask(target, text[:50], data=dict.fromkeys(site.names, text))
        form = site.forms.get(target.path, {}) if target.role == ROLES[-1] else {}
        for name in form.keys() - {"csrf_token"}:
            for text in TEXTS:
                site.ask(target, (name, text[:50]), data={**form, name: text})


def test_what_a_database_refuses_does_not_reach_it(strict_site: Site) -> None:
    site = strict_site
    for target in _first_and_last_role(site.targets):
        for text in ("\0", "a\0b", "a\0b@example.org", "9" * 10, "9" * 18, "9" * 30):
            names = {*site.names, *QUERY_NAMES}
            site.ask(target, text, query_string=dict.fromkeys(names, text))
            site.ask(target, text, data=dict.fromkeys(names, text))
            form = site.forms.get(target.path, {}) if target.role == ROLES[-1] else {}
            for name in form.keys() - {"csrf_token"}:
                site.ask(target, (name, text), data={**form, name: text})
        if target.method == "GET" and target.role == ROLES[-1]:
            for name in QUERY_NAMES:
                site.ask(target, name, query_string={name: "a\0b"})


def test_odd_bodies(site: Site) -> None:
    for target in _first_and_last_role(_writing(site)):
        for body in JSON_BODIES if target.path.startswith("/api/") else JSON_BODIES[:5]:
            for content_type in CONTENT_TYPES[:2]:
                site.ask(target, body[:50], data=body, content_type=content_type)
        for content_type in CONTENT_TYPES:
            for body in (OCTETS[0], b"a=" * 2000, b"&" * 5000):
                site.ask(target, (content_type[:50], body), data=body, content_type=content_type)


def _multipart(part: bytes, count: int = 1, end: bytes = b"--b--\r\n") -> bytes:
    return (b"--b\r\n" + part + b"\r\n") * count + end


# What is thrown away with a refused body closes itself.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_odd_multipart_bodies(site: Site) -> None:
    disposition = b"Content-Disposition: form-data; name="
    bodies = (
        _multipart(b""),
        _multipart(b"", 3000),
        _multipart(disposition + b'"members"\r\n\r\nx', 3000),
        _multipart(disposition + b'"picture"; filename="x"\r\n\r\nx', 3000),
        _multipart(disposition + b"\"\xff\xfe\x00\"; filename*=utf-7''%ff\r\n\r\n\xff"),
        _multipart(b"X-" + b"y" * 100_000 + b": z\r\n\r\nx"),
        _multipart(disposition + b'"address"\r\nContent-Type: text/plain; charset=rot13\r\n\r\nx'),
        _multipart(disposition + b'"address"\r\n\r\n' + b"x" * 4_000_000),
        _multipart(disposition + b'"address"\r\n\r\nx', end=b""),
        b"--b" * 5000,
    )
    for target in _first_and_last_role(_writing(site)):
        for number, body in enumerate(bodies):
            content_type = "multipart/form-data; boundary=b"
            site.ask(target, number, data=body, content_type=content_type)


def test_odd_pictures(site: Site) -> None:
    wide = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(wide, "PNG")
    for target in _writing(site):
        form = site.forms.get(target.path)
        if form is None or target.role != ROLES[-1] or "posting_policy" not in form:
            continue
        for picture in (wide.getvalue(), wide.getvalue()[:60], b"GIF89a", b"\xff\xd8\xff", b"x"):
            data = {**form, "picture": (io.BytesIO(picture), "picture.png")}
            site.ask(target, picture[:20], data=data)


def test_odd_headers_and_tokens(site: Site) -> None:
    for target in _first_and_last_role(site.targets):
        for name in HEADERS:
            for value in HEADER_VALUES[len(target.path + name) % 4 :: 4]:
                variable = "HTTP_" + name.upper().replace("-", "_")
                variable = variable.replace("HTTP_CONTENT_", "CONTENT_")
                site.ask(target, (name, value[:50]), environ_overrides={variable: value})
    for target in site.targets:
        if target.path.startswith("/api/") and target.role == "":
            for token in TOKENS:
                headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
                site.ask(target, token[:50], environ_overrides=headers)


@pytest.mark.parametrize("may_write", [False, True])
def test_odd_input_with_a_token(site: Site, *, may_write: bool) -> None:
    token = issue_token(
        site.core.database,
        site.core.settings.read_token_secret(),
        "ada@example.org",
        60,
        may_write=may_write,
    )
    headers = {"Authorization": f"Bearer {token}"}
    for target in site.targets:
        if not target.path.startswith("/api/") or target.role:
            continue
        for text in TEXTS:
            query = dict.fromkeys(QUERY_NAMES, text)
            site.ask(target, text[:50], headers=headers, query_string=query)
        for body in JSON_BODIES:
            site.ask(target, body[:50], headers=headers, data=body, content_type="application/json")


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_input(site: Site, data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(site.targets))
    names = st.sampled_from(sorted({*site.names, *QUERY_NAMES}))
    texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(TEXTS)
    fields = st.dictionaries(names, texts, max_size=6)
    query, form = data.draw(fields), data.draw(fields)
    valid = site.forms.get(target.path, {})
    site.ask(target, (query, form), query_string=query, data={**valid, **form})
    tree = st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda below: st.lists(below) | st.dictionaries(texts, below),
    )
    known = st.fixed_dictionaries({"recipients": st.lists(tree) | tree, "enabled": tree})
    body = data.draw(known | tree)
    site.ask(target, body, json=body)


def test_what_is_nested_too_deeply_is_answered_quickly(site: Site) -> None:
    target = Target("ada@example.org", "POST", "/api/v1/completions/used")
    started = time.monotonic()
    body = b"[" * 3_000_000
    site.ask(target, "deep", data=body, content_type="application/json")
    assert time.monotonic() - started < 2
