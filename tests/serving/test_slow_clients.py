"""The product answers everyone else within a second, whatever some clients do."""

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import pytest

from contactsgroups.serving.limits import PATIENCE
from tests.servers.clients import (
    HALF_BODY,
    HALF_HEADER,
    WHOLE,
    connected,
    dripping,
    is_closed,
    receive,
    usual_seconds,
)
from tests.servers.product import Product, address_books_held, look_at_the_books, running
from tests.servers.program import state_directory, wait_for

MANY = 1000


def is_well(product: Product) -> None:
    assert product.get("/healthz").text == "ok\n"


@pytest.mark.parametrize("first", [b"", HALF_HEADER, HALF_BODY], ids="idle header body".split())
def test_a_thousand_clients_that_do_not_go_on_leave_others_answered(
    product: Product, first: bytes
) -> None:
    with connected(product.place, MANY, first):
        assert usual_seconds(lambda: is_well(product)) < 1


@pytest.mark.parametrize("first", [HALF_HEADER, HALF_BODY], ids="header body".split())
def test_a_thousand_clients_that_send_octet_by_octet_leave_others_answered(
    product: Product, first: bytes
) -> None:
    with connected(product.place, MANY, first) as clients, dripping(clients):
        assert usual_seconds(lambda: is_well(product)) < 1


def test_no_client_may_let_the_server_wait_for_long(product: Product) -> None:
    """With the product's own times: this test takes as long as they do."""
    with ExitStack() as opened:
        silent = opened.enter_context(connected(product.place, 3))
        dripped = [
            opened.enter_context(connected(product.place, 3, first))
            for first in (HALF_HEADER, HALF_BODY, b"\r\n")
        ]
        for clients, octets in zip(dripped, (b"a", b"a", b"\r\n"), strict=True):
            opened.enter_context(dripping(clients, octets))
        every = [*silent, *chain.from_iterable(dripped)]
        assert not any(map(is_closed, every))
        wait_for(lambda: all(map(is_closed, every)), 4 * PATIENCE)
        is_well(product)


def test_eight_long_requests_leave_others_answered(product: Product) -> None:
    look_at_the_books(product)  # Makes the files.
    with ThreadPoolExecutor(8) as clients:
        with address_books_held(product):
            long = [clients.submit(look_at_the_books, product) for _ in range(8)]
            assert usual_seconds(lambda: is_well(product)) < 1
            assert not any(each.done() for each in long)
        assert {each.result().status_code for each in long} == {207}


def test_carddav_leaves_threads_for_the_rest_however_many_requests_wait(product: Product) -> None:
    look_at_the_books(product)
    with ThreadPoolExecutor(60) as clients:
        with address_books_held(product):
            asked = [clients.submit(look_at_the_books, product) for _ in range(60)]
            wait_for(lambda: sum(each.done() for each in asked) >= 60 - 24)
            assert usual_seconds(lambda: is_well(product)) < 1
            assert not all(each.done() for each in asked)
        answers = [each.result() for each in asked]
    assert {each.status_code for each in answers} == {207, 503}
    for each in answers:
        assert each.status_code == 207 or int(each.headers["Retry-After"]) > 0
    assert look_at_the_books(product).status_code == 207


@pytest.fixture(params=["256:256", "128:1024"], ids="hard soft".split())
def poor(request: pytest.FixtureRequest) -> Iterator[Product]:
    """A product that may open few files: for good, or until it asks for more."""
    launcher = ("prlimit", f"--nofile={request.param}")
    with (
        state_directory("serving") as root,
        running(root / "state", launcher=launcher) as product,
    ):
        yield product


def test_more_clients_than_connections_leave_others_answered(poor: Product) -> None:
    """The server does not spin either: it may not open as many files as there are clients."""
    with connected(poor.place, 600, HALF_HEADER):
        before = cpu_seconds(poor.process.pid)
        assert usual_seconds(lambda: is_well(poor)) < 1
        with socket.create_connection(poor.place, timeout=PATIENCE) as waiting:
            waiting.settimeout(3)
            with pytest.raises(TimeoutError):
                waiting.recv(1)
        assert cpu_seconds(poor.process.pid) - before < 2
        assert "Traceback" not in poor.text
        assert poor.text.count("Too many open files") <= 1


def cpu_seconds(pid: int) -> float:
    """The processor's time that a process has taken, as proc(5) says."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_requests_one_after_the_other_on_a_connection_are_all_answered(product: Product) -> None:
    last = WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with connected(product.place, 1, WHOLE * 20 + last) as (client,):
        assert receive(client).count(b"\r\n\r\nok\n") == 21
