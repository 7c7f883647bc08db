"""Copies of SQLite's file: taken beside writers, whole, and put in its place with its mode."""

import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import make_url

from contactsgroups.domain.errors import InvalidInput, Unavailable
from contactsgroups.persistence import Database, dumps, schema
from tests.directories import add_accounts


def test_a_copy_is_taken_while_a_writer_is_busy(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    schema.upgrade(database)
    with database.write():
        dumps.dump(database.url, tmp_path / "copy")
    dumps.verify(database.url, tmp_path / "copy")
    database.dispose()
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600


def test_what_lay_beside_the_former_file_does_not_damage_the_copy(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = Database(sqlite_url)
    schema.upgrade(database)
    dumps.dump(database.url, tmp_path / "copy")
    add_accounts(database, ["ada"])
    (tmp_path / "test.sqlite").chmod(0o600)
    wal = (tmp_path / "test.sqlite-wal").read_bytes()
    database.dispose()
    (tmp_path / "test.sqlite-wal").write_bytes(wal)  # As a killed process leaves it.
    dumps.load(database.url, tmp_path / "copy")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "test.sqlite"]
    assert (tmp_path / "test.sqlite").stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(tmp_path / "test.sqlite") as loaded:
        (count,) = loaded.execute("SELECT count(*) FROM contactsgroups_accounts").fetchone()
    loaded.close()
    assert count == 0


def test_a_damaged_copy_is_refused(tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"no database" * 1000)
    with pytest.raises(InvalidInput, match="damaged"):
        dumps.verify(make_url("sqlite:///x"), tmp_path / "copy")


def test_a_file_that_cannot_be_read_is_no_empty_copy(tmp_path: Path) -> None:
    (tmp_path / "database").write_bytes(b"no database" * 1000)
    with pytest.raises(Unavailable, match="cannot be copied"):
        dumps.dump(make_url(f"sqlite:///{tmp_path}/database"), tmp_path / "copy")


def test_looking_whether_it_is_empty_makes_no_file(tmp_path: Path) -> None:
    assert dumps.is_empty(make_url(f"sqlite:///{tmp_path}/database"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("directory", "file"), [(0o700, 0o600), (0o770, 0o600), (0o2770, 0o660)])
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_a_copy_is_its_owner_s_or_its_directory_s_group_s_whatever_the_umask_is(
    sqlite_url: str, tmp_path: Path, directory: int, file: int, umask: int
) -> None:
    """Postfix reads the database as a member of that group (docs/postfix.md)."""
    place = tmp_path / "elsewhere" / "copy.sqlite"
    place.parent.mkdir()
    place.parent.chmod(directory)
    former = os.umask(umask)
    try:
        database = Database(sqlite_url)
        schema.upgrade(database)
        dumps.dump(database.url, tmp_path / "copy")
        dumps.load(make_url(f"sqlite:///{place}"), tmp_path / "copy")
    finally:
        os.umask(former)
    database.dispose()
    assert place.stat().st_mode & 0o777 == file


def test_a_copy_that_cannot_take_the_place_leaves_the_former_database_whole(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(sqlite_url)
    schema.upgrade(database)
    dumps.dump(database.url, tmp_path / "copy")
    add_accounts(database, ["ada"])
    wal = (tmp_path / "test.sqlite-wal").read_bytes()
    database.dispose()
    (tmp_path / "test.sqlite-wal").write_bytes(wal)
    replace = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if path.suffix == ".new":
            raise OSError("no space left")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        dumps.load(database.url, tmp_path / "copy")
    assert (tmp_path / "test.sqlite-wal").read_bytes() == wal
