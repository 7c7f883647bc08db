"""A restore is verified first, whole or begun anew, and makes later knowledge invalid."""

import io
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select, update

from contactsgroups.bootstrap import open_core
from contactsgroups.domain.errors import Conflict, InvalidInput, Unavailable
from contactsgroups.persistence.models import Account, JournalCounter
from contactsgroups.services.backup import back_up, restoring
from contactsgroups.services.backup.restoring import restore
from contactsgroups.settings import Settings
from tests.directories import add_account, add_accounts

CARD = "collections/collection-root/ada@example.org/contacts/1.vcf"


@pytest.fixture
def chosen(tmp_path: Path, database_url: str) -> Settings:
    """The settings of one installation on each of the databases; SQLite's is in the state."""
    url = "" if database_url.startswith("sqlite") else database_url
    return Settings(state=tmp_path / "state", database_url=url)


@pytest.fixture
def archive(chosen: Settings) -> bytes:
    """An archive of a state with Ada, her card and a key; Bob came later, and the card changed."""
    core = open_core(chosen, upgrade=True)
    add_accounts(core.database, ["ada"])
    chosen.read_secret_key()
    card = chosen.state / CARD
    card.parent.mkdir(parents=True)
    card.write_text("first")
    file = io.BytesIO()
    back_up(core.database, chosen, file)
    add_account(core.database, "bob@example.org")
    card.write_text("second")
    (chosen.state / "later").touch()
    core.close()
    return file.getvalue()


def addresses(chosen: Settings) -> list[str]:
    core = open_core(chosen)
    try:
        with core.database.read() as session:
            return sorted(session.scalars(select(Account.address)))
    finally:
        core.close()


def end_of(chosen: Settings) -> tuple[str, int]:
    core = open_core(chosen)
    (epoch, last), _ = core.database.read_end()
    core.close()
    return epoch, last


def test_the_state_of_the_archive_takes_the_place_of_the_present_one(
    chosen: Settings, archive: bytes
) -> None:
    before = end_of(chosen)
    (chosen.state / "index" / "domain-1").mkdir(parents=True)
    (chosen.state / "maps").mkdir()
    restore(chosen, io.BytesIO(archive), replace=True)
    assert addresses(chosen) == ["ada@example.org"]
    assert (chosen.state / CARD).read_text() == "first"
    assert not (chosen.state / "later").exists()
    assert not (chosen.state / "index" / "domain-1").exists()
    assert (chosen.state / "maps").exists()  # Postfix reads them until new ones are published.
    after = end_of(chosen)
    assert after[0] != before[0]
    assert after[1] < before[1]
    assert end_of(chosen) == after
    assert not list(chosen.state.glob("restore*"))


def test_it_is_restored_to_another_machine(
    chosen: Settings, archive: bytes, tmp_path: Path
) -> None:
    there = Settings(state=tmp_path / "there")
    if chosen.database_url:
        shutil.rmtree(chosen.state)
        there = Settings(state=tmp_path / "there", database_url=chosen.database_url)
        restore(there, io.BytesIO(archive), replace=True)
    else:
        restore(there, io.BytesIO(archive))
    assert addresses(there) == ["ada@example.org"]
    assert (there.state / CARD).read_text() == "first"
    key = there.state / "secret_key"
    assert key.stat().st_mode & 0o777 == 0o600


def test_what_is_there_is_not_overwritten_without_being_told(
    chosen: Settings, archive: bytes
) -> None:
    with pytest.raises(Conflict, match="see --replace"):
        restore(chosen, io.BytesIO(archive))
    assert addresses(chosen) == ["ada@example.org", "bob@example.org"]
    assert (chosen.state / CARD).read_text() == "second"


def test_nothing_is_restored_while_a_process_works_with_the_state(
    chosen: Settings, archive: bytes
) -> None:
    core = open_core(chosen)
    with pytest.raises(Unavailable, match="is in use"):
        restore(chosen, io.BytesIO(archive), replace=True)
    core.close()
    assert addresses(chosen) == ["ada@example.org", "bob@example.org"]


