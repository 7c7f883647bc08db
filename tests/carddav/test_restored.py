"""Clients after the database went back: none keeps what is no more, on any of the databases."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.persistence import dumps
from contactsgroups.services.backup import back_up
from contactsgroups.services.backup.restoring import restore
from contactsgroups.settings import Settings
from radicale_plugin.application import create_application
from tests.carddav.conftest import make_core
from tests.carddav.dav import PASSWORD, Client
from tests.carddav.test_clients import Computer
from tests.directories import add_group
from tests.servers.web import served

BOOK = "ada@example.org/groups/"
CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{0}\r\nFN:{0}\r\nN:{0};;;;\r\nEND:VCARD\r\n"


@pytest.fixture
def chosen(tmp_path: Path, database_url: str) -> Settings:
    url = "" if database_url.startswith("sqlite") else database_url
    return Settings(state=tmp_path / "state", database_url=url)


@contextmanager
def client_of(core: Core) -> Iterator[Client]:
    """Ada's client of the mount; the core is closed at the end."""
    try:
        with (
            served(create_application(core)) as url,
            Client(base_url=f"{url}/", auth=("ada@example.org", PASSWORD), timeout=30) as client,
        ):
            yield client
    finally:
        core.close()


def names_of(client: Client) -> set[str]:
    _, cards = client.sync(BOOK, "", "CR:address-data")
    return {
        line.removeprefix("FN:")
        for card in cards.values()
        for line in card.text("CR:address-data").splitlines()
        if line.startswith("FN:")
    }


def assert_starts_anew(client: Client, token: str) -> None:
    refused = client.send_sync(BOOK, token, "D:getetag")
    assert refused.status_code in {403, 409}
    assert "valid-sync-token" in refused.text


def test_after_a_restore_every_earlier_token_is_refused(chosen: Settings) -> None:
    """Also when the journal has grown past it again: that is when clients would be wrong."""
    archive = io.BytesIO()
    with client_of(make_core(chosen.state, chosen.database_url)) as client:
        core = open_core(chosen)
        add_group(core.database, "kept@example.org", "bob@example.org")
        early, _ = client.sync(BOOK)
        back_up(core.database, chosen, archive)
        add_group(core.database, "lost@example.org", "bob@example.org")
        core.close()
        late, _ = client.sync(BOOK)
    restore(chosen, io.BytesIO(archive.getvalue()), replace=True)
    core = open_core(chosen)
    with client_of(open_core(chosen)) as client:
        assert_starts_anew(client, early)
        assert_starts_anew(client, late)
        assert names_of(client) == {"Kept"}
        for name in ("one", "two", "three"):
            add_group(core.database, f"{name}@example.org", "bob@example.org")
        assert_starts_anew(client, late)
        assert names_of(client) == {"Kept", "One", "Two", "Three"}
    core.close()


def test_a_database_that_is_put_back_by_hand_under_a_running_server_is_noticed(
    chosen: Settings, tmp_path: Path
) -> None:
    core = make_core(chosen.state, chosen.database_url)
    with client_of(core) as client:
        add_group(core.database, "kept@example.org", "bob@example.org")
        dumps.dump(core.database.url, tmp_path / "dump")
        add_group(core.database, "lost@example.org", "bob@example.org")
        late, _ = client.sync(BOOK)
        assert names_of(client) == {"Kept", "Lost"}

        dumps.load(core.database.url, tmp_path / "dump")

        assert_starts_anew(client, late)
        assert names_of(client) == {"Kept"}
        for name in ("one", "two", "three"):
            add_group(core.database, f"{name}@example.org", "bob@example.org")
        assert_starts_anew(client, late)


def test_vdirsyncer_has_what_there_is_after_a_restore(chosen: Settings, tmp_path: Path) -> None:
    """In the book of groups, and in an own book whose cards went back as well."""
    archive = io.BytesIO()
    directory = tmp_path / "computer"
    directory.mkdir()
    core = make_core(chosen.state, chosen.database_url)
    with client_of(core) as client:
        computer = Computer(directory, str(client.base_url))
        add_group(core.database, "kept@example.org", "bob@example.org")
        computer.discover()
        (computer.books / "contacts" / "1.vcf").write_text(CARD.format("Friend"), newline="")
        computer.sync()
        back_up(core.database, chosen, archive)
        add_group(core.database, "lost@example.org", "bob@example.org")
        computer.sync()
        assert computer.names("groups") == ["Kept", "Lost"]
    restore(chosen, io.BytesIO(archive.getvalue()), replace=True)
    with client_of(open_core(chosen)) as client:
        computer = Computer(directory, str(client.base_url))
        computer.discover()
        computer.sync()
        assert computer.names("groups") == ["Kept"]
        assert computer.names("contacts") == ["Friend"]


def test_what_clients_do_with_changes_after_the_backup_is_as_the_page_says(
    tmp_path: Path,
) -> None:
    chosen, archive = Settings(state=tmp_path / "state"), io.BytesIO()
    (tmp_path / "computer").mkdir()
    core = make_core(chosen.state)
    with client_of(core) as client:
        computer = Computer(tmp_path / "computer", str(client.base_url))
        computer.discover()
        book = computer.books / "contacts"
        for name in ("Edited", "Elsewhere", "Removed"):
            (book / f"{name}.vcf").write_text(CARD.format(name), newline="")
        computer.sync()
        back_up(core.database, chosen, archive)
        edited = CARD.format("Edited").replace("FN:Edited", "FN:Later")
        (book / "Edited.vcf").write_text(edited, newline="")
        (book / "Removed.vcf").unlink()
        (book / "Added.vcf").write_text(CARD.format("Added"), newline="")
        edited = CARD.format("Elsewhere").replace("FN:Elsewhere", "FN:Later still")
        client.put("ada@example.org/contacts/Elsewhere.vcf", content=edited)
        computer.sync()
        assert computer.names("contacts") == ["Added", "Later", "Later still"]
    restore(chosen, io.BytesIO(archive.getvalue()), replace=True)
    with client_of(open_core(chosen)) as client:
        computer = Computer(tmp_path / "computer", str(client.base_url))
        computer.discover()
        computer.sync()
        assert computer.names("contacts") == ["Elsewhere", "Later", "Removed"]
        card = client.get("ada@example.org/contacts/Edited.vcf").text
        assert "FN:Edited" in card


def test_a_token_of_an_own_book_from_after_the_backup_is_refused(chosen: Settings) -> None:
    archive = io.BytesIO()
    book = "ada@example.org/contacts/"
    core = make_core(chosen.state, chosen.database_url)
    with client_of(core) as client:
        client.propfind("ada@example.org/", "D:displayname", depth=1)
        client.put(f"{book}1.vcf", content=CARD.format("One"))
        client.sync(book)
        back_up(core.database, chosen, archive)
        client.put(f"{book}2.vcf", content=CARD.format("Two"))
        late, _ = client.sync(book)
    restore(chosen, io.BytesIO(archive.getvalue()), replace=True)
    with client_of(open_core(chosen)) as client:
        refused = client.send_sync(book, late, "D:getetag")
        assert refused.status_code in {403, 409}
        assert "valid-sync-token" in refused.text
        _, cards = client.sync(book)
        assert list(cards) == [f"/{book}1.vcf"]
