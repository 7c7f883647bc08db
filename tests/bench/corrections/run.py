"""Measures what is found of typing errors, and what is shown for texts that mean nobody."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from contactsgroups.autocomplete import Match, Shard, build_generation
from contactsgroups.autocomplete.words.folding import fold_words
from tests.bench.autocomplete.timing import Times, machine_speed, measure
from tests.bench.corrections.cases import Case, cases, nobody
from tests.bench.corrections.peer import QUIET, UP_TO_TWO, Distances
from tests.bench.corrections.people import directory

_TIMED_OF_THE_PEER = 100
_COLUMNS = "| this engine | rapidfuzz up to 2 | as quiet |\n|---|---|---|---|"


def run(number: int, cases_per_kind: int, seed: int) -> None:
    """Print all tables for a directory of this many entries, which ``seed`` chooses."""
    print(f"\n# {number:,} entries, seed {seed}\n")
    entries = list(directory(number, seed))
    peers = [Distances(entries, edits) for edits in (UP_TO_TWO, QUIET)]
    asked = cases(entries, cases_per_kind, seed)
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        build_generation(Path(home), entries, position=1, epoch="e")
        shard = Shard.open(Path(home))
        _print_found(shard, peers, asked)
        _print_noise(shard, peers, nobody(cases_per_kind, seed))
        _print_times(shard, peers[0], asked)


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
    return _share([_is_noise(shard, text) for text in texts])


def _is_noise(shard: Shard, text: str) -> bool:
    shown = shard.complete(text)
    return bool(shown) and shown[0].match >= Match.CORRECTED


def _print_found(shard: Shard, peers: Sequence[Distances], asked: dict[str, list[Case]]) -> None:
    print(f"| found in the first ten {_COLUMNS}")
    found = {
        kind: [[_is_found(shard, case), *(peer.finds(case) for peer in peers)] for case in some]
        for kind, some in asked.items()
    }
    _print_rows(found)


def _print_noise(shard: Shard, peers: Sequence[Distances], texts: dict[str, list[str]]) -> None:
    print(f"\n| shown for nobody {_COLUMNS}")
    shown = {
        kind: [
            [_is_noise(shard, text), *(bool(peer.nearest(text)) for peer in peers)] for text in some
        ]
        for kind, some in texts.items()
    }
    _print_rows(shown)


def _print_rows(answers: dict[str, list[list[bool]]]) -> None:
    """Print the shares of each kind, one column for the engine and each peer."""
    every = [row for some in answers.values() for row in some]
    for kind, some in {**answers, "all": every}.items():
        shares = [f"{_share(column):.3f}" for column in zip(*some, strict=True)]
        print(f"| {kind} | {' | '.join(shares)} |")


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
