"""What was answered with 201 is suggested after the next start, however the process ended."""

import random
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGKILL

import httpx
import pytest
from sqlalchemy import select

from contactsgroups.bootstrap import open_core
from contactsgroups.persistence.models import OwnContact
from contactsgroups.settings import Settings
from tests.carddav.dav import PASSWORD, Client
from tests.carddav.test_own_contacts import card
from tests.carddav.test_standalone import CONFIGURATION, ROOT
from tests.cli.test_run import running
from tests.servers.program import Program, free_port, listens, wait_for

HOME = "ada@example.org/"


class Writer:
    """A client that stores cards until its server goes away, and remembers what was accepted."""

    def __init__(self, root: str, name: str) -> None:
        self._root = root
        self._name = name
        self.accepted: set[str] = set()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with client_of(self._root) as client, suppress(httpx.HTTPError):
            client.propfind(HOME, "D:displayname")
            for number in range(10_000):
                uid = f"{self._name}-{number}"
                if store(client, uid).status_code == 201:
                    self.accepted.add(f"{uid}@a.example")

    def join(self) -> set[str]:
        self._thread.join(60)
        assert not self._thread.is_alive()
        return self.accepted


def client_of(root: str) -> Client:
    return Client(base_url=root, auth=("ada@example.org", PASSWORD), timeout=30)


def store(client: Client, uid: str) -> httpx.Response:
    content = card(uid, f"Name {uid}", f"{uid}@a.example").encode()
    headers = {"Content-Type": "text/vcard"}
    return client.put(f"{HOME}contacts/{uid}.vcf", content=content, headers=headers)


def suggestible(state: Path) -> set[str]:
    """The addresses that completions read for Ada."""
    core = open_core(Settings(state=state))
    with core.database.read() as session:
        found = set(session.scalars(select(OwnContact.address)))
    core.close()
    return found


def is_suggested(state: Path, accepted: set[str]) -> bool:
    return accepted <= suggestible(state)


@pytest.mark.parametrize("round_", range(3))
def test_what_a_killed_process_has_accepted_is_suggested(state: Path, round_: int) -> None:
    with running(state) as product:
        writers = [Writer(f"{product.url}/dav/", f"w{number}") for number in range(3)]
        wait_for(lambda: all(writer.accepted for writer in writers))
        threading.Event().wait(random.uniform(0, 0.5))
        product.process.send_signal(SIGKILL)
        product.process.wait(60)
        accepted = set().union(*(writer.join() for writer in writers))
    with running(state):
        wait_for(lambda: is_suggested(state, accepted))


def test_an_orderly_stop_while_the_database_is_locked_loses_nothing(state: Path) -> None:
    locking = sqlite3.connect(state / "contactsgroups.sqlite", isolation_level=None)
    with running(state) as product:
        locking.execute("BEGIN IMMEDIATE")
        with client_of(f"{product.url}/dav/") as client:
            client.propfind(HOME, "D:displayname")
            assert [store(client, str(number)).status_code for number in range(20)] == [201] * 20
        assert product.stop(signal.SIGTERM) == 0
    assert suggestible(state) == set()
    locking.close()
    with running(state):
        wait_for(lambda: is_suggested(state, {f"{number}@a.example" for number in range(20)}))


@contextmanager
def radicale_running(state: Path, folder: Path) -> Iterator[tuple[Program, str]]:
    port = free_port()
    configuration = folder / "radicale.conf"
    predefined = 'predefined_collections = {"contacts": {"tag": "VADDRESSBOOK"}}\n[web]'
    text = CONFIGURATION.format(port=port, state=state).replace("[web]", predefined)
    configuration.write_text(text)
    command = [sys.executable, "-m", "radicale", "--config", str(configuration)]
    program = Program(command, folder / "radicale.log")
    try:
        program.wait_until(lambda: listens(("127.0.0.1", port)))
        yield program, f"http://127.0.0.1:{port}/"
    finally:
        program.stop()


def test_so_it_is_with_radicales_own_program(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with radicale_running(state, tmp_path) as (program, url):
        writer = Writer(url, "r")
        wait_for(lambda: len(writer.accepted) > 10)
        program.stop(SIGKILL)
        accepted = writer.join()
    with radicale_running(state, tmp_path):
        wait_for(lambda: is_suggested(state, accepted))
