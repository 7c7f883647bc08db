"""Radicale's own program takes names and refuses as the mount does, and says why."""

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from radicale_plugin import limits
from tests.carddav.dav import MAKING_A_BOOK, PASSWORD, Client
from tests.carddav.test_standalone import client_of, configuration, running  # noqa: F401

HOME = "ada@example.org/"
BOOK = HOME + "own/"
CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:One\r\nN:One;;;;\r\nEND:VCARD\r\n"
HUGE = CARD.replace("UID:1", "UID:2").replace(
    "END:", "EMAIL:a@b.example\r\n" * limits.PROPERTIES + "END:"
)


@pytest.fixture(params=["own program", "mount"])
def ada(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Client]:
    """Ada's client of each of the two servers, with a card in a book."""
    if request.param == "mount":
        client = request.getfixturevalue("client_for")("ada@example.org")
        _fill(client)
        yield client
        return
    path, port = request.getfixturevalue("configuration")
    options = "[server]\nvalidate_user_value = none\nvalidate_path_value = none"
    path.write_text(path.read_text().replace("[server]", options))
    command = [sys.executable, "-m", "radicale", "--config", str(path)]
    with running(command, port, tmp_path / "log") as url, client_of(url) as client:
        _fill(client)
        yield client


def _fill(client: Client) -> None:
    assert client.send_xml("MKCOL", BOOK, MAKING_A_BOOK).status_code == 201
    assert client.put(BOOK + "1.vcf", content=CARD).status_code == 201


def _names(client: Client) -> list[str]:
    found = client.propfind(BOOK, "D:getetag", depth=1)
    return [name for href in found if (name := href.rpartition(BOOK)[2])]


def _move(ada: Client, target: str) -> httpx.Response:
    return ada.request("MOVE", BOOK + "1.vcf", headers={b"Destination": target.encode()})


def test_a_card_moves_to_the_name_that_was_given(ada: Client) -> None:
    for target, name in {
        "a%3Fb.vcf": "a?b.vcf",
        "a%23b.vcf": "a#b.vcf",
        "a%3Bb.vcf": "a;b.vcf",
        "a;b.vcf": "a;b.vcf",
        "a%253Fb.vcf": "a%3Fb.vcf",
        "%C3%A9 %25.vcf": "é %.vcf",
        "é.vcf": "é.vcf",
    }.items():
        moved = _move(ada, f"{ada.base_url.path}{BOOK}{target}")

        assert moved.status_code == 201, (target, moved.text)
        assert _names(ada) == [name]
        moved_card = BOOK + quote(name)
        assert ada.get(moved_card).text.startswith("BEGIN:VCARD")
        assert ada.delete(moved_card).status_code == 200
        assert ada.put(BOOK + "1.vcf", content=CARD).status_code == 201


def test_a_card_stays_where_it_is_if_the_target_is_none(ada: Client) -> None:
    for name in ("%E9.vcf", "%ED%A0%80.vcf", "a?b.vcf", "a#b.vcf", "?", "%00", "a" * 300):
        refused = _move(ada, f"{ada.base_url.path}{BOOK}{name}")
        assert refused.status_code in {400, 414}, (name, refused.text)
        assert _names(ada) == ["1.vcf"]
    assert _move(ada, "//h:x/").status_code == 400
    assert _names(ada) == ["1.vcf"]


def test_an_account_is_found_under_any_spelling_of_its_address(ada: Client) -> None:
    for home in ("ADA@Example.ORG", "ada%40example.org", "%41da@EXAMPLE.org"):
        listed = ada.request("PROPFIND", f"{home}/own/", headers={"Depth": "1"})
        assert listed.status_code == 207

        moved = _move(ada, f"{ada.base_url}{home}/own/2.vcf")

        assert moved.status_code == 201, moved.text
        assert _names(ada) == ["2.vcf"]
        assert ada.get(f"{home}/own/2.vcf").status_code == 200
        assert ada.delete(f"{home}/own/2.vcf").status_code == 200
        assert ada.put(f"{home}/own/1.vcf", content=CARD).status_code == 201


def test_a_name_that_is_no_text_is_not_stored_under_another(ada: Client) -> None:
    for method, below, content in (("PUT", BOOK, CARD), ("MKCOL", HOME, "")):
        refused = ada.request(method, below + "%E9.vcf", content=content)

        assert refused.status_code == 400
        assert "UTF-8" in refused.text
        assert _names(ada) == ["1.vcf"]


def test_too_much_is_refused_with_a_reason(ada: Client) -> None:
    refused = ada.put(BOOK + "2.vcf", content=HUGE)

    assert refused.status_code == 403
    assert "max-resource-size" in refused.text
    assert f"at most {limits.PROPERTIES} properties" in refused.text


def test_the_character_set_of_the_body_is_not_that_of_the_password(ada: Client) -> None:
    """The octets of name and password might be UTF-16 as well if their number is even."""
    for spelling in ("ada@example.org", "ADA@example.org."):
        ada.auth = (spelling, PASSWORD)
        answer = ada.put(
            BOOK + "2.vcf",
            content=CARD.replace("UID:1", "UID:2").encode("utf-16"),
            headers={"Content-Type": "text/vcard; charset=utf-16"},
        )
        assert answer.status_code == 201, answer.text
        assert ada.delete(BOOK + "2.vcf").status_code == 200
