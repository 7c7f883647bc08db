"""The product as a process, while another process holds the lock of the database."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.services.accounts import tokens
from contactsgroups.settings import Settings
from tests.carddav.dav import Client
from tests.cli.test_run import Product, running
from tests.servers.program import state_directory


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """With the sample directory, and writers that wait for a second at most."""
    with (
        state_directory("slow") as root,
        running(root / "state", CONTACTSGROUPS_WRITE_WAIT="1") as product,
    ):
        yield product


@pytest.fixture
def core(product: Product) -> Iterator[Core]:
    core = open_core(Settings(state=product.state))
    yield core
    core.close()


@pytest.fixture
def locked(product: Product) -> Iterator[sqlite3.Connection]:
    """Another writer, which holds the lock until the end."""
    connection = sqlite3.connect(product.state / "contactsgroups.sqlite", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


def bearer(core: Core, address: str) -> dict[str, str]:
    key = core.settings.read_token_secret()
    token = tokens.issue_token(core.database, key, address, 3600, may_write=True)
    return {"Authorization": f"Bearer {token}"}


def use(product: Product, headers: dict[str, str], *addresses: str) -> httpx.Response:
    body = {"recipients": [{"address": each} for each in addresses]}
    url = product.url + "/api/v1/completions/used"
    return httpx.post(url, json=body, headers=headers, timeout=60)


def test_reading_goes_on_and_writing_is_answered_with_503_in_time(
    product: Product, core: Core, locked: sqlite3.Connection
) -> None:
    address, password = product.sign_in("administrator")
    headers = bearer(core, address)
    stop = threading.Event()

    def write_on(number: int) -> list[httpx.Response]:
        found = []
        while not stop.is_set():
            found.append(use(product, headers, f"kim{number}@elsewhere.example"))
        return found

    def read_all() -> None:
        completions = product.get("/api/v1/completions?q=a", headers=headers)
        assert completions.json()["completions"]
        assert product.get("/healthz").status_code == 200
        assert product.get("/sign-in").status_code == 200
        books = client.propfind(f"{address}/", "D:displayname", depth=1)
        assert f"/dav/{address}/groups/" in books
        assert client.get(f"{address}/groups/").status_code == 200

    root = f"{product.url}/dav/"
    with (
        ThreadPoolExecutor(16) as pool,
        Client(base_url=root, auth=(address, password), timeout=60) as client,
    ):
        read_all()  # The first visit makes the first book, and checks the password.
        writing = [pool.submit(write_on, number) for number in range(16)]
        try:
            # The writers may not have all threads: alone they would need minutes if each of them
            # waited for its second and readers came after them.
            began = time.monotonic()
            for _ in range(5):
                read_all()
            seconds = time.monotonic() - began
        finally:
            stop.set()
        refused = [each for some in writing for each in some.result(60)]
    assert {each.status_code for each in refused} == {503}
    assert all(int(each.headers["Retry-After"]) > 0 for each in refused)
    assert seconds < 60


def test_a_message_to_many_again_and_again_keeps_nobody_from_writing(
    product: Product, core: Core
) -> None:
    """And is refused after the second one, until time has passed."""
    flooding, other = (product.sign_in(role)[0] for role in ("ordinary account", "administrator"))
    headers, others = bearer(core, flooding), bearer(core, other)
    many = [f"r{number}@elsewhere.example" for number in range(1000)]
    stop = threading.Event()

    def flood() -> list[int]:
        found = []
        while not stop.is_set():
            found.append(use(product, headers, *many).status_code)
        return found

    with ThreadPoolExecutor(4) as pool:
        floods = [pool.submit(flood) for _ in range(4)]
        try:
            answers = [use(product, others, "kim@elsewhere.example") for _ in range(20)]
        finally:
            stop.set()
        codes = [code for each in floods for code in each.result(60)]
    assert {each.status_code for each in answers} == {204}
    assert codes.count(204) <= 3
    assert 429 in codes
