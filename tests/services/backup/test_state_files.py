"""What belongs in an archive: everything but what is made anew."""

import os
import threading
from pathlib import Path, PurePosixPath

import pytest

from contactsgroups.domain.errors import Conflict
from contactsgroups.services.backup.state_files import (
    books_locked,
    is_kept,
    list_books,
    list_files,
    names_apart,
    staging,
)
from contactsgroups.settings import Settings


@pytest.mark.parametrize(
    "name",
    [
        "secret_key",
        "token_keys.json",
        "settings.toml",
        "sample_sign_in.json",
        "pending/ada@example.org",
        "collections/collection-root/ada@example.org/contacts/1.vcf",
        "collections/collection-root/ada@example.org/contacts/.Radicale.props",
        "collections/collection-root/maps@example.org/index/high_water",
        "collections/collection-root/ada@example.org/collection-cache/1.vcf",
        "collections/collection-root/ada@example.org/contacts/collection-cache",
    ],
)
def test_what_nobody_can_make_anew_is_kept(name: str) -> None:
    assert is_kept(PurePosixPath(name))


@pytest.mark.parametrize(
    "name",
    [
        "index/domain-1/current.json",
        "maps/virtual_alias.lmdb",
        "commit_signal",
        "high_water",
        "in_use.lock",
        "own_contacts.lock",
        "policy.sock",
        "secret_key.x7f",
        "contactsgroups.sqlite",
        "contactsgroups.sqlite-wal",
        "backup-abc/database",
        "restore-abc/state/secret_key",
        "restore.unfinished",
        "collections/.Radicale.lock",
        "collections/collection-cache/ada@example.org/contacts/.Radicale.cache/item/1.vcf",
        "collections/collection-cache",
        "collections/collection-root/ada@example.org/contacts/.Radicale.cache/item/1.vcf",
        "collections/collection-root/ada@example.org/.Radicale.tmp-1/1.vcf",
    ],
)
def test_what_is_made_anew_or_of_the_moment_is_not(name: str) -> None:
    assert not is_kept(PurePosixPath(name))


def test_directories_come_first_and_sockets_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").touch()
    os.mkfifo(tmp_path / "a" / "fifo")
    assert [str(path) for path in list_files(tmp_path)] == ["a", "a/b", "a/b/c"]
    assert list(list_files(tmp_path, PurePosixPath("a"), apart=[PurePosixPath("a/b")])) == []
    assert list(list_files(tmp_path, PurePosixPath("gone"))) == []


def test_a_link_is_refused_and_not_left_out(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc")
    with pytest.raises(Conflict, match="link is a link"):
        list(list_files(tmp_path))


def test_database_and_maps_are_apart_wherever_they_are_in_the_state(tmp_path: Path) -> None:
    own = Settings(state=tmp_path)
    assert {"contactsgroups.sqlite", "contactsgroups.sqlite-wal", "maps"} <= names_apart(own)
    moved = Settings(
        state=tmp_path,
        database_url=f"sqlite:///{tmp_path}/database/x.sqlite",
        maps_directory=tmp_path / "for-postfix" / "maps",
    )
    assert names_apart(moved) == {"database", "for-postfix"}
    elsewhere = Settings(
        state=tmp_path, database_url="postgresql+psycopg:///x", maps_directory=Path("/maps")
    )
    assert names_apart(elsewhere) == frozenset()


def test_a_killed_process_leaves_nothing_for_good(tmp_path: Path) -> None:
    (tmp_path / "backup-left").mkdir()
    (tmp_path / "backup-left" / "database").touch()
    with staging(tmp_path, "backup") as first, staging(tmp_path, "backup") as second:
        assert sorted(tmp_path.iterdir()) == sorted([first, second])
        assert first.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == []


def test_books_are_locked_as_radicale_locks_them(tmp_path: Path) -> None:
    from radicale.pathutils import RwLock

    (tmp_path / "collections" / "collection-root" / "ada@example.org").mkdir(parents=True)
    written = threading.Event()

    def write() -> None:
        with RwLock(str(tmp_path / "collections" / ".Radicale.lock")).acquire("w"):
            written.set()

    writer = threading.Thread(target=write)
    with books_locked(tmp_path):
        writer.start()
        assert not written.wait(0.2)
    writer.join(30)
    assert written.is_set()
    assert list_books(tmp_path) == [PurePosixPath("collections/collection-root/ada@example.org")]


def test_a_state_without_books_has_none(tmp_path: Path) -> None:
    with books_locked(tmp_path):
        assert list_books(tmp_path) == []


def test_only_directories_of_principals_are_books(tmp_path: Path) -> None:
    """Radicale has drafts beside them while a principal is removed."""
    root = tmp_path / "collections/collection-root"
    (root / "ada@example.org").mkdir(parents=True)
    (root / ".Radicale.tmp-x").mkdir()
    (root / "note").touch()
    assert [path.name for path in list_books(tmp_path)] == ["ada@example.org"]
    (root / "linked@example.org").symlink_to(tmp_path)
    with pytest.raises(Conflict, match="is a link"):
        list_books(tmp_path)
