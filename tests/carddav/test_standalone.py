"""Radicale itself, started as its own program, loads the plugin from its configuration file."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from radicale import config

from contactsgroups.bootstrap import Core
from contactsgroups.settings import InvalidSettings
from radicale_plugin import Auth, Rights, Storage
from tests.carddav.dav import MAKING_A_BOOK, PASSWORD, Client
from tests.directories import add_group
from tests.servers.program import Program, free_port

ROOT = Path(__file__).parent.parent.parent
CONFIGURATION = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = radicale_plugin
delay = 0
[rights]
type = radicale_plugin
[storage]
type = radicale_plugin
state = {state}
groups_name = Verteiler
groups_path = lists
[web]
type = none
"""


@pytest.fixture
def configuration(tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, int]:
    """A configuration file of Radicale's and the port it names."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    port = free_port()
    path = tmp_path / "radicale.conf"
    path.write_text(CONFIGURATION.format(port=port, state=state))
    return path, port


@pytest.fixture
def ada(configuration: tuple[Path, int], tmp_path: Path) -> Iterator[Client]:
    """Ada's client of a running Radicale."""
    path, port = configuration
    program = Program(
        [sys.executable, "-m", "radicale", "--config", str(path)], tmp_path / "radicale.log"
    )

    def listens() -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    try:
        program.wait_until(listens)
        url = f"http://127.0.0.1:{port}/"
        with Client(base_url=url, auth=("ADA@example.org", PASSWORD), timeout=30) as client:
            yield client
    finally:
        program.stop()


def test_the_book_stands_under_the_configured_name(core: Core, ada: Client) -> None:
    group = add_group(core.database, "sales@example.org", "bob@example.org")
    assert ada.send_xml("MKCOL", "ada@example.org/own/", MAKING_A_BOOK).status_code == 201

    books = ada.propfind("ada@example.org/", "D:displayname", depth=1)

    assert next(iter(books)) == "/ada@example.org/"
    assert list(books)[-1] == "/ada@example.org/lists/"
    assert books["/ada@example.org/lists/"].text("D:displayname") == "Verteiler"
    _, cards = ada.sync("ada@example.org/lists/", "", "D:getetag", "CR:address-data")
    assert list(cards) == [f"/ada@example.org/lists/{group.uuid}.vcf"]
    assert ada.put("ada@example.org/lists/x.vcf", content="x").status_code == 403


def test_a_change_by_another_process_is_seen_at_the_next_sync(core: Core, ada: Client) -> None:
    token, cards = ada.sync("ada@example.org/lists/")
    assert cards == {}

    group = add_group(core.database, "sales@example.org", "bob@example.org")

    _, cards = ada.sync("ada@example.org/lists/", token)
    assert list(cards) == [f"/ada@example.org/lists/{group.uuid}.vcf"]


def test_own_books_are_kept_in_the_state_directory(state: Path, ada: Client) -> None:
    assert ada.send_xml("MKCOL", "ada@example.org/own/", MAKING_A_BOOK).status_code == 201

    assert (state / "collections" / "collection-root" / "ada@example.org" / "own").is_dir()


def test_radicale_can_verify_the_storage(core: Core, configuration: tuple[Path, int]) -> None:
    add_group(core.database, "sales@example.org", "bob@example.org")
    storage = Storage(config.load(), core=core)
    storage.create_collection("/ada@example.org/")
    command = [sys.executable, "-m", "radicale", "--verify-storage", "--config", configuration[0]]

    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert result.returncode == 0, result.stderr
    assert "ada@example.org/lists" in result.stderr


def test_all_parts_of_a_process_share_one_core(configuration: tuple[Path, int]) -> None:
    """Radicale builds every storage twice; connections to the database are few and dear."""
    loaded = config.load([(str(configuration[0]), False)])

    cores = {id(Storage(loaded)._core), id(Storage(loaded)._core)}
    databases = {id(Auth(loaded)._database), id(Storage(loaded)._core.database)}

    assert len(cores) == len(databases) == 1
    Storage(loaded)._core.close()


@pytest.mark.parametrize("segment", ["", "a/b", ".hidden", ".."])
def test_a_path_that_is_no_single_component_is_refused(
    configuration: tuple[Path, int], segment: str
) -> None:
    loaded = config.load([(str(configuration[0]), False)])
    loaded.update({"storage": {"groups_path": segment}})

    with pytest.raises(RuntimeError, match="groups_path"):
        Rights(loaded)


def test_faulty_settings_are_named(
    configuration: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACTSGROUPS_PORT", "99999")
    loaded = config.load([(str(configuration[0]), False)])

    with pytest.raises(InvalidSettings, match="port"):
        Storage(loaded)
