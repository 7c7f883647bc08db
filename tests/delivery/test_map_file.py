"""A map's file is replaced as a whole, or changed in one transaction that no reader sees half."""

import os
import signal
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import lmdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.delivery.map_file import MapFile
from contactsgroups.domain.errors import Unavailable
from tests.delivery.map_locks import locked_by_another_process

KEYS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=60
)
ROWS = st.dictionaries(KEYS, KEYS, max_size=30)


@settings(deadline=None)
@given(ROWS, ROWS)
def test_a_replaced_file_has_exactly_the_new_rows(
    before: dict[str, str], after: dict[str, str]
) -> None:
    with TemporaryDirectory() as directory:
        file = MapFile(Path(directory), "map")
        assert file.replace(before.items())
        assert file.replace(after.items()) is (before != after)
        assert dict(file.read()) == after


@settings(deadline=None)
@given(ROWS, st.dictionaries(KEYS, st.none() | KEYS, max_size=10))
def test_a_changed_file_has_the_old_rows_with_the_changes(
    before: dict[str, str], changes: dict[str, str | None]
) -> None:
    with TemporaryDirectory() as directory:
        file = MapFile(Path(directory), "map")
        file.replace(before.items())
        after = {key: value for key, value in (before | changes).items() if value is not None}
        assert file.change(changes) is (before != after)
        assert dict(file.read()) == after


def test_postfix_finds_a_nul_behind_each_key_and_value(tmp_path: Path) -> None:
    """As postmap(1) writes them; the tests in tests/postfix ask postmap itself."""
    file = MapFile(tmp_path, "map")
    file.replace([("key", "value")])
    with (
        lmdb.open(str(file.path), subdir=False, lock=False, readonly=True) as environment,
        environment.begin() as transaction,
    ):
        assert list(transaction.cursor()) == [(b"key\0", b"value\0")]


def test_a_map_grows_as_far_as_its_rows_need(tmp_path: Path) -> None:
    rows = {f"user{number}@example.org": "x" * 500 for number in range(30_000)}
    file = MapFile(tmp_path, "map")
    file.replace(rows.items())
    assert file.change({"large@example.org": "y" * 50_000_000})
    assert dict(file.read()) == rows | {"large@example.org": "y" * 50_000_000}


def test_everybody_may_read_a_map_whatever_the_umask(tmp_path: Path) -> None:
    previous = os.umask(0o077)
    try:
        MapFile(tmp_path, "map").replace([("key", "value")])
    finally:
        os.umask(previous)
    assert MapFile(tmp_path, "map").path.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["map.lmdb"]


def test_a_missing_file_has_no_rows(tmp_path: Path) -> None:
    assert dict(MapFile(tmp_path, "map").read()) == {}


def test_a_damaged_file_is_named_and_can_be_replaced(tmp_path: Path) -> None:
    file = MapFile(tmp_path, "map")
    file.path.write_bytes(b"no LMDB file" * 1000)
    with pytest.raises(Unavailable, match=r"map\.lmdb is damaged"):
        dict(file.read())
    assert file.replace([("key", "value")])
    assert dict(file.read()) == {"key": "value"}


def test_few_changes_are_made_in_place_and_many_beside(tmp_path: Path) -> None:
    """Who has the file open sees the few at once (tests/postfix), and is not held up by many."""
    file = MapFile(tmp_path, "map")
    rows = {"gone": "old", "kept": "old", "other": "old"}
    file.replace(rows.items())
    inode = file.path.stat().st_ino
    assert file.replace([("kept", "old"), ("new", "new"), ("other", "new")])
    assert file.change({"kept": "changed"})
    assert dict(file.read()) == {"kept": "changed", "new": "new", "other": "new"}
    assert file.path.stat().st_ino == inode
    assert file.change({f"key{number}": "x" for number in range(20_000)})
    assert file.path.stat().st_ino != inode


@pytest.mark.parametrize("count", [3, 25_000])
def test_what_must_be_seen_by_all_is_changed_in_place_however_much(
    tmp_path: Path, count: int
) -> None:
    file = MapFile(tmp_path, "map")
    file.replace([("gone", "old"), ("kept", "old")])
    inode = file.path.stat().st_ino
    new = {f"key{number}": "new" for number in range(count)}
    file.change_in_place({"gone": None, **new})
    assert dict(file.read()) == {"kept": "old", **new}
    assert file.read_values(["gone", "kept", "key1"]) == {"kept": "old", "key1": "new"}
    assert file.path.stat().st_ino == inode


def test_what_must_be_seen_by_all_is_not_changed_beside_a_lock_or_damage(tmp_path: Path) -> None:
    file = MapFile(tmp_path, "map")
    file.replace([("key", "old")])
    with (
        locked_by_another_process(file.path),
        pytest.raises(Unavailable, match="keeps it locked"),
    ):
        file.change_in_place({"key": "new"})
    assert dict(file.read()) == {"key": "old"}
    file.path.write_bytes(b"no LMDB file" * 1000)
    with pytest.raises(Unavailable, match="damaged"):
        file.change_in_place({"key": "new"})
    with pytest.raises(Unavailable, match="cannot be read"):
        file.read_values(["key"])


def test_nothing_changes_under_a_reader_that_holds_its_lock(tmp_path: Path) -> None:
    """It is waited for; if it never lets go, the map is replaced, and it keeps what it has."""
    file = MapFile(tmp_path, "map")
    file.replace([("key", "old")])
    content = file.path.read_bytes()
    with locked_by_another_process(file.path) as reader:
        started = time.monotonic()
        assert file.change({"key": "new"})
        assert 0.9 < time.monotonic() - started < 10
        assert reader.read_bytes() == content
    assert dict(file.read()) == {"key": "new"}


def test_a_reader_that_lets_go_in_time_is_waited_for(tmp_path: Path) -> None:
    file = MapFile(tmp_path, "map")
    file.replace([("key", "old")])
    inode = file.path.stat().st_ino
    with locked_by_another_process(file.path, seconds=0.2):
        assert file.change({"key": "new"})
    assert file.path.stat().st_ino == inode


def test_a_change_in_place_can_be_killed_at_any_moment(tmp_path: Path) -> None:
    """Forty processes that change two keys together are killed; both are as before or as after."""
    file = MapFile(tmp_path, "map")
    file.replace([("one", "0"), ("other", "0"), *((f"key{each}", "x") for each in range(5_000))])
    for kill in range(40):
        child = os.fork()
        if child == 0:
            number = 1000 * kill
            while True:
                number += 1
                file.change({"one": str(number), "other": str(number), f"new{number}": "y" * 999})
        time.sleep(0.002 + kill % 7 * 0.003)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        rows = dict(file.read())
        assert rows["one"] == rows["other"]
        assert sum(value == "x" for value in rows.values()) == 5_000
