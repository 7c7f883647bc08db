"""What happens to an index on disk: damage, other formats, kills, and several processes."""

import gc
import json
import multiprocessing
import random
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from contactsgroups.autocomplete import (
    Entry,
    EntryKind,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    Remove,
    Shard,
    Thresholds,
    Upsert,
    build_generation,
)
from contactsgroups.autocomplete.disk.storage import ShardDirectory
from tests.autocomplete.material import TINY
from tests.autocomplete.test_against_reference import random_entries
from tests.repeating import repeated

ENTRIES = random_entries(60, seed=7)


def entry(number: int, name: str) -> Entry:
    return Entry(f"id:{number}", EntryKind.ACCOUNT, name, f"a{number}@example.org", 1, "{}")


def build(directory: Path, position: int = 1, entries: list[Entry] = ENTRIES, **more) -> Path:
    return build_generation(
        directory, entries, position=position, epoch="e", thresholds=TINY, **more
    )


def test_a_directory_without_index_is_missing(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        Shard.open(tmp_path / "never")


def test_another_epoch_or_format_is_outdated(tmp_path: Path) -> None:
    base = build(tmp_path)
    assert Shard.open(tmp_path, epoch="e").epoch == "e"
    with pytest.raises(IndexOutdated):
        Shard.open(tmp_path, epoch="another")
    manifest = json.loads((base / "manifest.json").read_text())
    (base / "manifest.json").write_text(json.dumps(manifest | {"format": 0}))
    with pytest.raises(IndexOutdated):
        Shard.open(tmp_path)


def test_every_damaged_file_is_noticed(tmp_path: Path) -> None:
    """One flipped bit, a cut, a missing file: in any of the files of a generation."""
    build(tmp_path / "good")
    names = [path.name for path in next((tmp_path / "good").glob("base-*")).iterdir()]
    assert len(names) > 10
    for name in names:
        for harm in (flip_a_bit, cut_short, Path.unlink):
            copy = tmp_path / "copy"
            shutil.copytree(tmp_path / "good", copy)
            harm(next(copy.glob("base-*")) / name)
            with pytest.raises((IndexDamaged, IndexMissing, IndexOutdated)):
                Shard.open(copy)
            shutil.rmtree(copy)


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def test_a_damaged_pointer_is_damage(tmp_path: Path) -> None:
    build(tmp_path)
    (tmp_path / "current.json").write_text('{"base": 1')
    with pytest.raises(IndexDamaged):
        Shard.open(tmp_path)


def test_building_again_cures_damage(tmp_path: Path) -> None:
    base = build(tmp_path)
    cut_short(base / "postings")
    build(tmp_path)
    assert len(list(Shard.open(tmp_path).entries())) == len(ENTRIES)


def test_superseded_generations_are_removed_while_readers_keep_them(tmp_path: Path) -> None:
    old = build(tmp_path, entries=[entry(1, "Anna")])
    shard = Shard.open(tmp_path)
    new = build(tmp_path, position=2, entries=[entry(1, "Berta")])
    assert not old.exists()
    assert [found.name for found in shard.complete("a1")] == ["Anna"]
    assert shard.refresh()
    assert not shard.refresh()
    assert [found.name for found in shard.complete("a1")] == ["Berta"]
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == [new]


def test_a_build_of_an_older_position_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    newer = build(tmp_path, position=5)
    assert build(tmp_path, position=4) == newer
    assert Shard.open(tmp_path).position == 5


def test_only_one_process_builds_at_a_time(tmp_path: Path) -> None:
    with ShardDirectory(tmp_path).locked_for_base(wait=False), pytest.raises(IndexBusy):
        build(tmp_path)


def test_entries_that_cannot_be_stored_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    for bad in (
        entry(1, "Nul \0 inside"),
        entry(1, "Payload")._replace(payload="\x01"),
        entry(1, "Score")._replace(score=1 << 63),
    ):
        with pytest.raises(ValueError, match="id:1"):
            build(tmp_path, entries=[bad])
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_any_text_comes_back_as_it_was(tmp_path: Path) -> None:
    """Names that contain what the records use inside, that are empty, or no valid UTF-8."""
    entries = [
        entry(number, name)._replace(payload=json.dumps({"n": name, "a": f"a{number}@example.org"}))
        for number, name in enumerate(
            ['a "q" \\ \x01\x02', "", "\ud800x", "e", "\n\t", "anna" * 99]
        )
    ]
    build(tmp_path, entries=entries)
    assert sorted(Shard.open(tmp_path).entries()) == sorted(entries)


def test_a_change_is_visible_at_once_and_after_folding_in_every_process(tmp_path: Path) -> None:
    build(tmp_path)
    first, second = (Shard.open(tmp_path, thresholds=TINY) for _ in range(2))
    first.apply([Upsert(entry(n, f"Quentin {n}")) for n in range(100, 110)], 2)
    assert len(first.complete("quen", limit=20)) == 10
    first.wait_for_flush()
    assert len(first.complete("quen", limit=20)) == 10
    assert first.statistics().small_entries == 10
    assert second.complete("quen") == []
    assert second.refresh()
    assert second.position == 2
    assert second.complete("quen", limit=20) == first.complete("quen", limit=20)
    first.apply([Remove("id:100")], 3)
    assert len(first.complete("quen", limit=20)) == 9
    assert first.find("id:100") is None


def test_a_rebuild_is_due_when_the_small_generation_has_grown(tmp_path: Path) -> None:
    build(tmp_path)
    shard = Shard.open(tmp_path, thresholds=TINY)
    shard.apply([Upsert(entry(n, "Quentin")) for n in range(100, 105)], 2)
    assert not shard.statistics().rebuild_due
    shard.apply([Upsert(entry(n, "Quentin")) for n in range(105, 115)], 3)
    shard.wait_for_flush()
    assert shard.statistics().rebuild_due
    build(tmp_path, position=3, entries=list(shard.entries()))
    shard.refresh()
    assert not shard.statistics().rebuild_due
    assert shard.statistics().base_entries == len(ENTRIES) + 15


def test_readers_see_all_of_a_batch_or_nothing(tmp_path: Path) -> None:
    """One thread renames ten entries together again and again, through folds; another reads."""
    build(tmp_path, entries=[entry(n, "Name 0") for n in range(10)])
    shard = Shard.open(tmp_path, thresholds=Thresholds(hot=2, top=3, overlay=9))
    mixed: list[set[str]] = []

    def read() -> None:
        names = {found.name for found in shard.complete("name", limit=10, corrections=False)}
        if len(names) != 1:
            mixed.append(names)

    with repeated(read):
        for position in range(2, 40):
            shard.apply([Upsert(entry(n, f"Name {position}")) for n in range(10)], position)
    shard.close()
    assert mixed == []


def test_whatever_somebody_types_the_work_is_bounded(tmp_path: Path) -> None:
    build(tmp_path, entries=random_entries(2_000, seed=8))
    shard = Shard.open(tmp_path)
    for text in (
        "a" * 10_000,
        "an " * 3_000,
        " ".join(f"a{n}" for n in range(2_000)),
        " ".join("abcdefghijklmnopqrstuvwxyz0123456789"),
        "王" * 3_000,
        "\x00" * 10_000,
        "\ud800" * 10_000,
        "ü" * 5_000,
        "@." * 5_000,
        "υ" * 5_000,
    ):
        gc.disable()  # It would look through what all tests before have left.
        start = time.thread_time()
        shard.complete(text)
        took = time.thread_time() - start
        gc.enable()
        assert took < 0.5, text[:10]


# Imports as little as possible, because it is started again and again.
_BUILDER = """
import sys
from pathlib import Path
from contactsgroups.autocomplete import (
    Entry, EntryKind, Shard, Thresholds, Upsert, build_generation
)

directory = Path(sys.argv[1])
thresholds = Thresholds(hot=4, top=3, bitmap_share=4, overlay=5)
entries = [
    Entry(f"id:{n}", EntryKind.ACCOUNT, f"Anna {n}", f"a{n}@example.org", n, "{}")
    for n in range(60)
]
position = Shard.open(directory).position
print("ready", flush=True)
while True:
    position += 2
    build_generation(
        directory, entries, position=position - 1, epoch="e", thresholds=thresholds
    )
    changes = [Upsert(entry._replace(score=position)) for entry in entries[:20]]
    shard = Shard.open(directory, thresholds=thresholds)
    shard.apply(changes, position)
    shard.wait_for_flush()
"""


def test_a_killed_builder_leaves_a_usable_index_at_any_moment(tmp_path: Path) -> None:
    """Kill -9 of a real process that builds and folds without pause, at different moments."""
    build(tmp_path, entries=[entry(n, f"Anna {n}") for n in range(60)])
    chance = random.Random(10)
    for kill in range(80):
        with subprocess.Popen(
            [sys.executable, "-c", _BUILDER, str(tmp_path)], stdout=subprocess.PIPE
        ) as builder:
            try:
                assert builder.stdout is not None
                assert builder.stdout.readline() == b"ready\n"
                # Nothing is waited for: this is to hit another moment of the work each time. On a
                # busy machine little is done in a tenth of a second, so it gets more and more.
                time.sleep(chance.uniform(0, 0.1) * (1 + kill // 8))
            finally:
                builder.kill()
        shard = Shard.open(tmp_path, epoch="e", verify=True)
        assert len({found.identity for found in shard.entries()}) == 60
        if kill >= 7 and shard.position > 1:
            break
    assert shard.position > 1
    final = build(tmp_path, position=1_000_000)
    shard = Shard.open(tmp_path, thresholds=TINY)
    shard.apply([Remove(f"id:{n}") for n in range(9)], 1_000_001)
    shard.wait_for_flush()
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 2
    assert final.exists()


def _count(directory: Path) -> int:
    return len(list(Shard.open(directory).entries()))


def test_processes_open_while_others_publish(tmp_path: Path) -> None:
    """Opening retries when the generation it was about to open is superseded."""
    build(tmp_path)
    with multiprocessing.get_context("forkserver").Pool(2) as pool:
        counts = [pool.apply_async(_count, (tmp_path,)) for _ in range(30)]
        for position in range(2, 20):
            build(tmp_path, position=position)
        assert {count.get(60) for count in counts} == {len(ENTRIES)}


def test_an_index_is_closed_to_other_users(tmp_path: Path) -> None:
    """It has all names and addresses, as the database has."""
    directory = tmp_path / "shard"
    build_generation(directory, [], position=0, epoch="e")
    assert not directory.stat().st_mode & stat.S_IRWXO
