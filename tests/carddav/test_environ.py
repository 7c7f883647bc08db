"""What hosts hand over: paths beyond ASCII as octets, bodies without a length."""

import io
import threading
import wsgiref.simple_server
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from radicale.pathutils import is_safe_filesystem_path_component
from sqlalchemy import select
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence.models import OwnContact
from contactsgroups.services import accounts
from radicale_plugin import limits
from radicale_plugin.application import create_application
from tests.carddav.dav import PASSWORD, Client
from tests.carddav.test_own_contacts import card, is_recorded, put, suggested
from tests.directories import add_account, add_group
from tests.servers.program import wait_for
from tests.servers.web import served

ZOE = "zoë@example.org"
BOOK = f"{ZOE}/contacts/"
TWO_LETTERS = "\N{CYRILLIC SMALL LETTER ZHE}\N{GRINNING FACE}"


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    """Python's own server without its log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served_by_python(application: Any) -> Iterator[str]:
    """Serve an application with the server of the standard library, which decodes no chunks."""
    server = wsgiref.simple_server.make_server("127.0.0.1", 0, application, handler_class=Quiet)
    loop = threading.Thread(target=server.serve_forever, args=(0.05,))
    loop.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        loop.join()
        server.server_close()


@pytest.fixture
def zoe_core(core: Core) -> Core:
    """A core with an account whose address goes beyond ASCII."""
    add_account(core.database, ZOE)
    accounts.set_password(core.database, OPERATOR, ZOE, PASSWORD)
    return core


@pytest.fixture(params=[served, served_by_python], ids=["waitress", "wsgiref"])
def zoe(zoe_core: Core, request: pytest.FixtureRequest) -> Iterator[Client]:
    """Zoë's client, at each server mounted below a path beyond ASCII."""
    nothing = Response("nothing here", status=404)
    mount = "/bücher".encode().decode("latin-1")  # As PEP 3333 has it.
    mounted = DispatcherMiddleware(nothing, {mount: create_application(zoe_core)})
    with (
        request.param(mounted) as url,
        Client(base_url=f"{url}/bücher/", auth=_basic(ZOE), timeout=30) as client,
    ):
        yield client


def test_a_home_beyond_ascii_is_ones_own(zoe_core: Core, zoe: Client) -> None:
    group = add_group(zoe_core.database, "sales@example.org", "bob@example.org")

    home = zoe.propfind(f"{ZOE}/", "D:displayname", "D:current-user-principal", depth=1)

    root = f"/bücher/{ZOE}/"
    assert list(home) == [root, f"{root}contacts/", f"{root}groups/"]
    assert list(zoe.sync(f"{ZOE}/groups/")[1]) == [f"{root}groups/{group.uuid}.vcf"]


def test_a_card_is_listed_found_moved_and_deleted_under_its_name(
    zoe_core: Core, zoe: Client
) -> None:
    zoe.propfind(f"{ZOE}/", "D:displayname")
    put(zoe, BOOK + "é.vcf", card("1", "Grace", "grace@a.example"))
    href = f"/bücher/{BOOK}é.vcf"
    assert _listed(zoe) == ["é.vcf"]
    assert zoe.multiget(BOOK, quote(href))[href].found
    assert zoe.get(BOOK + "é.vcf").text.startswith("BEGIN:VCARD")
    assert _recorded(zoe_core) == ["contacts/é.vcf"]
    assert suggested(zoe_core, "gra", ZOE) == ["grace@a.example"]

    target = str(zoe.base_url.join(f"{BOOK}{TWO_LETTERS} %.vcf".replace("%", "%25")))
    moved = zoe.request("MOVE", BOOK + "é.vcf", headers={"Destination": target})
    assert moved.status_code == 201
    assert _listed(zoe) == [f"{TWO_LETTERS} %.vcf"]
    assert _recorded(zoe_core) == [f"contacts/{TWO_LETTERS} %.vcf"]

    assert zoe.delete(f"{BOOK}{TWO_LETTERS} %25.vcf").status_code == 200
    assert _listed(zoe) == []
    assert suggested(zoe_core, "gra", ZOE) == []


@pytest.mark.parametrize("path", [".well-known/carddav", ".web//ü"])
def test_a_redirection_names_a_url(zoe: Client, path: str) -> None:
    location = zoe.get(path).headers["Location"]

    assert location.isascii()
    assert location.startswith("/b%C3%BCcher/")


NAMES = st.text(min_size=1, max_size=60).filter(
    lambda name: is_safe_filesystem_path_component(f"{name}.vcf") and name.isprintable()
)


@given(name=NAMES)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_a_card_is_called_it_is_listed_by_that_name(zoe_core: Core, name: str) -> None:
    application = create_application(zoe_core)
    _call(application, "PROPFIND", f"/{ZOE}/")
    path = f"/{BOOK}{name}.vcf"

    assert _call(application, "PUT", path, card("1", "Grace").encode())[0] == 201
    try:
        assert quote(path).encode() in _call(application, "PROPFIND", f"/{BOOK}", Depth="1")[1]
    finally:
        assert _call(application, "DELETE", path)[0] == 200


@pytest.mark.parametrize("path", ["%ff/", "zo%EB@example.org/", "%ed%a0%80/"])
def test_a_path_that_is_no_text_is_a_bad_request(zoe: Client, path: str) -> None:
    answer = zoe.request("PROPFIND", path)

    assert answer.status_code == 400
    assert "not UTF-8" in answer.text


