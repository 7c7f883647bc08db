"""An archive has what was there, while others write."""

import gzip
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.services.backup import back_up
from contactsgroups.services.backup import making as making_module
from contactsgroups.settings import Settings
from tests.directories import add_accounts


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    core = open_core(Settings(state=tmp_path / "state"), upgrade=True)
    add_accounts(core.database, ["ada"])
    core.settings.read_secret_key()
    book = tmp_path / "state" / "collections" / "collection-root" / "ada@example.org" / "contacts"
    book.mkdir(parents=True)
    (book / "1.vcf").write_text("one")
    yield core
    core.close()


def names_in(archive: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        return opened.getnames()


def test_the_manifest_comes_last_and_names_everything(core: Core) -> None:
    file = io.BytesIO()
    manifest = back_up(core.database, core.settings, file)
    books = "state/collections/collection-root"
    assert names_in(file.getvalue()) == [
        "database",
        "state/collections",
        "state/secret_key",
        books,
        f"{books}/ada@example.org",
        f"{books}/ada@example.org/contacts",
        f"{books}/ada@example.org/contacts/1.vcf",
        "manifest.json",
    ]
    assert manifest.database == "sqlite"
    assert not list(core.settings.state.glob("backup-*"))


def test_a_writer_goes_on_meanwhile(core: Core) -> None:
    with core.database.write():
        back_up(core.database, core.settings, io.BytesIO())


def test_a_card_that_is_removed_meanwhile_is_left_out(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = core.settings.state / "collections/collection-root/ada@example.org/contacts/1.vcf"
    entry = making_module._entry

    def remove_then(name: str, size: int) -> tarfile.TarInfo:
        card.unlink(missing_ok=True)
        return entry(name, size)

    monkeypatch.setattr(making_module, "_entry", remove_then)
    file = io.BytesIO()
    back_up(core.database, core.settings, file)
    assert not any(name.endswith("1.vcf") for name in names_in(file.getvalue()))
    assert gzip.decompress(file.getvalue())
