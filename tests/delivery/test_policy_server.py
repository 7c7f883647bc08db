"""The policy service answers many clients at once, and whatever they send."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy import text

from contactsgroups import settings
from contactsgroups.bootstrap import Core, open_core
from contactsgroups.delivery import policy
from contactsgroups.delivery.policy import PolicyServer
from contactsgroups.delivery.policy_reply import NO_GROUP
from contactsgroups.domain.errors import Unavailable
from tests.delivery.policy_clients import answer, ask, connected, placed
from tests.directories import add_accounts, add_group
from tests.servers import away
from tests.servers.program import wait_for

Client = Callable[[], BinaryIO]


@pytest.fixture
def core(core: Core) -> Core:
    """With an open group, one for members, and one that is moderated."""
    database = core.database
    add_group(database, "open@example.org", "ada@example.org", posting_policy="anyone")
    add_group(database, "team@example.org", "ada@example.org", posting_policy="members")
    add_group(
        database,
        "kept@example.org",
        "ada@example.org",
        posting_policy="anyone",
        moderated=True,
        moderators=["ada@example.org"],
    )
    return core


@pytest.fixture(params=["path", "127.0.0.1:0", "[::1]:0"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "new" / "policy.sock") if request.param == "path" else request.param


@pytest.fixture
def connect(core: Core, place: str) -> Iterator[Client]:
    """Opens connections to a running service."""
    with PolicyServer(placed(core, place)) as server, ExitStack() as stack:

        def connect() -> BinaryIO:
            return connected(server.address, stack)

        yield connect


def test_one_connection_asks_about_many_messages(connect: Client) -> None:
    stream = connect()
    for _ in range(10):
        assert ask(stream, "open@example.org", sender="x@example.net") == "DUNNO"
        assert ask(stream, "team@example.org", sender="x@example.net") == (
            "550 5.7.2 only members may post"
        )
        assert ask(stream, "kept@example.org", sender="x@example.net").startswith("450 4.7.1 ")
        held = {"sender": "x@example.net", "policy_context": "held"}
        assert ask(stream, "kept@example.org", **held) == "DUNNO"
        assert ask(stream, "ada@example.org", sender="x@example.net") == NO_GROUP
        assert ask(stream, "open@example.org", sender="") == (
            "550 5.7.2 the group ignores automatic replies"
        )


def test_many_connections_are_answered_at_once(connect: Client) -> None:
    """Each waits for its answer while all the others are open."""
    streams = [connect() for _ in range(100)]
    for stream in streams:
        assert ask(stream, "team@example.org", sasl_username="ada@example.org") == "DUNNO"


def test_clients_at_the_same_time_get_their_own_answers(connect: Client) -> None:
    wrong: list[str] = []

    def converse(login: str, expected: str) -> None:
        stream = connect()
        for _ in range(20):
            reply = ask(stream, "team@example.org", sasl_username=login)
            if not reply.startswith(expected):
                wrong.append(reply)

    people = [("ada@example.org", "DUNNO"), ("eve@example.org", "550")] * 4
    threads = [threading.Thread(target=converse, args=each) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_other_stages_are_not_decided(connect: Client) -> None:
    stream = connect()
    for stage in ("CONNECT", "EHLO", "MAIL", "DATA", "END-OF-MESSAGE", "VRFY", "ETRN"):
        assert ask(stream, "team@example.org", protocol_state=stage) == "DUNNO"


def test_nonsense_is_refused_for_now_and_ends_the_connection(connect: Client) -> None:
    stream = connect()
    stream.write(b"EHLO client.example.org\r\n\r\n")
    stream.flush()
    assert answer(stream) == "451 4.3.5 group policy unavailable"
    assert stream.read() == b""
    assert ask(connect(), "open@example.org", sender="x@example.net") == "DUNNO"


@pytest.mark.parametrize("url", away.URLS)
@pytest.mark.parametrize("place", ["path"], indirect=True)
def test_senders_do_not_read_where_the_database_is_but_the_log_does(
    core: Core,
    connect: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    url: str,
) -> None:
    with away.taken_away(core.database, url, monkeypatch):
        reply = ask(connect(), "open@example.org", sender="x@example.net")
    assert reply == "451 4.3.5 group policy unavailable"
    assert away.DETAIL in caplog.text


@pytest.mark.parametrize("place", ["path"], indirect=True)
def test_a_failure_while_deciding_refuses_for_now(core: Core, connect: Client) -> None:
    with core.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE contactsgroups_group_roles RENAME TO away"))
    reply = ask(connect(), "open@example.org", sender="x@example.net")
    assert reply == "451 4.3.5 group policy unavailable"


@pytest.mark.parametrize("place", ["path"], indirect=True)
def test_who_is_noted_waits_for_other_writers_and_nobody_else(core: Core, connect: Client) -> None:
    """On SQLite, there is one writer at a time."""
    assert ask(connect(), "team@example.org", sender="x@example.net").startswith("550 ")
    with ThreadPoolExecutor(1) as other:
        signed_in = connect()
        with core.database.write():
            noted = other.submit(
                ask,
                signed_in,
                "team@example.org",
                sasl_username="ada@example.org",
                sender="ada@example.org",
                client_address="192.0.2.1",
                client_port="40001",
            )
            for _ in range(20):
                reply = ask(connect(), "team@example.org", sender="x@example.net")
                assert reply.startswith("550 ")
            assert not noted.done()
        assert noted.result(10) == "DUNNO"


def test_stopping_ends_open_connections(core: Core, place: str) -> None:
    with ExitStack() as stack:
        with PolicyServer(placed(core, place)) as server:
            stream = connected(server.address, stack)
            assert ask(stream, "open@example.org", sender="x@example.net") == "DUNNO"
        assert stream.read() == b""
        with pytest.raises(OSError, match=r"refused|No such file"):
            connected(server.address, stack)


def test_the_service_runs_until_its_event_is_set(core: Core, tmp_path: Path) -> None:
    path, stop = tmp_path / "policy.sock", threading.Event()
    thread = threading.Thread(target=policy.serve, args=(placed(core, str(path)), stop))
    thread.start()
    wait_for(path.is_socket)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert not path.exists()


def test_a_service_that_fails_is_begun_again_by_whoever_runs_it(
    core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(policy._Service, "run", fail)
    path = tmp_path / "policy.sock"
    with pytest.raises(Unavailable, match="stopped listening"):
        policy.serve(placed(core, str(path)), threading.Event())
    assert "a fault of ours" in caplog.text
    assert not path.exists()


def test_a_place_that_is_taken_or_impossible_is_named(core: Core, tmp_path: Path) -> None:
    ordinary = tmp_path / "file"
    ordinary.write_text("precious")
    with (
        PolicyServer(placed(core, str(tmp_path / "policy.sock"))) as first,
        PolicyServer(placed(core, "127.0.0.1:0")) as second,
    ):
        for taken in (first.address, second.address, str(ordinary), "/" + "x" * 200):
            with pytest.raises(Unavailable, match="cannot listen at"):
                PolicyServer(placed(core, taken))
    assert ordinary.read_text() == "precious"


def test_other_domains_of_ours_are_strangers_too(core: Core, tmp_path: Path) -> None:
    add_accounts(core.database, ["kim"], domain="example.com")
    add_group(core.database, "staff@example.org", "ada@example.org")
    path = str(tmp_path / "policy.sock")
    with PolicyServer(placed(core, path)) as server, ExitStack() as stack:
        stream = connected(server.address, stack)
        reply = ask(stream, "staff@example.org", sasl_username="kim@example.com")
    assert reply == "550 5.7.2 only senders of the same domain may post"


def test_bootstrap_chooses_a_socket_in_the_state_directory(tmp_path: Path) -> None:
    core = open_core(settings.from_mapping({"state": tmp_path}), upgrade=True)
    with PolicyServer(core) as server:
        assert server.address == str(tmp_path / "policy.sock")
    core.close()
