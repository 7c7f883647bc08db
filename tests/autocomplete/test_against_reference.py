"""The engine against the reference, path by path."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactsgroups.autocomplete import (
    Entry,
    EntryKind,
    PersonalTable,
    Remove,
    Shard,
    Thresholds,
    Upsert,
    build_generation,
    complete,
    scan,
)
from tests.autocomplete import material, reference

THRESHOLDS = {
    "rows and bitmaps": material.TINY,
    "rows without bitmaps": Thresholds(hot=4, top=3, bitmap_share=1),
    "bitmaps with long rows": Thresholds(hot=4, top=64, bitmap_share=1_000),
    "slices only": Thresholds(hot=100_000),
    "as in production": Thresholds(),
}


def random_entries(number: int, seed: int) -> list[Entry]:
    chance = random.Random(seed)
    found = []
    for n in range(number):
        name = " ".join(chance.choices(material.WORDS, k=chance.randrange(4)))
        local_part = f"{chance.choice(material.LOCAL_PARTS)}{chance.choice(['', n])}"
        address = f"{local_part}@{chance.choice(material.DOMAINS)}"
        kind = chance.choice(list(EntryKind))
        score = chance.choice([0, 0, 1, 2, chance.randrange(1_000)])
        payload = material.payload_of(name, address)
        found.append(Entry(f"id:{n}", kind, name, address, score, payload))
    return found


@pytest.mark.parametrize("name", THRESHOLDS)
def test_every_path_gives_the_answers_of_the_reference(name: str, tmp_path: Path) -> None:
    entries = random_entries(150, seed=1)
    build_generation(tmp_path, entries, position=1, epoch="e", thresholds=THRESHOLDS[name])
    shard = Shard.open(tmp_path)

    @settings(max_examples=150, deadline=None)
    @given(material.queries, st.sampled_from([1, 3, 10, 200]), material.kind_filters)
    def ask(text: str, limit: int, kinds: frozenset[EntryKind] | None) -> None:
        answer = shard.complete(text, limit=limit, kinds=kinds)
        assert answer == reference.complete(entries, text, limit=limit, kinds=kinds)

    ask()


def test_a_large_directory_is_scanned_in_stages(tmp_path: Path) -> None:
    """Bitmaps of more than the first stages, with tombstones on the best documents."""
    entries = random_entries(9_000, seed=2)
    build_generation(tmp_path, entries, position=1, epoch="e")
    shard = Shard.open(tmp_path)
    ranked = sorted(entries, key=lambda entry: -entry.score)
    gone = {entry.identity for entry in ranked[:400]}
    shard.apply([Remove(identity) for identity in gone], 2)
    left = [entry for entry in entries if entry.identity not in gone]
    for text in ("a", "anna", "anna mu", "anna jo x", "wang", "xm bob", "team 8999", "y2 straße"):
        for limit in (1, 10, 100):
            expected = reference.complete(left, text, limit=limit)
            assert shard.complete(text, limit=limit) == expected, (text, limit)


def test_tombstones_that_use_up_a_row_fall_back_to_the_whole_prefix(tmp_path: Path) -> None:
    entries = random_entries(400, seed=3)
    build_generation(tmp_path, entries, position=1, epoch="e", thresholds=material.TINY)
    shard = Shard.open(tmp_path, thresholds=Thresholds())
    living = {entry.identity: entry for entry in entries}
    for position in range(2, 40):
        best = shard.complete("a", limit=5, corrections=False)
        assert best == reference.complete(living.values(), "a", limit=5, corrections=False)
        shard.apply([Remove(completion.identity) for completion in best], position)
        for completion in best:
            del living[completion.identity]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=material.queries,
    boosts=st.dictionaries(st.integers(0, 59).map("id:{}".format), st.integers(0, 2_000)),
    kinds=material.kind_filters,
)
def test_several_shards_and_own_use_give_one_merged_answer(
    two_shards: tuple[list[Entry], list[Shard]], text: str, boosts: dict[str, int], kinds
) -> None:
    entries, shards = two_shards
    own = [
        Entry("own:1", EntryKind.CONTACT, "Anna Müller", "anna@example.net", 1, '{"own":1}'),
        Entry("own:2", EntryKind.CONTACT, "", "johnson@example.net", 0, '{"own":2}'),
    ]
    answer = complete(shards, text, kinds=kinds, personal=PersonalTable(boosts, own))
    assert answer == reference.complete(entries, text, kinds=kinds, boosts=boosts, own=own)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=material.queries,
    boosts=st.dictionaries(st.integers(0, 59).map("id:{}".format), st.sampled_from([0, 5])),
    home=st.sampled_from(material.DOMAINS),
    limit=st.integers(1, 12),
)
def test_on_a_tie_ones_own_domain_comes_before_outside(
    shards_by_domain: tuple[list[Entry], list[Shard]],
    text: str,
    boosts: dict[str, int],
    home: str,
    limit: int,
) -> None:
    entries, shards = shards_by_domain
    own = [
        entry._replace(identity=f"own:{number}", kind=EntryKind.CONTACT)
        for number, entry in enumerate(random_entries(30, seed=8))
    ]
    answer = complete(shards, text, limit=limit, personal=PersonalTable(boosts, own, home=home))
    assert answer == reference.complete(
        entries, text, limit=limit, boosts=boosts, own=own, home=home
    )
    scanned = scan(entries, text, limit=limit, personal=PersonalTable(boosts, own, home=home))
    assert scanned == reference.complete(
        entries, text, limit=limit, boosts=boosts, own=own, home=home, corrections=False
    )


@pytest.fixture(scope="module")
def shards_by_domain(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Entry], list[Shard]]:
    """As in production: each shard has one domain, here with half of its entries changed since."""
    entries = [
        entry._replace(score=entry.score % 2, name=entry.name[:5])
        for entry in random_entries(150, seed=7)
    ]
    shards = []
    for domain in material.DOMAINS:
        ours = [entry for entry in entries if entry.address.endswith("@" + domain)]
        directory = tmp_path_factory.mktemp("shard")
        half = len(ours) // 2
        build_generation(directory, ours[:half], position=1, epoch="e", thresholds=material.TINY)
        shard = Shard.open(directory)
        shard.apply([Upsert(entry) for entry in ours[half:]], 2)
        shards.append(shard)
    return entries, shards


@pytest.fixture(scope="module")
def two_shards(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Entry], list[Shard]]:
    entries = random_entries(120, seed=4)
    shards = []
    for half in (entries[:60], entries[60:]):
        directory = tmp_path_factory.mktemp("shard")
        build_generation(directory, half, position=1, epoch="e", thresholds=material.TINY)
        shards.append(Shard.open(directory))
    return entries, shards


def test_every_source_tells_scripts_apart_as_the_reference_does(tmp_path: Path) -> None:
    entries = material.entries_of_scripts(120, seed=7)
    own = [entry._replace(identity=f"own:{n}") for n, entry in enumerate(entries[:15])]
    build_generation(tmp_path, entries, position=1, epoch="e", thresholds=material.TINY)
    shard = Shard.open(tmp_path)
    shard.apply([Upsert(entry._replace(score=5)) for entry in entries[:10]], 2)
    now = [entry._replace(score=5) for entry in entries[:10]] + entries[10:]

    @settings(max_examples=150, deadline=None)
    @given(
        material.queries_of_scripts,
        st.sampled_from([1, 3, 10, 200]),
        st.dictionaries(st.integers(0, 119).map("id:{}".format), st.integers(0, 200), max_size=8),
    )
    def ask(text: str, limit: int, boosts: dict[str, int]) -> None:
        table = PersonalTable(boosts, own)
        expected = reference.complete(now, text, limit=limit, boosts=boosts, own=own)
        assert shard.complete(text, limit=limit, personal=table) == expected
        expected = reference.complete(
            now, text, limit=limit, boosts=boosts, own=own, corrections=False
        )
        assert scan(now, text, limit=limit, personal=table) == expected

    ask()


def test_every_kind_of_slip_is_mended(tmp_path: Path) -> None:
    entries = random_entries(100, seed=5)
    build_generation(tmp_path, entries, position=1, epoch="e")
    shard = Shard.open(tmp_path)
    shard.apply([Upsert(entry._replace(score=5)) for entry in entries[:20]], 2)
    now = [entry._replace(score=5) for entry in entries[:20]] + entries[20:]
    chance = random.Random(6)
    names = [word for word in material.WORDS if word.isascii() and word.isalpha() and len(word) > 3]
    for _ in range(150):
        text = material.slip(chance.choice(names), chance)
        assert shard.complete(text, limit=50) == reference.complete(now, text, limit=50), text


def test_of_a_short_name_the_bearers_count_wherever_they_are(tmp_path: Path) -> None:
    """In the base, changed since, removed since, used, in own contacts."""
    chance = random.Random(9)
    entries = [
        entry._replace(name=" ".join(chance.choices(["Sax", "Saxon", "Wim", "Rolf"], k=2)))
        for entry in random_entries(40, seed=9)
    ]
    for length in (4, 12, 40):
        directory = tmp_path / str(length)
        some = entries[:length]
        build_generation(directory, some, position=1, epoch="e", thresholds=material.TINY)
        shard = Shard.open(directory)
        changed = [entry._replace(name="Wim Sax", score=7) for entry in some[::3]]
        gone = {entry.identity for entry in some[1::4]}
        shard.apply([*map(Upsert, changed), *map(Remove, gone)], 2)
        now = {entry.identity: entry for entry in (*some, *changed)}
        now = {identity: entry for identity, entry in now.items() if identity not in gone}
        own = [entry._replace(identity="own:1") for entry in some[:1]]
        for text in ("dax", "saq", "saxom", "wjm", "wimm", "rofl", "ropf", "saxn", "qolf"):
            for boosts in ({}, {some[2].identity: 3}):
                for kinds in (None, frozenset({EntryKind.GROUP})):
                    table = PersonalTable(boosts, own if boosts else [])
                    answer = shard.complete(text, kinds=kinds, personal=table)
                    assert answer == reference.complete(
                        now.values(), text, kinds=kinds, boosts=boosts, own=own if boosts else []
                    ), (length, text, boosts, kinds)
