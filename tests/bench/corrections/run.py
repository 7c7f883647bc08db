"""Measures what is found of typing errors, and what is shown for texts that mean nobody."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from contactsgroups.autocomplete import Match, Shard, build_generation
from contactsgroups.autocomplete.words.folding import fold_words
from tests.bench.autocomplete.timing import Times, machine_speed, measure
from tests.bench.corrections.cases import Case, cases, nobody
from tests.bench.corrections.peer import Distances
from tests.bench.corrections.people import directory

_TIMED_OF_THE_PEER = 100


def run(number: int, cases_per_kind: int, seed: int) -> None:
    """Print all tables for a directory of this many entries, which ``seed`` chooses."""
    print(f"\n# {number:,} entries, seed {seed}\n")
    entries = list(directory(number, seed))
    peer = Distances(entries)
    asked = cases(entries, cases_per_kind, seed)
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        build_generation(Path(home), entries, position=1, epoch="e")
        shard = Shard.open(Path(home))
        _print_found(shard, peer, asked)
        _print_noise(shard, nobody(cases_per_kind, seed))
        _print_times(shard, peer, asked)


def share_found(shard: Shard, some: Sequence[Case]) -> float:
    """Return the share of cases in which one of the first ten has what was meant."""
    return _share([_is_found(shard, case) for case in some])


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found)


def _is_found(shard: Shard, case: Case) -> bool:
    return any(_has(completion.name, case) for completion in shard.complete(case.typed))


def _has(name: str, case: Case) -> bool:
    words = [word for piece in name.split() for word in fold_words(piece)]
    if case.is_prefix:
        return any(word.startswith(case.meant) for word in words)
    return set(case.meant).issubset(words)


def noise(shard: Shard, texts: Sequence[str]) -> float:
    """Return the share of texts for which somebody is shown who has nothing that begins so."""
    shown = [shard.complete(text) for text in texts]
    return sum(bool(some) and some[0].match >= Match.CORRECTED for some in shown) / len(texts)


def _print_found(shard: Shard, peer: Distances, asked: dict[str, list[Case]]) -> None:
    print("| found in the first ten | this engine | rapidfuzz |\n|---|---|---|")
    ours = {kind: [_is_found(shard, case) for case in some] for kind, some in asked.items()}
    theirs = {kind: [peer.finds(case) for case in some] for kind, some in asked.items()}
    for rows in (ours, theirs):
        rows["all"] = [is_found for some in rows.values() for is_found in some]
    for kind, some in ours.items():
        print(f"| {kind} | {_share(some):.3f} | {_share(theirs[kind]):.3f} |")


def _print_noise(shard: Shard, texts: dict[str, list[str]]) -> None:
    print("\n| shown for nobody | this engine |\n|---|---|")
    every = [text for some in texts.values() for text in some]
    for kind, some in {**texts, "all": every}.items():
        print(f"| {kind} | {noise(shard, some):.3f} |")


def _print_times(shard: Shard, peer: Distances, asked: dict[str, list[Case]]) -> None:
    """Print how long answers take with corrections and without, and what the peer takes."""
    print("\n| µs p50/p99 | corrected | as typed | on top |\n|---|---|---|---|")
    for kind, some in asked.items():
        texts = [case.typed for case in some]
        corrected = measure(shard.complete, texts)
        typed = measure(lambda text: shard.complete(text, corrections=False), texts)
        print(f"| {kind} | {corrected} | {typed} | {_difference(corrected, typed)} |")
    every = [case for some in asked.values() for case in some]
    few = every[:: max(1, len(every) // _TIMED_OF_THE_PEER)]
    theirs = measure(peer.nearest, few, rounds=1)
    ours = measure(shard.complete, [case.typed for case in few])
    print(f"\nrapidfuzz: {theirs} µs, {theirs.p50 / ours.p50:,.0f} times this engine; ", end="")
    print(f"{machine_speed()}")


def _difference(corrected: Times, typed: Times) -> str:
    return f"{corrected.p50 - typed.p50:,.1f}/{corrected.p99 - typed.p99:,.1f}"
