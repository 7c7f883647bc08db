"""A map's file is replaced as a whole, or not at all."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import lmdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.delivery.map_file import MapFile
from contactsgroups.domain.errors import Unavailable

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


def test_an_open_file_keeps_its_rows_when_it_is_replaced(tmp_path: Path) -> None:
    file = MapFile(tmp_path, "map")
    file.replace([("key", "old")])
    rows = file.read()
    file_of_reader = os.open(file.path, os.O_RDONLY)
    try:
        content = file.path.read_bytes()
        file.replace([("key", "new")])
        assert os.read(file_of_reader, len(content)) == content
    finally:
        os.close(file_of_reader)
    assert dict(rows) == {"key": "new"}


def test_a_missing_file_has_no_rows(tmp_path: Path) -> None:
    assert dict(MapFile(tmp_path, "map").read()) == {}


def test_a_damaged_file_is_named_and_can_be_replaced(tmp_path: Path) -> None:
    file = MapFile(tmp_path, "map")
    file.path.write_bytes(b"no LMDB file" * 1000)
    with pytest.raises(Unavailable, match=r"map\.lmdb is damaged"):
        dict(file.read())
    assert file.replace([("key", "value")])
    assert dict(file.read()) == {"key": "value"}
