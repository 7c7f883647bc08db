"""Real programs: vdirsyncer keeps a copy of both books, and khard reads it."""

import subprocess
import sys
from pathlib import Path

import pytest
import vobject

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from tests.carddav.dav import PASSWORD, Client
from tests.directories import add_group, group_draft

PROGRAMS = Path(sys.executable).parent
CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:friend\r\nFN:Friend\r\nN:Friend;;;;\r\nEND:VCARD\r\n"

VDIRSYNCER = """
[general]
status_path = "{directory}/status/"

[pair books]
a = "local"
b = "remote"
collections = ["from b"]

[storage local]
type = "filesystem"
path = "{directory}/books/"
fileext = ".vcf"

[storage remote]
type = "carddav"
url = "{url}"
username = "ada@example.org"
password = "{password}"
"""

KHARD = """
[addressbooks]
[[groups]]
path = {directory}/books/groups/
[[contacts]]
path = {directory}/books/contacts/
[general]
default_action = list
"""


class Computer:
    """Ada's computer: vdirsyncer keeps her books in a directory, where khard reads them."""

    def __init__(self, directory: Path, url: str) -> None:
        self.books = directory / "books"
        self._vdirsyncer = directory / "vdirsyncer.conf"
        self._vdirsyncer.write_text(
            VDIRSYNCER.format(directory=directory, url=url, password=PASSWORD)
        )
        self._khard = directory / "khard.conf"
        self._khard.write_text(KHARD.format(directory=directory))

    def discover(self) -> str:
        """Find the books; it asks whether to make a local directory for each."""
        return self._run("vdirsyncer", "-c", str(self._vdirsyncer), "discover", answers="y\n" * 4)

    def sync(self, *, succeeds: bool = True) -> str:
        return self._run("vdirsyncer", "-c", str(self._vdirsyncer), "sync", succeeds=succeeds)

    def khard(self, *arguments: str) -> str:
        return self._run("khard", "-c", str(self._khard), *arguments)

    def names(self, book: str) -> list[str]:
        texts = [path.read_text() for path in (self.books / book).glob("*.vcf")]
        return sorted(vobject.readOne(text).fn.value for text in texts)

    def _run(self, program: str, *arguments: str, answers: str = "", succeeds: bool = True) -> str:
        result = subprocess.run(
            [PROGRAMS / program, *arguments],
            input=answers,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        assert (result.returncode == 0) == succeeds, result.stdout
        return result.stdout


@pytest.fixture
def computer(core: Core, tmp_path: Path, root_url: str) -> Computer:
    """Ada's computer after its first synchronisation, with one group and one contact."""
    add_group(core.database, "sales@example.org", "bob@example.org", display_name="Sales Team")
    directory = tmp_path / "computer"
    directory.mkdir()
    computer = Computer(directory, root_url)
    computer.discover()
    (computer.books / "contacts" / "friend.vcf").write_text(CARD, newline="")
    computer.sync()
    return computer


def test_vdirsyncer_follows_the_groups_and_keeps_ones_own_book(
    core: Core, computer: Computer, ada: Client
) -> None:
    assert computer.names("groups") == ["Sales Team"]
    assert "FN:Friend" in ada.get("ada@example.org/contacts/").text

    support = add_group(core.database, "support@example.org", "bob@example.org")
    computer.sync()
    assert computer.names("groups") == ["Sales Team", "Support"]

    draft = group_draft(address="support@example.org", display_name="Help Desk")
    groups.update_group(core.database, OPERATOR, support.uuid, 1, draft)
    computer.sync()
    assert computer.names("groups") == ["Help Desk", "Sales Team"]

    groups.remove_group(core.database, OPERATOR, support.uuid)
    computer.sync()
    assert computer.names("groups") == ["Sales Team"]
    assert computer.names("contacts") == ["Friend"]


def test_vdirsyncer_cannot_write_to_the_groups(core: Core, computer: Computer, ada: Client) -> None:
    before = ada.get("ada@example.org/groups/").text
    (card,) = (computer.books / "groups").glob("*.vcf")
    card.write_text(card.read_text().replace("Sales Team", "My Team"))

    output = computer.sync(succeeds=False)

    assert "403" in output or "Forbidden" in output
    assert ada.get("ada@example.org/groups/").text == before


def test_khard_reads_the_synchronised_groups(computer: Computer) -> None:
    assert "sales@example.org\tSales Team" in computer.khard("email", "--parsable", "Sales")
    assert "Sales Team" in computer.khard("list", "-a", "groups")
    assert "Friend" in computer.khard("list", "-a", "contacts")
