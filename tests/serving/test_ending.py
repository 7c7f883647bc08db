"""The product at SIGTERM: nothing is cut short, and it ends."""

import base64
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from contactsgroups.serving.limits import DRAIN_SECONDS
from tests.servers.clients import HALF_HEADER, WHOLE, connected, receive
from tests.servers.product import Product, address_books_held, look_at_the_books, running
from tests.servers.program import END_SECONDS, listens, wait_for

ONE = ()
SEVERAL = ("--workers", "2")
CARDS = 60
LETTERS = 200_000
FEW = 65_536


def fill_own_book(product: Product) -> None:
    """Put cards into the files, which takes less time than to send them."""
    look_at_the_books(product)
    address, _ = product.sign_in("ordinary account")
    book = product.state / "collections" / "collection-root" / address / "contacts"
    for number in range(CARDS):
        (book / f"{number}.vcf").write_text(card(number), newline="")


def card(number: int) -> str:
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"UID:{number}", f"FN:{number}", f"N:{number};;;;"]
    return "\r\n".join([*lines, f"NOTE:{'a' * LETTERS}", "END:VCARD", ""])


def request_for_own_book(product: Product) -> bytes:
    address, password = product.sign_in("ordinary account")
    credentials = base64.b64encode(f"{address}:{password}".encode()).decode()
    lines = [f"GET /dav/{address}/contacts/ HTTP/1.1", "Host: x"]
    return "\r\n".join([*lines, f"Authorization: Basic {credentials}", "", ""]).encode()


@pytest.mark.parametrize("options", [ONE, SEVERAL], ids="one several".split())
def test_a_large_answer_under_way_arrives_whole(state: Path, options: tuple[str, ...]) -> None:
    with running(state, *options) as product, socket.socket() as client:
        fill_own_book(product)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, FEW)
        client.settimeout(END_SECONDS)
        client.connect(product.place)
        client.sendall(request_for_own_book(product))
        begun = client.recv(FEW)
        assert begun
        product.process.send_signal(signal.SIGTERM)
        wait_for(lambda: not listens(product.place))
        assert product.process.poll() is None
        head, _, body = (begun + receive(client)).partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        assert body.count(b"END:VCARD") == CARDS
        assert product.process.wait(END_SECONDS) == 0
        assert "Traceback" not in product.text


@pytest.mark.parametrize("options", [ONE, SEVERAL], ids="one several".split())
def test_requests_that_are_being_answered_are_and_idle_clients_are_not_waited_for(
    state: Path, options: tuple[str, ...]
) -> None:
    with running(state, *options) as product, ExitStack() as opened:
        look_at_the_books(product)
        # The book that was made is read for autocomplete, under the same lock.
        notes = product.state / "collections" / "contactsgroups-pending"
        wait_for(lambda: not list(notes.glob("[!.]*")))
        used = opened.enter_context(connected(product.place, 50, WHOLE))
        for client in used:
            assert client.recv(FEW).startswith(b"HTTP/1.1 200")
        opened.enter_context(connected(product.place, 50))
        clients = opened.enter_context(ThreadPoolExecutor(4))
        with address_books_held(product):
            asked = [clients.submit(look_at_the_books, product) for _ in range(4)]
            wait_for(lambda: waiting_for_the_books(product) == 4)
            product.process.send_signal(signal.SIGTERM)
            wait_for(lambda: not listens(product.place))
        for each in asked:
            assert each.result().status_code == 207
            assert each.result().headers["Connection"] == "close"
        assert product.process.wait(END_SECONDS) == 0


def waiting_for_the_books(product: Product) -> int:
    """How many threads wait for a lock on the files, as proc(5) says in locks."""
    pids = {str(pid) for pid in (product.process.pid, *product.workers())}
    inode = (product.state / "collections" / ".Radicale.lock").stat().st_ino
    lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return sum(
        each[1] == "->" and each[5] in pids and each[6].endswith(f":{inode}") for each in lines
    )


@pytest.mark.parametrize("options", [ONE, SEVERAL], ids="one several".split())
def test_clients_that_never_go_on_do_not_keep_it_from_ending(
    state: Path, options: tuple[str, ...]
) -> None:
    with running(state, *options) as product, connected(product.place, 300, HALF_HEADER):
        started = time.monotonic()
        assert product.stop(signal.SIGTERM) == 0
        assert DRAIN_SECONDS / 2 < time.monotonic() - started < END_SECONDS


def test_a_second_signal_ends_it_at_once(state: Path) -> None:
    with running(state) as product, connected(product.place, 1, HALF_HEADER):
        product.process.send_signal(signal.SIGINT)
        wait_for(lambda: not listens(product.place))
        assert product.stop(signal.SIGINT) == -signal.SIGINT
