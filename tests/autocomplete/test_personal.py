"""A person's table that was made from the one before answers as one that was made anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactsgroups.autocomplete import (
    Change,
    Entry,
    PersonalTable,
    Remove,
    Shard,
    Upsert,
    build_generation,
)
from tests.autocomplete.material import entries

IDENTITIES = [f"e{number}" for number in range(8)]
QUERIES = ["a", "b", "an", "o", "ma", "anna", "x"]

identities = st.sampled_from(IDENTITIES)
directory = st.lists(entries(identities), unique_by=lambda entry: entry.identity)
boosts = st.dictionaries(identities, st.integers(0, 3))
states = st.tuples(boosts, directory, st.lists(entries(identities), max_size=2), identities)


@pytest.fixture
def shard(tmp_path: Path) -> Iterator[Shard]:
    build_generation(tmp_path, [], position=0, epoch="e")
    shard = Shard.open(tmp_path)
    yield shard
    shard.close()


@given(st.lists(states, min_size=2, max_size=5), st.lists(st.booleans(), min_size=5, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_kept_makes_no_difference(
    shard: Shard,
    history: list[tuple[dict[str, int], list[Entry], list[Entry], str]],
    asked: list[bool],
) -> None:
    """Whether or not it was asked in between, and whatever the shard went through meanwhile."""
    table = PersonalTable({})
    for (boosts, own, changed, gone), ask in zip(history, asked, strict=False):
        if ask:
            shard.complete("a", personal=table)
        changes: list[Change] = [*[Upsert(entry) for entry in changed], Remove(gone)]
        shard.apply(changes, shard.position + 1)
        table = PersonalTable(boosts, own, former=table)
        anew = PersonalTable(boosts, own)
        for query in QUERIES:
            answer = shard.complete(query, personal=table)
            assert answer == shard.complete(query, personal=anew)
