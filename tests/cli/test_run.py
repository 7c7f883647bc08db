"""``contactsgroups run``, as a process of its own: the whole product on a fresh state directory."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.servers.product import (
    START_SECONDS,
    Product,
    environment_of,
    fail_to_run,
    running,
    started,
)
from tests.servers.program import free_port, listens, state_directory, wait_for


@pytest.fixture
def state() -> Iterator[Path]:
    """A state directory with a path short enough for a Unix socket in it."""
    with state_directory("run") as root:
        yield root / "state"


def test_a_first_start_brings_up_everything_and_a_second_one_keeps_it(state: Path) -> None:
    """One test for the whole life, because each start takes seconds."""
    with running(state) as product:
        _look_around(product)
        _sign_in_and_look_at_the_address_books(product)
        wait_for((state / "maps" / "virtual_alias.lmdb").exists)
        wait_for(lambda: listens(state / "policy.sock") and listens(state / "lmtp.sock"))
        passwords = [product.sign_in(role) for role in ("administrator", "ordinary account")]
        assert product.stop(signal.SIGINT) == 0
        assert "Traceback" not in product.text
    assert not (state / "policy.sock").exists()
    assert stat.S_IMODE((state / "sample_sign_in.json").stat().st_mode) == 0o600

    with running(state) as product:
        again = [product.sign_in(role) for role in ("administrator", "ordinary account")]
        assert again == passwords
        assert product.domains() == 3
        assert product.stop(signal.SIGTERM) == 0
        assert "Traceback" not in product.text


def _look_around(product: Product) -> None:
    for name in ("Start page", "Admin pages", "Compose page"):
        found = re.search(rf"{name} +(http\S+)\n", product.text)
        assert found, product.text
        page = httpx.get(found[1], timeout=30, follow_redirects=True)
        assert page.status_code == 200
        assert "text/html" in page.headers["content-type"]
    answer = product.get("/.well-known/carddav")
    assert (answer.status_code, answer.headers["location"]) == (301, "/dav/")
    assert product.get("/.well-known/caldav").status_code == 404  # Nobody is to look for calendars.


def _sign_in_and_look_at_the_address_books(product: Product) -> None:
    home = "/dav/ada.archer@example.org/"
    assert httpx.request("PROPFIND", product.url + home, timeout=30).status_code == 401
    address, password = product.sign_in("ordinary account")
    books = httpx.request(
        "PROPFIND",
        product.url + home,
        auth=(address, password),
        headers={"Depth": "1"},
        timeout=30,
    )
    assert books.status_code == 207
    assert re.search(r"<href>/dav/ada\.archer(@|%40)example\.org/groups/</href>", books.text)


def test_a_request_that_is_too_large_is_refused(state: Path) -> None:
    """Before it is taken in: nobody can fill the disk with one request."""
    with running(state) as product:
        address, password = product.sign_in("ordinary account")
        answer = httpx.put(
            f"{product.url}/dav/{address}/contacts/big.vcf",
            content=(b"x" * 1_000_000 for _ in range(40)),
            auth=(address, password),
            timeout=60,
        )
        assert answer.status_code == 413
        assert product.get("/healthz").status_code == 200


def test_ctrl_c_while_it_is_still_starting_is_quiet(state: Path) -> None:
    """As soon as it has begun to load its libraries; nothing is there yet to be cleaned up."""
    with started(state) as product:
        maps = Path(f"/proc/{product.process.pid}/maps")
        wait_for(lambda: "sqlalchemy" in maps.read_text(), START_SECONDS)
        assert product.stop(signal.SIGINT) == 130
        assert product.text == ""


def test_a_port_in_use_is_one_sentence(state: Path) -> None:
    with _occupied_port() as port:
        code, text = fail_to_run(state, PORT=str(port))
    assert code == os.EX_TEMPFAIL
    assert text == (
        f"contactsgroups: port {port} of 127.0.0.1 is in use by another program;"
        " choose one with PORT=...\n"
    )
    assert not state.exists()


@contextmanager
def _occupied_port() -> Iterator[int]:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"HOST": "203.0.113.1"}, "cannot listen on 203.0.113.1, port "),
        ({"HOST": "no.such.host.invalid"}, "cannot listen on no.such.host.invalid, port "),
        ({"PORT": "many"}, "the settings are wrong:"),
    ],
)
def test_a_place_nobody_can_listen_at_is_one_sentence(
    state: Path, environment: dict[str, str], sentence: str
) -> None:
    code, text = fail_to_run(state, **({"PORT": str(free_port())} | environment))
    assert code in {os.EX_TEMPFAIL, os.EX_CONFIG}
    assert text.startswith(f"contactsgroups: {sentence}")
    assert "Traceback" not in text


def test_a_database_of_ones_own_is_not_given_the_sample(state: Path) -> None:
    domain = subprocess.run(
        [sys.executable, "-m", "contactsgroups", "domain", "add", "mine.example"],
        env=environment_of(state),
        check=False,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
    )
    assert domain.returncode == 0, domain.stderr
    with running(state) as product:
        assert "sample" not in product.text
        assert product.domains() == 1
        assert product.stop(signal.SIGINT) == 0
    assert not (state / "sample_sign_in.json").exists()


def test_a_first_start_that_was_interrupted_is_taken_up_again(state: Path) -> None:
    """The file of passwords says that the sample is not there yet."""
    state.mkdir()
    passwords = {"admin@example.org": "one-secret", "ada.archer@example.org": "two-secret"}
    (state / "sample_sign_in.json").write_text(
        json.dumps({"loaded": False, "passwords": passwords})
    )
    with running(state) as product:
        assert product.sign_in("administrator") == ("admin@example.org", "one-secret")
        assert product.domains() == 3
        assert product.stop(signal.SIGTERM) == 0