def test_a_damaged_archive_changes_nothing(chosen: Settings, archive: bytes) -> None:
    with pytest.raises(InvalidInput):
        restore(chosen, io.BytesIO(archive[: len(archive) // 2]), replace=True)
    assert addresses(chosen) == ["ada@example.org", "bob@example.org"]
    assert not list(chosen.state.glob("restore*"))


@pytest.mark.parametrize("broken", ["_begin_epoch", "_replace_files"])
def test_a_restore_that_is_broken_off_is_completed_by_the_next(
    chosen: Settings, archive: bytes, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring, broken, break_off)
        with pytest.raises(KeyboardInterrupt):
            restore(chosen, io.BytesIO(archive), replace=True)
    with pytest.raises(Unavailable, match="a restore was broken off"):
        open_core(chosen)
    restore(chosen, io.BytesIO(archive))
    assert addresses(chosen) == ["ada@example.org"]
    assert (chosen.state / CARD).read_text() == "first"


def test_the_dump_of_another_kind_of_database_is_refused(
    tmp_path: Path, postgresql_url: str
) -> None:
    here = Settings(state=tmp_path / "here")
    core = open_core(here, upgrade=True)
    file = io.BytesIO()
    back_up(core.database, here, file)
    core.close()
    there = Settings(state=tmp_path / "there", database_url=postgresql_url)
    with pytest.raises(InvalidInput, match="another kind of database: sqlite, not postgresql"):
        restore(there, io.BytesIO(file.getvalue()))


def test_the_archive_of_a_newer_program_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Settings(state=tmp_path / "here")
    core = open_core(here, upgrade=True)
    file = io.BytesIO()
    back_up(core.database, here, file)
    core.close()
    monkeypatch.setattr(restoring.schema, "known_revisions", lambda: ["0000"])
    with pytest.raises(InvalidInput, match="of a newer version"):
        restore(Settings(state=tmp_path / "there"), io.BytesIO(file.getvalue()))


def test_a_database_in_a_directory_of_its_own_in_the_state_is_not_lost(tmp_path: Path) -> None:
    """As docs/postfix.md has it for SQLite maps."""
    state = tmp_path / "state"
    chosen = Settings(state=state, database_url=f"sqlite:///{state}/database/x.sqlite")
    core = open_core(chosen, upgrade=True)
    add_accounts(core.database, ["ada"])
    file = io.BytesIO()
    back_up(core.database, chosen, file)
    core.close()
    (state / "database" / "x.sqlite").chmod(0o660)
    restore(chosen, io.BytesIO(file.getvalue()), replace=True)
    assert addresses(chosen) == ["ada@example.org"]
    assert (state / "database" / "x.sqlite").stat().st_mode & 0o777 == 0o660


def test_an_older_copy_by_hand_after_a_restore_is_found_out_too(
    chosen: Settings, archive: bytes
) -> None:
    """Its epoch is that of the archive, in which clients may know later changes."""
    core = open_core(chosen)
    (first, _), _ = core.database.read_end()
    core.close()
    restore(chosen, io.BytesIO(archive), replace=True)
    core = open_core(chosen)
    with core.database.engine.begin() as connection:
        connection.execute(update(JournalCounter).values(epoch=first))
    assert core.database.read_end()[0].epoch != first
    core.close()


def test_a_load_that_fails_leaves_the_state_usable_or_says_so(
    chosen: Settings, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL has one transaction and SQLite one rename; MariaDB may have dropped tables."""

    def fail(*_: object, **__: object) -> None:
        raise Unavailable("it fails")

    with monkeypatch.context() as patch:
        patch.setattr(restoring.dumps, "load", fail)
        with pytest.raises(Unavailable, match="it fails"):
            restore(chosen, io.BytesIO(archive), replace=True)
    if chosen.database_url.startswith("mysql"):
        with pytest.raises(Unavailable, match="a restore was broken off"):
            open_core(chosen)
    else:
        assert addresses(chosen) == ["ada@example.org", "bob@example.org"]
    restore(chosen, io.BytesIO(archive), replace=True)
    assert addresses(chosen) == ["ada@example.org"]


def test_a_load_that_fails_does_not_make_half_a_state_whole(
    chosen: Settings, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An earlier restore was broken off, and this one does not get as far."""

    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    def fail(*_: object, **__: object) -> None:
        raise Unavailable("it fails")

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_replace_files", break_off)
        with pytest.raises(KeyboardInterrupt):
            restore(chosen, io.BytesIO(archive), replace=True)
        patch.setattr(restoring.dumps, "load", fail)
        with pytest.raises(Unavailable, match="it fails"):
            restore(chosen, io.BytesIO(archive), replace=True)
    with pytest.raises(Unavailable, match="a restore was broken off"):
        open_core(chosen)
