"""No input is a fault of ours: every method, path, header and body that no client would send."""

import io
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from contactsgroups.bootstrap import Core
from radicale_plugin.application import create_application
from tests.carddav.calling import Caller
from tests.carddav.dav import PASSWORD
from tests.carddav.odd import BODIES, HEADERS, METHODS, PARTS, PATHS, RAW, ROOTS, VALUES, WRITING
from tests.carddav.test_bounds import HOME, OWN, SPACES, card, fill
from tests.directories import add_group


class Site:
    """The application, asked for what no client asks for."""

    def __init__(self, core: Core) -> None:
        self._ada = Caller(core)
        self._application = create_application(core)
        fill(self._ada, 1)

    def ask(self, method: str, path: str | bytes, body: bytes = b"", **more: Any) -> int:
        """Send a request, which must not be answered as a fault of ours; return its status."""
        environ = EnvironBuilder(auth=("ada@example.org", PASSWORD)).get_environ()
        octets = path if isinstance(path, bytes) else path.encode()
        environ |= {
            "REQUEST_METHOD": method,
            "PATH_INFO": octets.decode("latin-1"),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        parts, status, headers = run_wsgi_app(self._application, environ | more)
        text = b"".join(parts)
        code = int(status.split()[0])
        what = (method[:20], path[:80], body[:200], str(more)[:200])
        assert code < 500 or code == 507, (what, status, text[:300])
        assert all(value.isprintable() for _, value in headers), (what, headers)
        if code >= 400 and method != "HEAD":
            assert text.strip(), (what, status)
        return code

    def tidy(self) -> None:
        """Bring back what a request has removed."""
        self._ada.ask("MKCOL", OWN, f"<D:mkcol {SPACES}><D:set><D:prop><D:resourcetype>"
            "<CR:addressbook/></D:resourcetype></D:prop></D:set></D:mkcol>")  # fmt: skip
        self._ada.ask("PUT", OWN + "0.vcf", card(uid="0"))


@pytest.fixture
def site(core: Core) -> Site:
    """The application with a group and a card of Ada's own."""
    add_group(core.database, "sales@example.org", "bob@example.org")
    return Site(core)


@pytest.mark.parametrize("method", METHODS, ids=lambda name: name[:20])
def test_odd_paths(site: Site, method: str) -> None:
    for path in PATHS:
        for body in (b"", card(uid="9").encode()) if method == "PUT" else (b"",):
            site.ask(method, path, body, HTTP_DESTINATION="/ada@example.org/contacts/9.vcf")
            if method in WRITING:
                site.tidy()
    for odd, book in itertools.product(RAW, (HOME, OWN, HOME + "groups/")):
        site.ask(method, book.encode() + odd)
        site.ask(method, odd)


@pytest.mark.parametrize("header", HEADERS)
def test_odd_headers(site: Site, header: str) -> None:
    paths = (HOME, OWN, OWN + "0.vcf")
    # Each value with a sixth of the methods; other headers take others.
    for number, (value, method) in enumerate(itertools.product(VALUES, METHODS[:12])):
        if (number + number // 12 + len(header)) % 6:
            continue
        path = paths[len(value + method) % 3]
        body = card(uid="0").encode() if method == "PUT" else b""
        site.ask(method, path, body, **{header: value})
        if method in WRITING:
            site.tidy()


@pytest.mark.parametrize("root", ROOTS)
def test_odd_xml(site: Site, root: str) -> None:
    for part, path in itertools.product(PARTS, (HOME, OWN, OWN + "0.vcf", HOME + "groups/")):
        body = f"<{root} {SPACES}>{part}</{root}>".encode()
        for method in ("PROPFIND", "REPORT", "PROPPATCH", "MKCOL"):
            site.ask(method, HOME + "new/" if method == "MKCOL" else path, body, HTTP_DEPTH="1")
    assert site.ask("PROPFIND", OWN, HTTP_DEPTH="1") == 207


@pytest.mark.parametrize("method", METHODS[:14])
def test_odd_bodies(site: Site, method: str) -> None:
    types = ("text/vcard", "text/xml; charset=utf-8", "")
    for body, path in itertools.product(BODIES, (HOME, OWN, OWN + "0.vcf", HOME + "new/")):
        for content_type in types if method == "PUT" else types[1:2]:
            site.ask(method, path, body, CONTENT_TYPE=content_type)
            if method in WRITING:
                site.tidy()
    # What was stored, can be read.
    for path in (HOME, OWN, HOME + "new/"):
        site.ask("PROPFIND", path, HTTP_DEPTH="1")
        site.ask("REPORT", path, f"<CR:addressbook-query {SPACES}/>".encode())


def test_the_length_of_a_body_is_what_it_says_or_refused(site: Site) -> None:
    for length in ("-1", "x", "1.5", " 1", "+1", "٣", "²", "9" * 5000, "99999999", "10"):
        for method in ("PUT", "PROPFIND", "REPORT", "GET"):
            status = site.ask(method, OWN + "0.vcf", b"x", CONTENT_LENGTH=length)
            assert status in ({200, 400} if (method, length) == ("GET", "10") else {400, 413})


_names = st.sampled_from(HEADERS)
_values = st.sampled_from(VALUES) | st.text(st.characters(max_codepoint=255), max_size=40)
_methods = st.sampled_from([each for each in METHODS if each not in {"DELETE", "MOVE"}])
_elements = st.recursive(
    st.sampled_from(PARTS),
    lambda below: st.builds("<{0}>{1}</{0}>".format, st.sampled_from(ROOTS), below),
)
_xml = st.builds("<{0} {2}>{1}</{0}>".format, st.sampled_from(ROOTS), _elements, st.just(SPACES))
_lines = st.lists(
    st.sampled_from(["BEGIN:VCARD", "END:VCARD", "UID:9", "FN:x", " y", "N:a;b", "=", "A;B=C:D"])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    max_size=12,
)
_bodies = (
    _xml.map(str.encode)
    | _lines.map("\r\n".join).map(str.encode)
    | st.sampled_from(BODIES)
    | st.binary(max_size=60)
)


@given(
    method=_methods,
    path=st.sampled_from(PATHS).map(str.encode) | st.binary(max_size=40).map(HOME.encode().__add__),
    body=_bodies,
    headers=st.dictionaries(_names, _values, max_size=4),
)
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_input(
    site: Site, method: str, path: bytes, body: bytes, headers: dict[str, str]
) -> None:
    site.ask(method, path, body, **headers)
