"""Clients that are idle, slow or greedy get no more than their turn, and leave room for Postfix."""

import os
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from contactsgroups.bootstrap import Core
from contactsgroups.delivery import policy_connections, policy_conversation
from contactsgroups.delivery.policy import PolicyServer
from contactsgroups.delivery.policy_reply import NO_GROUP
from contactsgroups.delivery.policy_request import REQUEST_LIMIT
from tests.delivery.policy_clients import ask, connect, connected, placed, request
from tests.servers.program import wait_for

LIMIT = 20
ANSWER = f"action={NO_GROUP}\n\n".encode()

Connect = Callable[[], socket.socket]


@pytest.fixture(params=["path", "127.0.0.1:0"])
def address(
    request: pytest.FixtureRequest, core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Where a service listens that takes twenty connections."""
    monkeypatch.setattr(policy_connections, "CONNECTION_LIMIT", LIMIT)
    place = str(tmp_path / "policy.sock") if request.param == "path" else request.param
    with PolicyServer(placed(core, place)) as server:
        yield server.address


@pytest.fixture
def opened(address: str) -> Iterator[Connect]:
    """Opens connections."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(connect(address))


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that waits for a request a moment only."""
    monkeypatch.setattr(policy_conversation, "REQUEST_SECONDS", 0.2)


def is_closed(client: socket.socket) -> bool:
    """Whether the service has hung up, now or within the client's limit of time."""
    with suppress(ConnectionError):
        while client.recv(4096):
            pass
    return True


def asks(address: str) -> str:
    with ExitStack() as stack:
        return ask(connected(address, stack), "ada@example.org")


Fill = Callable[[socket.socket], None]


def keep_silent(_: socket.socket) -> None:
    pass


def send_half(client: socket.socket) -> None:
    client.sendall(request("ada@example.org")[:40])


def ask_once(client: socket.socket) -> None:
    client.sendall(request("ada@example.org"))
    client.recv(4096)


def ask_and_never_read(client: socket.socket) -> None:
    client.setblocking(False)
    with suppress(BlockingIOError, ConnectionError):
        client.sendall(request("ada@example.org") * 5_000)


def send_a_long_line(client: socket.socket) -> None:
    client.sendall(b"helo_name=" + b"x" * (REQUEST_LIMIT // 2))


@pytest.mark.parametrize(
    "fill", [keep_silent, send_half, ask_once, ask_and_never_read, send_a_long_line]
)
def test_there_is_room_for_one_more_whatever_the_others_do(
    address: str, opened: Connect, fill: Fill
) -> None:
    for _ in range(3 * LIMIT):
        fill(opened())
    for _ in range(5):
        assert asks(address) == NO_GROUP


def test_those_that_asked_stay_while_strangers_come_and_go(opened: Connect) -> None:
    postfix = [opened() for _ in range(LIMIT // 2)]
    for client in postfix:
        ask_once(client)
    strangers = [opened() for _ in range(3 * LIMIT)]
    assert is_closed(strangers[0])
    for client in postfix:
        client.sendall(request("ada@example.org"))
        assert client.recv(4096) == ANSWER


def test_who_is_silent_for_longest_has_to_go(opened: Connect) -> None:
    clients = [opened() for _ in range(LIMIT)]
    for client in clients:
        ask_once(client)
    ask_once(clients[0])
    ask_once(opened())
    assert is_closed(clients[1])
    ask_once(clients[0])


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("fill", [keep_silent, send_half, send_a_long_line])
def test_who_never_asks_is_disconnected(opened: Connect, fill: Fill) -> None:
    client = opened()
    fill(client)
    assert is_closed(client)


@pytest.mark.usefixtures("hasty")
def test_a_request_that_drips_is_not_waited_for(opened: Connect) -> None:
    client, dripped = opened(), request("ada@example.org")

    def drips_no_more() -> bool:
        nonlocal dripped
        try:
            client.sendall(dripped[:1])
        except ConnectionError:
            return True
        dripped = dripped[1:] or dripped
        time.sleep(0.05)
        return False

    wait_for(drips_no_more)


@pytest.mark.usefixtures("hasty")
def test_a_client_that_asked_may_be_silent_for_longer(opened: Connect) -> None:
    client = opened()
    ask_once(client)
    time.sleep(1)
    client.sendall(request("ada@example.org"))
    assert client.recv(4096) == ANSWER


def test_a_silent_client_that_asked_is_disconnected_some_day(
    opened: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_conversation, "IDLE_SECONDS", 0.2)
    client = opened()
    ask_once(client)
    assert is_closed(client)


@pytest.mark.parametrize("address", ["path"], indirect=True)
@pytest.mark.usefixtures("hasty")
def test_a_client_that_never_reads_is_disconnected(opened: Connect) -> None:
    client = opened()
    client.setblocking(False)

    rest = requests = request("ada@example.org") * 200

    def is_cut_off() -> bool:
        nonlocal rest
        try:
            rest = rest[client.send(rest) :] or requests
        except BlockingIOError:
            return False
        except ConnectionError:
            return True
        return False

    wait_for(is_cut_off)


def test_thousands_of_requests_at_once_are_all_answered_in_turn(
    address: str, opened: Connect
) -> None:
    """Whoever reads may send ahead; others are served between."""
    client, count = opened(), 300
    client.sendall(request("ada@example.org") * count)
    assert asks(address) == NO_GROUP
    answers = b""
    while len(answers) < count * len(ANSWER):
        answers += client.recv(4096)
    assert answers == ANSWER * count


@pytest.mark.parametrize("data", [b"x" * (REQUEST_LIMIT + 1), b"a=b\n" * 1000, b"\0" * 100 + b"\n"])
def test_more_than_a_request_may_be_is_refused_for_now(opened: Connect, data: bytes) -> None:
    client = opened()
    client.sendall(data)
    with suppress(ConnectionResetError):
        assert client.recv(4096) == b"action=451 4.3.5 group policy unavailable\n\n"
    assert is_closed(client)


def test_clients_that_leave_before_they_are_answered_do_no_harm(
    address: str, opened: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3 * LIMIT):
        with connect(address) as client:
            client.sendall(request("ada@example.org") * 3)
    assert asks(address) == NO_GROUP
    assert "Traceback" not in caplog.text


def test_crowds_are_logged_once(
    address: str, opened: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2 * LIMIT):
        opened()
    for _ in range(5):
        client = opened()
        client.sendall(b"nonsense\n")
        assert is_closed(client)
    assert caplog.text.count(f"has {LIMIT} connections") == 1
    assert caplog.text.count("malformed policy request") == 1


@pytest.fixture
def exhausted() -> Iterator[list[int]]:
    """The descriptors that were taken so that this process has none left."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, limits[1]), limits[1]))
    taken: list[int] = []
    try:
        with suppress(OSError):
            while True:
                taken.append(os.dup(0))
        yield taken
    finally:
        for each in taken:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.fixture
def waiting(address: str) -> Iterator[socket.socket]:
    """A socket that needs no further descriptor to connect."""
    family = socket.AF_INET if ":" in address else socket.AF_UNIX
    with socket.socket(family) as client:
        client.settimeout(30)
        yield client


def ask_until_all_is_closed(address: str) -> None:
    """Ask once, so that all is open that stays open, and wait until the service has hung up.

    An end of the service that closed later would free a descriptor that nobody had counted on.
    """
    with connect(address) as client:
        ask_once(client)
        client.shutdown(socket.SHUT_WR)
        assert is_closed(client)


def connect_late(client: socket.socket, address: str) -> None:
    host, _, port = address.rpartition(":")
    client.connect((host, int(port)) if host else address)
    client.sendall(request("ada@example.org"))


def test_without_descriptors_the_longest_idle_connection_makes_room(
    address: str, opened: Connect, waiting: socket.socket, request: pytest.FixtureRequest
) -> None:
    idle, other = opened(), opened()
    ask_once(other)
    time.sleep(2 * policy_connections.STRANGER_SECONDS)
    request.getfixturevalue("exhausted")
    connect_late(waiting, address)
    assert waiting.recv(4096) == ANSWER
    assert is_closed(idle)
    ask_once(other)


def test_without_descriptors_and_connections_the_service_waits_in_peace(
    address: str,
    waiting: socket.socket,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ask_until_all_is_closed(address)  # The first question opens a connection to the database.
    taken = request.getfixturevalue("exhausted")
    connect_late(waiting, address)
    started = time.process_time()
    time.sleep(1)
    assert time.process_time() - started < 0.5
    while taken:
        os.close(taken.pop())
    assert waiting.recv(4096) == ANSWER
    assert caplog.text.count("Too many open files") == 1
