"""Wrong passwords at the CardDAV server: limited, logged, and no burden for others."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain.attempts import FROM_STRANGER
from contactsgroups.domain.errors import SignInBusy
from contactsgroups.serve import build_application
from contactsgroups.services.accounts.check_slots import CheckSlots
from contactsgroups.settings import Settings
from tests.carddav.conftest import ClientFor
from tests.carddav.dav import PASSWORD
from tests.servers.web import served

ADA = "ada@example.org"


def statuses(url: str, passwords: list[str], login: str = ADA, **headers: str) -> list[int]:
    return [
        httpx.request("PROPFIND", url, auth=(login, each), headers=headers, timeout=60).status_code
        for each in passwords
    ]


GUESSES = [f"guess {number}" for number in range(FROM_STRANGER.most)]


def test_guessing_is_stopped_with_the_time_to_wait(root_url: str) -> None:
    assert statuses(root_url, GUESSES) == [401] * FROM_STRANGER.most
    answer = httpx.request("PROPFIND", root_url, auth=(ADA, PASSWORD), timeout=60)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= FROM_STRANGER.seconds
    assert statuses(root_url, [PASSWORD], "bob@example.org") == [207]


def test_a_client_that_is_signed_in_goes_on_while_its_account_is_guessed_from_its_own_address(
    root_url: str, client_for: ClientFor
) -> None:
    ada = client_for(ADA)
    assert ada.request("PROPFIND", "").status_code == 207
    stop = threading.Event()

    def guess(number: int) -> None:
        with httpx.Client(base_url=root_url, timeout=30) as guesser:
            for each in range(10_000):
                if stop.is_set():
                    return
                guesser.request("PROPFIND", "", auth=(ADA, f"{number} {each}"))

    guessers = [threading.Thread(target=guess, args=[number]) for number in range(8)]
    for guesser in guessers:
        guesser.start()
    try:
        answers = [ada.request("PROPFIND", "").status_code for _ in range(30)]
    finally:
        stop.set()
        for guesser in guessers:
            guesser.join()
    assert answers == [207] * 30


def test_while_too_many_passwords_are_checked_a_client_is_told_to_come_back(
    root_url: str, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = client_for(ADA)
    assert ada.request("PROPFIND", "").status_code == 207

    @contextmanager
    def taken(_slots: CheckSlots, _client: str) -> Iterator[None]:
        raise SignInBusy
        yield

    monkeypatch.setattr(CheckSlots, "taken", taken)
    answer = httpx.request("PROPFIND", root_url, auth=("bob@example.org", "a guess"), timeout=60)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert ada.request("PROPFIND", "").status_code == 207


def test_a_failure_is_one_line_without_settings(
    root_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    statuses(root_url, ["a secret guess"], 'ada"\n\u2028x')
    lines = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert lines == [
        'sign-in failed: client=127.0.0.1 account="ada\\u0022\\u000a\\u2028x" face=carddav'
    ]


@pytest.fixture
def behind_a_proxy(state: Path) -> Iterator[str]:
    """The CardDAV root of the whole product, which trusts this machine to be its proxy."""
    core = open_core(Settings(state=state, trusted_proxies="127.0.0.0/8", secret_key="s" * 40))
    with served(build_application(core)) as url:
        yield f"{url}/dav/"
    core.close()


def test_clients_behind_a_trusted_proxy_are_told_apart(behind_a_proxy: str) -> None:
    guilty, other = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    statuses(behind_a_proxy, GUESSES, **guilty)
    assert statuses(behind_a_proxy, [PASSWORD], **guilty) == [429]
    assert statuses(behind_a_proxy, [PASSWORD], **other) == [207]


def test_pages_and_carddav_count_together(core: Core, behind_a_proxy: str) -> None:
    client = {"X-Forwarded-For": "192.0.2.1"}
    statuses(behind_a_proxy, GUESSES, **client)
    site = behind_a_proxy.removesuffix("/dav/")
    with httpx.Client(base_url=site, headers=client, timeout=60) as browser:
        html = browser.get("/sign-in").text
        token = html.partition('name="csrf_token" value="')[2].partition('"')[0]
        data = {"csrf_token": token, "address": ADA, "password": PASSWORD}
        assert browser.post("/sign-in", data=data).status_code == 429


def test_without_trust_a_client_is_its_own_whatever_it_says(root_url: str) -> None:
    forged = [
        statuses(root_url, [guess], **{"X-Forwarded-For": f"192.0.2.{number}"})[0]
        for number, guess in enumerate([*GUESSES, PASSWORD])
    ]
    assert forged == [401] * FROM_STRANGER.most + [429]
