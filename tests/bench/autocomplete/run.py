"""Measures the engine and its peers over one generated directory and prints the tables."""

import gc
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

from contactsgroups.autocomplete import Entry, Shard, Upsert
from contactsgroups.autocomplete.words.tokens import MARKS, WHOLE_MARK, tokens_of
from tests.bench.autocomplete import processes, targets, whole_path
from tests.bench.autocomplete.peers import LIMIT, Comparison, Document, Peer, opened
from tests.bench.autocomplete.questions import CLASSES, Question, questions, typing_errors
from tests.bench.autocomplete.timing import (
    ROUNDS,
    Asked,
    Times,
    machine_speed,
    measure,
    measure_side_by_side,
    percentiles,
)
from tests.bench.autocomplete.visibility import visibility

BASE = "this engine, base"
_SLOW_ROUNDS = 2
FOLDS = 8

Row = dict[str, Times]
Questions = dict[str, list[Question]]


def run(entries: int, *, questions_per_class: int, peers: Collection[str]) -> None:
    """Print all tables for a directory of this many entries."""
    print(f"\n# {entries:,} entries\n")
    print(
        f"Every question is asked {ROUNDS} times (a slow peer {_SLOW_ROUNDS} times, and fewer\n"
        "questions), everybody in turn, and its quickest time counts. Percentiles are over the\n"
        "questions of a class. The whole path remembers what short texts have found, so the\n"
        "quickest time of up to three letters is that of a text that was asked before.\n"
        f"Before: {machine_speed()}."
    )
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        home = Path(name)
        processes.generate(home / "entries", entries)
        build = processes.in_a_process(processes.build, home / "index", home / "entries")
        print(
            f"build: {build.seconds:.1f} s of processor time, tokenising included "
            f"({build.wall_seconds:.1f} s by the clock), {build.megabytes:.0f} MB"
        )
        shard = Shard.open(home / "index")
        documents = list(shard.entries())
        asked = questions(documents, questions_per_class)
        # No worker holds a million entries for the garbage collector to walk through.
        gc.collect()
        gc.freeze()
        megabytes = _print_sizes(home / "index")
        worker = processes.in_a_process(processes.work, home / "index", asked)
        print(
            f"worker: {worker.megabytes:.1f} MB private, opened in "
            f"{worker.open_milliseconds:.1f} ms, verified in {worker.verified_milliseconds:.0f}"
        )
        typing, found = _typing_errors(shard, documents)
        print(f"typing errors: {typing} µs, the meant name found in {found:.3f}")
        shutil.copytree(home / "index", home / "changing")
        changing = _changes(home / "changing", documents, asked["p3"])
        visible = visibility(home / "visibility")
        print(f"a change in another process: seen after {visible} µs")
        rows, comparisons = _side_by_side(home, shard, documents, asked, peers)
    _print_table(rows)
    for peer, comparison in comparisons.items():
        print(
            f"{peer}: built in {comparison.build_seconds:.1f} s, {comparison.compared:,} answers "
            f"compared, {comparison.differing} differ"
        )
    print(f"After: {machine_speed()}.\n")
    targets.print_table(
        targets.Figures(rows, typing, found, build, megabytes, worker, visible, changing),
        per_million=entries / 1e6,
    )


class Base:
    """The base generation alone, asked for what the peers are asked for."""

    def __init__(self, shard: Shard) -> None:
        self._generation = shard.view.layers[0].generation

    def ask(self, words: Question) -> list[int]:
        return self._generation.best([(word,) for word in words], LIMIT, None)


def _changes(index: Path, documents: list[Entry], asked: list[Question]) -> targets.Changing:
    """Apply changes one by one, through several flushes, and ask a question after each.

    Another reader of the same files only adopts what was flushed.
    """
    shard, follower = Shard.open(index), Shard.open(index)
    applied, answered, adopted = [], [], []
    for position in range(2, 2 + FOLDS * 520):
        entry = documents[position % len(documents)]
        start = time.perf_counter_ns()
        shard.apply([Upsert(entry._replace(score=position))], position)
        applied.append(time.perf_counter_ns() - start)
        start = time.perf_counter_ns()
        shard.complete(asked[position % len(asked)][0])
        answered.append(time.perf_counter_ns() - start)
        if position % 520 == 0:
            shard.wait_for_flush()
            start = time.perf_counter_ns()
            if follower.refresh():
                adopted.append(time.perf_counter_ns() - start)
    shard.close()
    changing = targets.Changing(*map(percentiles, (applied, answered, adopted)))
    print(
        f"a change applied: {changing.applied} µs, worst {changing.applied.worst:,.0f}; "
        f"answers in between: {changing.answered} µs, worst {changing.answered.worst:,.0f}; "
        f"adopting what another process has flushed ({len(adopted)} times): {changing.adopted} µs"
    )
    return changing


