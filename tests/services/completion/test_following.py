"""A shard is opened or built when it is first asked for, and then follows the journal."""

import time
from pathlib import Path

import pytest

from contactsgroups.autocomplete import Shard
from contactsgroups.persistence import Database
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.completion import CompletionIndex, following
from contactsgroups.services.completion.change_watch import ChangeWatch
from contactsgroups.services.completion.following import FollowingShard, follow
from tests.directories import add_account, add_group
from tests.services.conftest import ADA, Complete, position


def test_another_process_with_the_same_index_sees_the_change_too(
    database: Database, complete: Complete, tmp_path: Path
) -> None:
    assert complete("sal") == []
    add_group(database, "sales@example.org", "ada@example.org")
    second = CompletionIndex(database, tmp_path / "index", interval=0)
    assert [each.address for each in second.complete(ADA, "sal")] == ["sales@example.org"]
    second.close()
    assert complete("sal") == ["sales"]


def test_a_damaged_index_is_built_again_with_a_warning(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = CompletionIndex(database, tmp_path / "index", interval=0)
    assert [each.address for each in first.complete(ADA, "zo")] == ["zoe@example.org"]
    first.close()
    for path in sorted((tmp_path / "index").rglob("*")):
        if path.is_file() and path.stat().st_size > 16:
            path.write_bytes(b"\x00" * path.stat().st_size)
    second = CompletionIndex(database, tmp_path / "index", interval=0)
    assert [each.address for each in second.complete(ADA, "zo")] == ["zoe@example.org"]
    second.close()
    assert "it is being built again" in caplog.text


def test_any_one_file_full_of_zeros_is_found_and_built_again(
    database: Database, tmp_path: Path
) -> None:
    """As a power cut leaves files: of the right length, and empty; the manifest first of all."""
    directory_ = tmp_path / "index"

    def answer() -> list[str]:
        index = CompletionIndex(database, directory_, interval=0)
        found = [each.address for each in index.complete(ADA, "zo")]
        index.close()
        return found

    assert answer() == ["zoe@example.org"]
    names = {path.name for path in directory_.glob("*/base-*/*")}
    assert "manifest.json" in names
    for name in sorted(names):
        (path,) = directory_.glob(f"*/base-*/{name}")
        path.write_bytes(b"\0" * path.stat().st_size)
        assert answer() == ["zoe@example.org"], name
        (path,) = directory_.glob(f"*/base-*/{name}")
        assert set(path.read_bytes()) != {0} or path.stat().st_size < 16, name


def test_a_build_that_fails_is_not_tried_again_at_every_question(
    index: CompletionIndex, complete: Complete, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database answers meanwhile."""
    tries = []

    def fail(*_: object, **__: object) -> None:
        tries.append("build")
        raise OSError("the disk is full")

    monkeypatch.setattr(following, "build_generation", fail)
    for _ in range(5):
        assert complete("zoe") == ["zoe"]
    assert tries == ["build"]
    monkeypatch.undo()
    later = time.monotonic() + 60
    monkeypatch.setattr(following.time, "monotonic", lambda: later)
    assert complete("zoe") == ["zoe"]
    assert index.directory_of(1).exists()


def test_a_shard_follows_up_to_the_sequence_that_it_is_told(
    small: Database, tmp_path: Path
) -> None:
    with small.read() as session:
        domain_id = require_domain(session, "example.org").id
    shard = FollowingShard(small, domain_id, tmp_path / "shard")
    shard.build()
    opened = Shard.open(tmp_path / "shard")
    before = position(small)
    add_account(small, "kim@example.org", display_name="Kim")
    add_account(small, "kit@example.org", display_name="Kit")
    with small.read() as session:
        follow(session, opened, domain_id, before)
        assert opened.complete("ki") == []
        follow(session, opened, domain_id, before + 1)
    assert opened.position == before + 2  # The journal is read in portions, not entry by entry.
    assert [each.name for each in opened.complete("ki")] == ["Kim", "Kit"]
    opened.close()


def test_a_large_index_is_built_in_the_background(
    small: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_FEW", -1)
    with small.read() as session:
        domain_id = require_domain(session, "example.org").id
    shard = FollowingShard(small, domain_id, tmp_path / "shard")
    watch = ChangeWatch(small, interval=0)
    assert shard.current(watch.now()) is None
    assert shard._builder is not None
    shard._builder.join()
    add_account(small, "kim@example.org", display_name="Kim")
    current = shard.current(watch.now())
    assert current is not None
    assert [each.name for each in current.complete("ki")] == ["Kim"]
    shard.close()


def test_after_a_fault_the_files_are_checked_before_they_are_used_again(
    small: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with small.read() as session:
        domain_id = require_domain(session, "example.org").id
    shard = FollowingShard(small, domain_id, tmp_path / "shard")
    watch = ChangeWatch(small, interval=0)
    assert shard.current(watch.now()) is not None
    (file,) = (tmp_path / "shard").glob("*/records")
    file.write_bytes(file.read_bytes()[:-1] + b"\xff")
    assert shard.current(watch.now()) is not None
    assert "it is being built again" not in caplog.text
    shard.reopen_later()
    current = shard.current(watch.now())
    assert "it is being built again" in caplog.text
    assert current is not None
    assert [each.name for each in current.complete("zoe")] == ["Zoe"]
    shard.close()
