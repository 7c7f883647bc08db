"""What a layer remembers of the shortest texts is what it would find."""

from pathlib import Path

import pytest

from contactsgroups.autocomplete import (
    Entry,
    EntryKind,
    PersonalTable,
    Remove,
    Shard,
    Upsert,
    build_generation,
    layer,
)
from tests.autocomplete import material, reference
from tests.autocomplete.test_against_reference import random_entries

SHORT = ["a", "m", "an", "mar", "m a", "т", "q"]
KINDS = [None, frozenset({EntryKind.GROUP}), frozenset({EntryKind.ACCOUNT, EntryKind.CONTACT})]


@pytest.fixture
def entries() -> list[Entry]:
    return random_entries(150, seed=5)


@pytest.fixture
def shard(entries: list[Entry], tmp_path: Path) -> Shard:
    build_generation(tmp_path, entries, position=1, epoch="e", thresholds=material.TINY)
    return Shard.open(tmp_path)


def test_questions_that_differ_in_anything_are_not_taken_for_one_another(
    shard: Shard, entries: list[Entry]
) -> None:
    for _ in range(2):
        for text in SHORT:
            for kinds in KINDS:
                for limit in (1, 3, 10):
                    found = shard.complete(text, limit=limit, kinds=kinds)
                    assert found == reference.complete(entries, text, limit=limit, kinds=kinds)


def test_a_short_text_that_was_asked_before_sees_every_change(
    shard: Shard, entries: list[Entry]
) -> None:
    live = {entry.identity: entry for entry in entries}
    for position in range(2, 12):
        best = shard.complete("a")[0]
        changed = live.pop(best.identity)
        if position % 2:
            live[best.identity] = changed._replace(score=0)
            shard.apply([Upsert(live[best.identity])], position)
        else:
            shard.apply([Remove(best.identity)], position)
        assert shard.complete("a") == reference.complete(list(live.values()), "a", limit=10)


def test_accounts_of_several_domains_each_get_their_own_order(
    entries: list[Entry], tmp_path: Path
) -> None:
    directory = [entry for entry in entries if entry.address.endswith("@example.org")]
    build_generation(tmp_path, directory, position=1, epoch="e", thresholds=material.TINY)
    shard = Shard.open(tmp_path)
    for home in ("example.org", "elsewhere.example", "example.org"):
        found = shard.complete("a", personal=PersonalTable({}, home=home))
        assert found == reference.complete(directory, "a", limit=10, home=home)


def test_only_so_many_answers_are_kept_and_the_oldest_goes_first(
    shard: Shard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer, "_REMEMBERED", 4)
    remembered = shard.view.layers[0]._remembered
    for text in SHORT:
        newest = [*remembered][-3:]
        shard.complete(text)
        assert len(remembered) <= 4
        assert [*remembered][:-1] == newest
    before = [*remembered]
    shard.complete("marianne")
    assert [*remembered] == before


@pytest.mark.parametrize("text", ["!!" * 5_000, "", "-", "a" + "!" * 5_000, "!" * 16 + "a"])
def test_signs_that_nobody_types_are_not_remembered(shard: Shard, text: str) -> None:
    shard.complete(text)
    assert not shard.view.layers[0]._remembered
    shard.complete("a!")
    assert len(shard.view.layers[0]._remembered) == 1
