"""The product as a process, while its database server says nothing."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass

import httpx
import pytest

from contactsgroups import settings
from contactsgroups.bootstrap import Core, open_core
from contactsgroups.delivery.policy_reply import UNAVAILABLE
from contactsgroups.delivery.publisher import read_status
from contactsgroups.services.accounts import tokens
from contactsgroups.services.delivery.published_maps import read_position
from tests.delivery.policy_clients import ask, connected
from tests.directories import add_accounts
from tests.servers.product import Product, environment_of, look_at_the_books, running
from tests.servers.program import state_directory, wait_for
from tests.servers.silent import SilentWay

SILENCE = 1
BOUND = 15
"""Seconds, on a busy machine; it takes two or three, and took for ever."""
MANY = 12


@dataclass(frozen=True)
class Site:
    """A product and the way to its database; the tests have another way, which is never silent."""

    product: Product
    way: SilentWay
    core: Core
    pages: httpx.Client
    bearer: dict[str, str]

    def page(self) -> httpx.Response:
        return self.pages.get("/admin/groups")

    def completions(self) -> httpx.Response:
        return self.product.get("/api/v1/completions?q=a", headers=self.bearer)

    def address_books(self) -> httpx.Response:
        return look_at_the_books(self.product)

    def health(self) -> httpx.Response:
        return self.product.get("/healthz")

    def policy(self) -> str:
        with ExitStack() as opened:
            stream = connected(self.core.settings.effective_policy_socket, opened)
            return ask(stream, "all@example.org", sender="x@example.net")

    def is_well(self) -> bool:
        answers = [self.page(), self.completions(), self.address_books(), self.health()]
        return all(each.status_code < 300 for each in answers)


def sign_in(product: Product, pages: httpx.Client) -> None:
    address, password = product.sign_in("administrator")
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', pages.get("/sign-in").text)
    assert found
    form = {"address": address, "password": password, "csrf_token": found[1]}
    assert pages.post("/sign-in", data=form).status_code == 303


@pytest.fixture(scope="module", params=[("mariadb", ("--workers", "2")), ("postgresql", ())])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """With the sample directory; on MariaDB with workers."""
    kind, options = request.param
    with ExitStack() as opened:
        url = opened.enter_context(request.getfixturevalue(f"{kind}_server").database())
        way = opened.enter_context(closing(SilentWay(url)))
        root = opened.enter_context(state_directory("silent"))
        product = opened.enter_context(
            running(
                root / "state",
                *options,
                CONTACTSGROUPS_DATABASE_URL=way.url,
                CONTACTSGROUPS_DATABASE_SILENCE=str(SILENCE),
            )
        )
        core = open_core(settings.from_mapping({"state": product.state, "database_url": url}))
        opened.callback(core.close)
        address, _ = product.sign_in("administrator")
        key = core.settings.read_token_secret()
        token = tokens.issue_token(core.database, key, address, 3600, may_write=True)
        pages = opened.enter_context(httpx.Client(base_url=product.url, timeout=60))
        sign_in(product, pages)
        yield Site(product, way, core, pages, {"Authorization": f"Bearer {token}"})


def assert_unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def seconds_until_refused(ask: Callable[[], httpx.Response]) -> float:
    started = time.monotonic()
    assert_unavailable(ask())
    return time.monotonic() - started


def test_every_face_says_so_in_time_and_goes_on_by_itself(site: Site) -> None:
    assert site.is_well()
    faces = (site.page, site.completions, site.address_books)
    with ThreadPoolExecutor(MANY) as clients, site.way.silence():
        started = time.monotonic()
        policy, health = clients.submit(site.policy), clients.submit(site.health)
        asked = [clients.submit(each) for each in faces for _ in range(3)]
        assert policy.result() == UNAVAILABLE
        assert (health.result().status_code, health.result().text) == (503, "not ok\n")
        for each in asked:
            assert_unavailable(each.result())
        assert time.monotonic() - started < BOUND
        for each in faces:
            assert min(seconds_until_refused(each) for _ in range(3)) < SILENCE
        assert site.policy() == UNAVAILABLE
    wait_for(site.is_well, BOUND)
    wait_for(lambda: site.policy() != UNAVAILABLE, BOUND)


def test_the_maps_follow_again(site: Site) -> None:
    with site.way.silence():
        assert_unavailable(site.page())
        _, _, domain = site.product.sign_in("administrator")[0].partition("@")
        add_accounts(site.core.database, ["new"], domain)
    directory = site.core.settings.effective_maps_directory
    wait_for(lambda: read_status(directory) == read_position(site.core.database), BOUND)


def test_a_command_ends_and_says_why(site: Site) -> None:
    environment = environment_of(site.product.state) | {
        "CONTACTSGROUPS_DATABASE_URL": site.way.url,
        "CONTACTSGROUPS_DATABASE_SILENCE": str(SILENCE),
    }
    command = [sys.executable, "-m", "contactsgroups", "domain", "list"]
    with site.way.silence():
        ended = subprocess.run(
            command, env=environment, check=False, capture_output=True, text=True, timeout=60
        )
    assert ended.returncode == os.EX_TEMPFAIL
    assert "the database does not answer" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_ends_when_it_is_asked_to(site: Site) -> None:
    """The last of this module: it takes the product away."""
    with ThreadPoolExecutor(MANY) as clients, site.way.silence():
        asked = [clients.submit(site.completions) for _ in range(MANY)]
        wait_for(lambda: any(each.running() for each in asked))
        started = time.monotonic()
        assert site.product.stop(signal.SIGTERM) == 0
        assert time.monotonic() - started < BOUND
        for each in asked:
            assert each.exception() is not None or each.result().status_code in {200, 503}
