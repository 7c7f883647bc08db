"""Signing in by address and password, in any spelling, to one and the same principal."""

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from tests.carddav.conftest import ClientFor
from tests.carddav.dav import PASSWORD
from tests.directories import add_account


@pytest.mark.parametrize("login", ["ada@example.org", "ADA@Example.org", "ada@example.org."])
def test_every_spelling_leads_to_the_same_principal(client_for: ClientFor, login: str) -> None:
    client = client_for(login)

    for _ in range(2):  # The second time, the password is remembered.
        principal = client.propfind("", "D:current-user-principal")["/dav/"]
        (href,) = principal.found["D:current-user-principal"]
        assert href.text == "/dav/ada%40example.org/"
    assert "/dav/ada@example.org/groups/" in client.propfind(
        "ada@example.org/", "D:displayname", depth=1
    )


@pytest.mark.parametrize("login", ["ada@example.org", "ada@example.org."])
@pytest.mark.parametrize("charset", ["utf-16", "windows-1252", "shift_jis", "us-ascii"])
def test_the_character_set_of_the_body_is_not_that_of_the_password(
    core: Core, client_for: ClientFor, login: str, charset: str
) -> None:
    """Both have an even number of octets, once: then they might be UTF-16."""
    accounts.set_password(core.database, OPERATOR, "ada@example.org", "pässwort")
    client = client_for(login)
    client.auth = (login.encode(), "pässwort".encode())
    lines = ["BEGIN:VCARD", "VERSION:3.0", "UID:1", "FN:Zo", "END:VCARD", ""]
    headers = {"Content-Type": f"text/vcard; charset={charset}"}
    body = "\r\n".join(lines).encode(charset)
    answer = client.put("ada@example.org/contacts/1.vcf", content=body, headers=headers)
    assert answer.status_code == 201
    assert "FN:Zo" in client.get("ada@example.org/contacts/1.vcf").text


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("ada@example.org", "wrong"),
        ("ada@example.org", ""),
        ("eve@example.org", ""),
        ("eve@example.org", PASSWORD),
        ("nobody@example.org", PASSWORD),
        ("ada", PASSWORD),
        ("", PASSWORD),
        ("../ada@example.org", PASSWORD),
        ("ada@example.org/contacts", PASSWORD),
        ("ada@example.org\0", PASSWORD),
    ],
)
def test_everybody_else_is_refused(root_url: str, login: str, password: str) -> None:
    for _ in range(2):
        answer = httpx.request(
            "PROPFIND", root_url + "ada@example.org/", auth=(login, password), timeout=60
        )
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        lambda core: accounts.set_password(
            core.database, OPERATOR, "ada@example.org", "another one"
        ),
        lambda core: add_account(core.database, "ada@example.org", active=False),
        lambda core: accounts.remove_account(core.database, OPERATOR, "ada@example.org"),
    ],
    ids=["changed password", "closed account", "removed account"],
)
def test_a_remembered_password_ends_at_once(
    core: Core, client_for: ClientFor, change: Callable[[Core], None]
) -> None:
    ada = client_for("ada@example.org")
    assert ada.propfind("ada@example.org/", "D:displayname")

    change(core)

    assert ada.request("PROPFIND", "ada@example.org/").status_code == 401


@pytest.mark.parametrize(
    "address", ["o'neil@example.org", "a*b?c@example.org", "straße+x@example.org"]
)
def test_unusual_addresses_have_books_too(core: Core, client_for: ClientFor, address: str) -> None:
    add_account(core.database, address)
    accounts.set_password(core.database, OPERATOR, address, PASSWORD)
    client = client_for(address)

    principal = client.propfind("", "D:current-user-principal")["/dav/"]
    home = principal.found["D:current-user-principal"][0].text or ""
    books = client.propfind(home.removeprefix("/dav/"), "D:displayname", depth=1)

    assert [book.rstrip("/").rpartition("/")[2] for book in books][1:] == ["contacts", "groups"]


def test_settings_in_a_log_line_tell_no_secret(core: Core) -> None:
    """Radicale writes its configuration, and with it the core, into a line for a failed login."""
    secretive = replace(core.settings, secret_key="k" * 40, database_url="sqlite:///secret")
    assert "kkkk" not in repr(secretive)
    assert "sqlite:///secret" not in repr(secretive)