def _typing_errors(shard: Shard, documents: list[Entry]) -> tuple[Times, float]:
    """Return the time, and in which share of cases the meant name is among the answers."""
    pairs = typing_errors(documents, 500)
    times = measure(shard.complete, [typed for typed, _ in pairs])
    found = asked = 0
    for typed, meant in pairs:
        if len(shard.complete(typed, corrections=False)) < LIMIT:
            asked += 1
            found += any(meant in c.name.lower() for c in shard.complete(typed))
    return times, found / asked if asked else 1.0


def _side_by_side(
    home: Path, shard: Shard, documents: list[Entry], asked: Questions, names: Collection[str]
) -> tuple[dict[str, Row], dict[str, Comparison]]:
    base, account = Base(shard), whole_path.make_account(documents)
    whole = whole_path.WholePath(home / "index", account, corrections=True)
    uncorrected = whole_path.WholePath(home / "index", account, corrections=False)
    rows: dict[str, Row] = {BASE: {}, whole_path.NAME: {}, whole_path.NAME_UNCORRECTED: {}}
    with opened(names, home) as peers, ExitStack() as stack:
        seconds = {peer.name: _fill(peer, documents) for peer in peers}
        typed: dict[str, whole_path.Typed] = {
            whole_path.NAME: whole,
            whole_path.NAME_UNCORRECTED: uncorrected,
        }
        rival = None
        if whole_path.PEER_NEEDS in names:
            rival = stack.enter_context(closing(whole_path.FTS5WholePath(home, documents, account)))
            typed[whole_path.PEER] = rival
        for column in CLASSES:
            some = asked[column]
            texts = [" ".join(words) for words in some]
            everybody = {
                BASE: Asked(base.ask, some),
                **{name: Asked(one.ask, texts) for name, one in typed.items()},
                **{peer.name: _asked(peer, some) for peer in peers},
            }
            for name, times in measure_side_by_side(everybody).items():
                rows.setdefault(name, {})[column] = times
        comparisons = {peer.name: _compare(peer, base, asked, seconds) for peer in peers}
        if rival is not None:
            comparisons[whole_path.PEER] = whole_path.compare(rival, uncorrected, asked)
    return rows, comparisons


def _asked(peer: Peer, some: list[Question]) -> Asked:
    few = some[: peer.questions]
    return Asked(peer.ask, few, ROUNDS if len(few) == len(some) else _SLOW_ROUNDS)


def _fill(peer: Peer, documents: list[Entry]) -> float:
    start = time.perf_counter()
    peer.build(_tokenised(documents))
    return time.perf_counter() - start


def _tokenised(documents: list[Entry]) -> Iterator[Document]:
    marks = tuple(MARKS)
    for rank, entry in enumerate(documents):
        tokens = [token for token in tokens_of(entry) if not token.startswith(marks)]
        words = [token.removesuffix(WHOLE_MARK) for token in tokens]
        yield rank, tuple(words)


def _compare(peer: Peer, base: Base, asked: Questions, seconds: Mapping[str, float]) -> Comparison:
    compared = differing = 0
    for column in CLASSES:
        some = asked[column][: peer.questions]
        compared += len(some)
        differing += sum(peer.ask(words) != base.ask(words) for words in some)
    return Comparison(compared, differing, seconds[peer.name])


def _print_sizes(index: Path) -> float:
    sizes = {path.name: path.stat().st_size / 1e6 for path in index.glob("base-*/*")}
    largest = sorted(sizes, key=lambda name: -sizes[name])
    shown = ", ".join(f"{name} {sizes[name]:.1f}" for name in largest if sizes[name] >= 0.5)
    print(f"files: {sum(sizes.values()):.0f} MB ({shown})")
    return sum(sizes.values())


def _print_table(rows: Mapping[str, Row]) -> None:
    """Print p50/p99 in microseconds, and how many times as long as the base others take."""
    own = rows[BASE]
    print("\n| µs p50/p99 | " + " | ".join(CLASSES) + " |")
    print("|---" * (len(CLASSES) + 1) + "|")
    for name, row in rows.items():
        print(f"| {name} | " + " | ".join(str(row[column]) for column in CLASSES) + " |")
        if row is own:
            print("| worst | " + " | ".join(f"{own[c].worst:,.1f}" for c in CLASSES) + " |")
        else:
            ratios = (_ratio(row[column], own[column]) for column in CLASSES)
            print("| times base | " + " | ".join(ratios) + " |")
    print()


def _ratio(times: Times, own: Times) -> str:
    return f"{times.p50 / own.p50:,.1f}/{times.p99 / own.p99:,.1f}"
