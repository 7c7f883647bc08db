"""Folding the overlay into files happens in the background, and nobody notices."""

import logging
import threading
from pathlib import Path

import pytest

from contactsgroups.autocomplete import Entry, EntryKind, PersonalTable, Shard, Thresholds, Upsert
from contactsgroups.autocomplete import shard as shard_module
from contactsgroups.autocomplete.state import build_generation, publish_small


def entry(number: int, name: str = "Anna") -> Entry:
    address = f"a{number}@example.org"
    return Entry(address, EntryKind.ACCOUNT, name, address, 1, "{}")


def opened(directory: Path) -> Shard:
    build_generation(directory, map(entry, range(20)), position=1, epoch="e")
    return Shard.open(directory, thresholds=Thresholds(overlay=4))


def change(shard: Shard) -> None:
    """Change so much that the overlay has to be flushed."""
    changes = [Upsert(entry(number, "Berta")) for number in range(6)]
    shard.apply(changes, shard.position + 1)


def test_answers_and_changes_go_on_while_a_fold_is_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()

    def publish_late(*arguments: object) -> None:
        assert goes_on.wait(30)
        publish_small(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(shard_module, "publish_small", publish_late)
    shard = opened(tmp_path)
    change(shard)
    shard.apply([Upsert(entry(7, "Berta"))], 3)
    assert shard.position == 3
    assert len(shard.complete("berta")) == 7
    goes_on.set()
    shard.wait_for_flush()
    assert shard.statistics().small_entries >= 6
    assert len(shard.complete("berta")) == 7


def test_a_fold_of_own_changes_leaves_personal_tables_as_they_are(tmp_path: Path) -> None:
    shard = opened(tmp_path)
    change(shard)
    personal = PersonalTable({"a3@example.org": 5})
    index = personal.index_for([shard])
    shard.wait_for_flush()
    assert shard.statistics().small_entries == 6
    assert shard.statistics().overlay_changes == 0
    assert personal.index_for([shard]) is index


def test_a_flush_that_fails_is_logged_and_answers_stay_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    shard = opened(tmp_path)
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(shard_module, "publish_small", fail)
        change(shard)
        shard.close()
    assert "could not be flushed" in caplog.text
    assert len(shard.complete("berta")) == 6
    shard.apply([Upsert(entry(7, "Berta"))], 3)
    shard.wait_for_flush()
    assert shard.statistics().small_entries == 7
