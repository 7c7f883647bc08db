"""Mounted in another application: paths, proxies, faults and refusals."""

import inspect
from collections.abc import Iterator

import httpx
import pytest
from radicale import log

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain import errors
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from contactsgroups.settings import Settings
from radicale_plugin.application import create_application
from radicale_plugin.errors import STATUSES, status_of
from tests.carddav.dav import PASSWORD, Client
from tests.directories import add_account, add_group
from tests.servers import away

ERRORS = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, errors.ContactsGroupsError)
]


@pytest.fixture
def dave(core: Core) -> Iterator[Client]:
    """The client of an account whose address begins like the path of the application."""
    add_account(core.database, "dave@example.org")
    accounts.set_password(core.database, OPERATOR, "dave@example.org", PASSWORD)
    transport = httpx.WSGITransport(create_application(core), script_name="/dav")
    with Client(
        transport=transport, base_url="http://mail.example", auth=("dave@example.org", PASSWORD)
    ) as client:
        yield client


PROXIES = [
    {},
    {"X-Forwarded-For": "192.0.2.1"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "mail.example"},
    {"X-Script-Name": "/elsewhere"},
]


@pytest.mark.parametrize("headers", PROXIES)
def test_paths_are_right_with_and_without_a_proxy(
    core: Core, dave: Client, headers: dict[str, str]
) -> None:
    add_group(core.database, "sales@example.org", "bob@example.org")
    dave.headers.update(headers)

    books = dave.propfind("/dave@example.org/", "D:displayname", depth=1)

    assert list(books) == [
        "/dav/dave@example.org/",
        "/dav/dave@example.org/contacts/",
        "/dav/dave@example.org/groups/",
    ]
    assert len(dave.sync("/dave@example.org/groups/")[1]) == 1


def test_there_are_no_web_pages(dave: Client) -> None:
    assert "a browser shows nothing here" in dave.get("/.web").text
    assert dave.get("/.web/index.html").status_code in {301, 302, 404}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<not-closed>", 400),
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', 400),
        ("\x00", 400),
        ("<x/>" * 2, 400),
    ],
)
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT"])
def test_rubbish_is_a_bad_request(dave: Client, method: str, body: str, status: int) -> None:
    answer = dave.send_xml(method, "/dave@example.org/groups/", body)

    assert answer.status_code == status


def test_a_huge_request_is_refused_before_it_is_read(dave: Client) -> None:
    answer = dave.put("/dave@example.org/contacts/x.vcf", content=b"x" * 20_000_001)

    assert answer.status_code == 413


def test_a_database_that_does_not_answer_is_a_temporary_failure(tmp_path) -> None:
    """Nobody is let in, and no client takes it for an empty book."""
    core = open_core(Settings(state=tmp_path))  # It has no tables.
    transport = httpx.WSGITransport(create_application(core))
    with httpx.Client(transport=transport, base_url="http://mail.example") as client:
        answer = client.request("PROPFIND", "/ada@example.org/", auth=("ada@example.org", "x"))
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
    core.close()


@pytest.mark.parametrize("url", away.URLS)
def test_clients_do_not_read_where_the_database_is_but_the_log_does(
    core: Core,
    dave: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    url: str,
) -> None:
    monkeypatch.setattr(log.logger, "propagate", True)
    with away.taken_away(core.database, url, monkeypatch):
        answer = dave.request("PROPFIND", "/dave@example.org/", headers={"Depth": "1"})
        monkeypatch.setattr("radicale_plugin.auth.Auth._login", lambda _, login, __: login)
        signed_in = dave.request("PROPFIND", "/dave@example.org/groups/", headers={"Depth": "1"})
    for each in (answer, signed_in):
        assert each.status_code == 503
        assert "the database does not answer" in each.text
        away.assert_nothing_is_told(each.text + str(each.headers))
    assert caplog.text.count(away.DETAIL) >= 2


def test_a_database_that_fails_after_signing_in_is_one_too(
    core: Core, dave: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dave.propfind("/dave@example.org/", "D:displayname", depth=1)

    def fail(*_: object) -> None:
        raise errors.Unavailable("the database does not answer: it is gone")

    monkeypatch.setattr("radicale_plugin.storage.open_book", fail)
    for method, path in [
        ("PROPFIND", "/dave@example.org/groups/"),
        ("REPORT", "/dave@example.org/groups/"),
        ("GET", "/dave@example.org/groups/"),
    ]:
        answer = dave.request(method, path)
        assert answer.status_code == 503
        assert "the database does not answer" in answer.text
    home = dave.request("PROPFIND", "/dave@example.org/", headers={"Depth": "1"})
    assert home.status_code == 503


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_has_a_status(error: type[errors.ContactsGroupsError]) -> None:
    assert error in STATUSES


def test_a_class_of_error_from_elsewhere_has_the_status_of_the_one_above() -> None:
    class Special(errors.Unavailable):
        pass

    assert status_of(Special("x")) == 503


@pytest.mark.parametrize("path", ["", ".web"])
def test_a_browser_reads_what_the_address_is_for(ada: Client, root_url: str, path: str) -> None:
    """Also before it has signed in; programs ask with other methods, and see no difference."""
    for auth in (ada.auth, None):
        shown = httpx.get(root_url + path, auth=auth)
        assert shown.status_code == 200
        assert root_url in shown.text
        assert "Radicale" not in shown.text
    assert httpx.request("PROPFIND", root_url).status_code == 401
    assert ada.request("PROPFIND", "").status_code == 207
