"""Measures the engine and its peers over one generated directory and prints the tables."""

import multiprocessing
import random
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from contactsgroups.autocomplete import (
    Entry,
    EntryKind,
    PersonalTable,
    Remove,
    Shard,
    Upsert,
    build_generation,
)
from contactsgroups.autocomplete.generation import Generation
from contactsgroups.autocomplete.tokens import DOMAIN_MARK, KIND_MARK, tokens_of
from tests.bench.autocomplete.peers import LIMIT, Document, Peer, available
from tests.bench.autocomplete.people import directory as people
from tests.bench.autocomplete.questions import CLASSES, Question, questions, typing_errors

ROUNDS = 5
"""Every question is asked this often, in rounds; the quickest counts, so that a busy machine
disturbs less. Percentiles are over the questions."""


class Times(NamedTuple):
    """Microseconds over the questions of one class."""

    p50: float
    p99: float
    worst: float

    def __str__(self) -> str:
        return f"{self.p50:,.1f}/{self.p99:,.1f}"


def measure(ask: Callable[[Any], object], asked: Sequence[Any], rounds: int = ROUNDS) -> Times:
    """Return how long the questions take."""
    quickest = [float("inf")] * len(asked)
    clock = time.perf_counter_ns
    for _ in range(rounds):
        for number, question in enumerate(asked):
            start = clock()
            ask(question)
            quickest[number] = min(quickest[number], clock() - start)
    quickest.sort()
    last = len(quickest) - 1
    return Times(quickest[last // 2] / 1e3, quickest[last * 99 // 100] / 1e3, quickest[last] / 1e3)


def run(
    entries: int, *, questions_per_class: int, peers: int | None, postgresql: str | None
) -> None:
    """Print all tables for a directory of this many entries; ``peers`` limits how many."""
    print(f"\n# {entries:,} entries\n")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        home = Path(name)
        index = home / "index"
        print("build:", _in_a_process(_build, index, entries))
        shard = Shard.open(index)
        documents = list(shard.entries())
        asked = questions(documents, questions_per_class)
        print("files:", _sizes(index))
        print("worker:", _in_a_process(_worker_memory, index, asked))
        base = Base(shard)
        rows = {"this engine, base": {name: measure(base.ask, asked[name]) for name in CLASSES}}
        rows["this engine, whole path"] = _whole_path(index, documents, asked)
        print("typing errors:", _typing_errors(shard, documents))
        agreements = []
        for peer in list(available(home, postgresql))[:peers]:
            row, agreement = _ask_peer(peer, documents, asked, base)
            rows[peer.name] = row
            agreements.append(agreement)
        _print_table(rows)
        print(*agreements, sep="\n")


class Base:
    """The base generation alone, asked for what the peers are asked for."""

    def __init__(self, shard: Shard) -> None:
        self._generation: Generation = shard._view.layers[0].generation

    def ask(self, words: Question) -> list[int]:
        return self._generation.best([(word,) for word in words], LIMIT, None)


def _build(index: Path, entries: int) -> str:
    """Build in a process of its own, and tell time and memory."""
    generated = time.process_time()
    for _ in people(entries):
        pass
    generated = time.process_time() - generated
    with _PeakMemory() as peak:
        start, processor = time.perf_counter(), time.process_time()
        build_generation(index, people(entries), position=1, epoch="bench")
        wall, processor = time.perf_counter() - start, time.process_time() - processor
    return (
        f"{processor - generated:.1f} s of processor time ({wall:.1f} s by the clock, "
        f"{generated:.1f} s of processor time to generate the entries, which also is in the "
        f"latter), {peak.megabytes:.0f} MB over the interpreter"
    )


class _PeakMemory:
    """Watches the anonymous memory of this process."""

    def __enter__(self) -> "_PeakMemory":
        self._before = self._most = _anonymous_memory()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self._most = max(self._most, _anonymous_memory())

    @property
    def megabytes(self) -> float:
        return (self._most - self._before) / 1e6


def _anonymous_memory() -> int:
    found = re.search(r"RssAnon:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


def _worker_memory(index: Path, asked: dict[str, list[Question]]) -> str:
    before = _anonymous_memory()
    start = time.perf_counter()
    shard = Shard.open(index, verify=False)
    opened = time.perf_counter() - start
    for some in asked.values():
        for words in some:
            shard.complete(" ".join(words))
    private = (_anonymous_memory() - before) / 1e6
    start = time.perf_counter()
    Shard.open(index, verify=True)
    verified = time.perf_counter() - start
    return (
        f"{private:.1f} MB private, opened in {opened * 1e3:.1f} ms, "
        f"with every checksum in {verified * 1e3:.0f} ms"
    )


def _whole_path(
    index: Path, documents: list[Entry], asked: dict[str, list[Question]]
) -> dict[str, Times]:
    """Fold, base, overlay of 500 changes, 1,000 own entries, tiers, corrections, JSON."""
    shard = Shard.open(index)
    chance = random.Random(4)
    chosen = chance.sample(documents, 1_440)
    changes = [Upsert(entry._replace(score=entry.score + 1)) for entry in chosen[:460]]
    removals = [Remove(entry.identity) for entry in documents[:20] + chosen[460:480]]
    shard.apply([*changes, *removals], 2)
    boosts = {entry.identity: chance.randrange(10_000) for entry in chosen[480:980]}
    own = [
        entry._replace(identity=f"own:{entry.identity}", kind=EntryKind.CONTACT)
        for entry in chosen[980:]
    ]
    boosts |= {entry.identity: chance.randrange(10_000) for entry in own}
    personal = PersonalTable(boosts, own)
    times = _apply_times(shard, documents)
    print(f"a change applied to a full overlay: {times} µs")

    def ask(text: str) -> str:
        found = shard.complete(text, personal=personal)
        return "[" + ",".join([completion.payload for completion in found]) + "]"

    return {name: measure(ask, [" ".join(words) for words in asked[name]]) for name in CLASSES}


def _apply_times(shard: Shard, documents: list[Entry]) -> Times:
    positions = iter(range(10, 1_000_000))
    return measure(
        lambda entry: shard.apply([Upsert(entry)], next(positions)),
        [documents[30]._replace(score=score) for score in range(200)],
        rounds=1,
    )


def _typing_errors(shard: Shard, documents: list[Entry]) -> str:
    pairs = typing_errors(documents, 500)
    times = measure(shard.complete, [typed for typed, _ in pairs], rounds=3)
    found = asked = 0
    for typed, meant in pairs:
        if len(shard.complete(typed, corrections=False)) < LIMIT:
            asked += 1
            found += any(meant in c.name.lower() for c in shard.complete(typed))
    return f"{times} µs, the meant name among the answers in {found} of {asked}"


def _ask_peer(
    peer: Peer, documents: list[Entry], asked: dict[str, list[Question]], base: Base
) -> tuple[dict[str, Times], str]:
    start = time.process_time()
    peer.build(_tokenised(documents))
    print(f"{peer.name}: built in {time.process_time() - start:.1f} s of this processor's time")
    rounds = ROUNDS if peer.questions >= 1_000 else 2
    row, compared, differing = {}, 0, 0
    for name in CLASSES:
        some = asked[name][: peer.questions]
        row[name] = measure(peer.ask, some, rounds)
        compared += len(some)
        differing += sum(peer.ask(words) != base.ask(words) for words in some)
    return row, f"{peer.name}: {compared:,} answers compared, {differing} differ"


def _tokenised(documents: list[Entry]) -> Iterator[Document]:
    marks = (DOMAIN_MARK, KIND_MARK)
    for rank, entry in enumerate(documents):
        yield rank, tuple(token for token in tokens_of(entry) if not token.startswith(marks))


def _sizes(index: Path) -> str:
    sizes = {path.name: path.stat().st_size / 1e6 for path in index.glob("base-*/*")}
    largest = sorted(sizes, key=lambda name: -sizes[name])
    shown = ", ".join(f"{name} {sizes[name]:.1f}" for name in largest if sizes[name] >= 0.5)
    return f"{sum(sizes.values()):.0f} MB ({shown})"


def _print_table(rows: dict[str, dict[str, Times]]) -> None:
    """Print p50/p99 in microseconds, and the ratio to the base of this engine below."""
    own = next(iter(rows.values()))
    print("\n| µs p50/p99 | " + " | ".join(CLASSES) + " |")
    print("|---" * (len(CLASSES) + 1) + "|")
    for name, row in rows.items():
        print(f"| {name} | " + " | ".join(str(row[column]) for column in CLASSES) + " |")
        if row is not own:
            ratios = (_ratio(row[column], own[column]) for column in CLASSES)
            print("| times base | " + " | ".join(ratios) + " |")
    print("| worst, base | " + " | ".join(f"{own[column].worst:,.1f}" for column in CLASSES) + " |")


def _ratio(times: Times, own: Times) -> str:
    return f"{times.p50 / own.p50:,.1f}/{times.p99 / own.p99:,.1f}"


def _in_a_process(work: Callable[..., str], *arguments: object) -> str:
    """Run ``work`` in a fresh interpreter, so that its memory can be told from ours."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(work, arguments)
