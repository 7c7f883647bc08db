"""The targets of the engine, and which of them a run has met."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tests.bench.autocomplete import whole_path
from tests.bench.autocomplete.peers import FTS5
from tests.bench.autocomplete.processes import Build, Worker
from tests.bench.autocomplete.questions import CLASSES
from tests.bench.autocomplete.timing import Times

_BASE = "this engine, base"
_ONE_WORD = [name for name in CLASSES if name.startswith("p")]
_TWO_WORDS = [name for name in CLASSES if name.startswith(("w", "adv"))]
_SHORT = _ONE_WORD[:-1]
_FEW = ["p1", "p2", "p3"]
_OTHERS = [name for name in CLASSES if name not in _FEW]


class Changing(NamedTuple):
    """Microseconds while changes come in one by one and are flushed in the background."""

    applied: Times
    answered: Times
    adopted: Times


class Figures(NamedTuple):
    """Everything that a run has measured."""

    rows: Mapping[str, Mapping[str, Times]]
    typing: Times
    found: float
    build: Build
    megabytes: float
    worker: Worker
    visible: Times
    changing: Changing


class Target(NamedTuple):
    """What is wanted, and what was measured; ``least`` if more is better."""

    text: str
    measured: float
    wanted: float
    least: bool = False

    @property
    def is_met(self) -> bool:
        return self.measured >= self.wanted if self.least else self.measured <= self.wanted


def print_table(figures: Figures, *, per_million: float) -> None:
    """Print what is wanted (of a million entries on a quiet machine), measured, and met."""
    print("| target | wanted | measured | |\n|---|---|---|---|")
    for target in _targets(figures, per_million):
        bound = "at least" if target.least else "at most"
        verdict = "met" if target.is_met else "MISSED"
        wanted, measured = f"{target.wanted:g}", f"{target.measured:,.2f}"
        print(f"| {target.text} | {bound} {wanted} | {measured} | {verdict} |")


def _targets(figures: Figures, per_million: float) -> Iterator[Target]:
    base, whole = figures.rows[_BASE], figures.rows[whole_path.NAME_UNCORRECTED]
    yield Target("base, one word of 1-5 letters, p50 µs", _worst(base, _SHORT, "p50"), 2)
    yield Target("base, one word of 8 letters, p50 µs", base["p8"].p50, 6)
    yield Target("base, one word, p99 µs", _worst(base, _ONE_WORD, "p99"), 15)
    yield Target("base, one word, worst µs", _worst(base, _ONE_WORD, "worst"), 50)
    yield Target("base, two words, p50 µs", _worst(base, _TWO_WORDS, "p50"), 40)
    yield Target("base, two words, p99 µs", _worst(base, _TWO_WORDS, "p99"), 100)
    yield Target("base, two words, worst µs", _worst(base, _TWO_WORDS, "worst"), 200)
    yield Target("whole path, one word of 1-3 letters, p50 µs", _worst(whole, _FEW, "p50"), 15)
    yield Target("whole path, others, p50 µs", _worst(whole, _OTHERS, "p50"), 25)
    yield Target("whole path, one word, p99 µs", _worst(whole, _ONE_WORD, "p99"), 40)
    yield Target("whole path, two words, p99 µs", _worst(whole, _TWO_WORDS, "p99"), 150)
    yield Target("typing errors, p99 µs", figures.typing.p99, 100)
    yield Target("typing errors, meant name found", figures.found, 0.95, least=True)
    yield Target("build, s per million", figures.build.seconds / per_million, 10)
    yield Target("builder, MB at this size", figures.build.megabytes, 400)
    yield Target("files, MB per million", figures.megabytes / per_million, 175)
    yield Target("worker, private MB", figures.worker.megabytes, 5)
    yield Target("a change in another process, p99 µs", figures.visible.p99, 1_000)
    yield Target("adopting a flush, p50 µs", figures.changing.adopted.p50, 2_000)
    if FTS5.name in figures.rows:
        yield from _against(figures.rows[FTS5.name], base)
        yield from _same_job(figures.rows[whole_path.PEER], whole)


def _against(peer: Mapping[str, Times], base: Mapping[str, Times]) -> Iterator[Target]:
    """The honest peer, in the same run on the same machine."""
    for column in CLASSES:
        wanted = 8 if column in _SHORT else 1
        ratio = peer[column].p50 / base[column].p50
        yield Target(f"FTS5 / base, {column}, p50", ratio, wanted, least=True)
        yield Target(f"FTS5 / base, {column}, p99", peer[column].p99 / base[column].p99, 1, True)


def _same_job(peer: Mapping[str, Times], whole: Mapping[str, Times]) -> Iterator[Target]:
    for column in CLASSES:
        for figure in ("p50", "p99"):
            ratio = getattr(peer[column], figure) / getattr(whole[column], figure)
            yield Target(f"FTS5 / this engine, whole path, {column}, {figure}", ratio, 1, True)


def _worst(row: Mapping[str, Times], columns: list[str], figure: str) -> float:
    return max(float(getattr(row[column], figure)) for column in columns)