@pytest.mark.parametrize("target", ["%FF.vcf", "a?b.vcf", "a#b.vcf", "http://[x/", "//h:x/"])
def test_a_target_that_is_no_name_is_a_bad_request(zoe: Client, target: str) -> None:
    zoe.propfind(f"{ZOE}/", "D:displayname")
    put(zoe, BOOK + "1.vcf", card("1", "Grace"))
    if "/" not in target:
        target = quote(f"/bücher/{BOOK}") + target

    moved = zoe.request("MOVE", BOOK + "1.vcf", headers={"Destination": target})

    assert moved.status_code == 400
    assert _listed(zoe) == ["1.vcf"]


class Body(io.BytesIO):
    """A body that ends by itself, as servers give it that decode chunks; they may give little."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return at most 1,000 octets."""
        return super().read(1000 if size is None or size < 0 else min(size, 1000))


CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked"}
ENDING = {"wsgi.input_terminated": True}
LONG = card("1", "Grace", "grace@a.example").replace("\r\nEND", f"\r\nNOTE:{'x' * 3000}\r\nEND")


@pytest.mark.parametrize(
    "host",
    [CHUNKED | ENDING, ENDING, CHUNKED | ENDING | {"CONTENT_LENGTH": "3"}],
    ids=["chunked", "without length", "two lengths"],
)
def test_a_body_without_a_length_is_read_to_its_end(
    zoe_core: Core, host: dict[str, object]
) -> None:
    application = create_application(zoe_core)
    _call(application, "PROPFIND", f"/{ZOE}/")

    stored, _ = _call(application, "PUT", f"/{BOOK}1.vcf", Body(LONG.encode()), host)

    assert stored == 201
    assert b"x" * 3000 in _call(application, "GET", f"/{BOOK}1.vcf")[1].replace(b"\r\n ", b"")


def test_a_body_whose_end_the_host_does_not_tell_needs_a_length(zoe: Client) -> None:
    """Python's own server would wait for more; waitress decodes chunks and tells their length."""
    zoe.propfind(f"{ZOE}/", "D:displayname")

    answer = zoe.put(BOOK + "1.vcf", content=iter([LONG.encode()]))

    assert answer.status_code == (201 if answer.headers["Server"] == "waitress" else 411)


def test_a_body_without_a_length_has_a_limit(
    zoe_core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = create_application(zoe_core)
    monkeypatch.setattr(limits, "BODY", len(LONG))
    _call(application, "PROPFIND", f"/{ZOE}/")
    huge = Body(LONG.encode() + b"x" * 100_000)

    assert _call(application, "PUT", f"/{BOOK}1.vcf", huge, CHUNKED | ENDING)[0] == 413
    assert huge.tell() <= len(LONG) + 1000
    fitting = Body(LONG.encode())
    assert _call(application, "PUT", f"/{BOOK}1.vcf", fitting, CHUNKED | ENDING)[0] == 201


def test_a_stranger_s_body_is_not_read(zoe_core: Core) -> None:
    application = create_application(zoe_core)
    for stranger in ({"HTTP_AUTHORIZATION": ""}, {"HTTP_AUTHORIZATION": "Basic eDp5"}):
        body = Body(LONG.encode())
        host = CHUNKED | ENDING | stranger
        assert _call(application, "PUT", f"/{BOOK}1.vcf", body, host)[0] == 401
        assert body.tell() == 0


def _basic(address: str) -> httpx.BasicAuth:
    return httpx.BasicAuth(address.encode(), PASSWORD.encode())


def _call(
    application: Any,
    method: str,
    path: str,
    body: bytes | io.BytesIO = b"",
    host: dict[str, object] | None = None,
    **headers: str,
) -> tuple[int, bytes]:
    """Call an application as PEP 3333 says, and return the status and the body of its answer."""
    builder = EnvironBuilder(method=method, auth=(ZOE, PASSWORD), headers=headers)
    called = builder.get_environ()
    called["PATH_INFO"] = unquote_to_bytes(quote(path)).decode("latin-1")
    called["wsgi.input"] = body if isinstance(body, io.BytesIO) else io.BytesIO(body)
    called.pop("CONTENT_LENGTH", None)
    if isinstance(body, bytes):
        called["CONTENT_LENGTH"] = str(len(body))
    answers, status, _ = run_wsgi_app(application, called | (host or {}))
    return int(status.split()[0]), b"".join(answers)


def _listed(client: Client) -> list[str]:
    """The names of the cards in Zoë's own book."""
    root = f"/bücher/{BOOK}"
    found = client.propfind(BOOK, "D:getetag", depth=1)
    return [href.removeprefix(root) for href in found if href != root]


def _recorded(core: Core) -> list[str]:
    wait_for(lambda: is_recorded(core))
    with core.database.read() as session:
        return list(session.scalars(select(OwnContact.href)))


@pytest.mark.parametrize(
    "spelling",
    [
        "zoe\N{COMBINING DIAERESIS}@example.org",
        "ZO\N{LATIN CAPITAL LETTER E WITH DIAERESIS}@EXAMPLE.ORG",
    ],
)
def test_an_account_finds_its_books_under_any_spelling_of_its_address(
    zoe: Client, spelling: str
) -> None:
    answer = zoe.request("PROPFIND", f"{quote(spelling)}/", headers={"Depth": "1"})
    assert answer.status_code == 207
    assert quote(f"/bücher/{BOOK}") in answer.text
    put(zoe, f"{quote(spelling)}/contacts/1.vcf", card("1", "Friend"))
    moved = zoe.request(
        "MOVE",
        f"{quote(spelling)}/contacts/1.vcf",
        headers={"Destination": f"{zoe.base_url}{quote(spelling)}/contacts/2.vcf"},
    )
    assert moved.status_code == 201
    assert _listed(zoe) == ["2.vcf"]
    other = quote(f"/bücher/{spelling}/contacts/2.vcf")
    found = zoe.multiget(f"{quote(spelling)}/contacts/", other)
    assert [card.text("CR:address-data") != "" for card in found.values()] == [True]
