"""Own address books are their server's alone to read, whatever the umask is."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from contactsgroups.bootstrap import Core
from tests.carddav.conftest import make_core
from tests.carddav.dav import MAKING_A_BOOK, Client
from tests.carddav.test_standalone import CONFIGURATION
from tests.servers.program import free_port, state_directory

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:One\r\nN:One;;;;\r\nEND:VCARD\r\n"


@pytest.fixture(params=[0o000, 0o022])
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes_below(top: Path) -> Iterator[tuple[Path, int]]:
    """The modes of a directory and all below, but for notes that the server removes meanwhile."""
    yield top, top.stat().st_mode
    for directory, folders, files in os.walk(top):
        for name in (*folders, *files):
            path = Path(directory, name)
            with suppress(FileNotFoundError):
                yield path, path.lstat().st_mode


@pytest.mark.usefixtures("_umask")
def test_no_card_and_no_book_is_open_to_others(core: Core, ada: Client) -> None:
    ada.propfind("ada@example.org/", "D:displayname", depth=1)
    assert ada.send_xml("MKCOL", "ada@example.org/own/", MAKING_A_BOOK).status_code == 201
    assert ada.put("ada@example.org/own/1.vcf", content=CARD).status_code == 201
    assert (
        ada.request(
            "MOVE",
            "ada@example.org/own/1.vcf",
            headers={"Destination": f"{ada.base_url}ada@example.org/contacts/1.vcf"},
        ).status_code
        == 201
    )
    ada.sync("ada@example.org/contacts/")
    books = core.settings.state / "collections"
    modes = {path: mode & 0o077 for path, mode in modes_below(books)}
    locks = {path for path in modes if path.name.startswith(".Radicale.lock.")}
    assert [path for path, mode in modes.items() if mode and path not in locks] == []
    # Radicale makes these by itself, in directories that nobody else can look into.
    assert all(path.parent.stat().st_mode & 0o077 == 0 for path in locks)
    assert len(list(books.rglob("1.vcf"))) >= 1


def test_books_that_were_open_are_closed_at_the_next_start(state: Path, core: Core) -> None:
    from radicale_plugin.application import create_application

    (state / "collections").mkdir(exist_ok=True)
    (state / "collections").chmod(0o755)
    create_application(core)
    assert (state / "collections").stat().st_mode & 0o077 == 0


def test_radicale_s_own_program_does_not_open_the_state_of_another_user(tmp_path: Path) -> None:
    with state_directory("radicale") as root:
        make_core(root / "state").close()
        if os.geteuid() != 0:
            return  # Only root can give a directory away; tests/test_state_owner.py has the rest.
        shutil.chown(root / "state", "nobody")
        path = tmp_path / "radicale.conf"
        path.write_text(CONFIGURATION.format(port=free_port(), state=root / "state"))
        refused = subprocess.run(
            [sys.executable, "-m", "radicale", "--config", str(path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert refused.returncode == 1
    assert "belongs to nobody, and this runs as root: run it as nobody" in refused.stderr
    assert "Traceback" not in refused.stderr
