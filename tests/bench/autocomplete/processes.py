"""What has to be measured in a process of its own: building, and a worker's memory."""

import json
import multiprocessing
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from contactsgroups.autocomplete import Entry, EntryKind, Shard, build_generation
from tests.bench.autocomplete.people import directory as people
from tests.bench.autocomplete.questions import Question

T = TypeVar("T")
_BATCH = 1_000
_KINDS = {str(kind): kind for kind in EntryKind}


class Build(NamedTuple):
    """What a build took."""

    seconds: float
    """Of processor time, tokenising included, reading the entries from a file not."""
    wall_seconds: float
    megabytes: float
    """The most anonymous memory, over that of the interpreter with everything imported."""


class Worker(NamedTuple):
    """What a process takes that only opens an index and answers."""

    megabytes: float
    """Private memory of this process: what is in no file. Mapped files are shared."""
    open_milliseconds: float
    verified_milliseconds: float


def in_a_process(work: Callable[..., T], *arguments: object) -> T:
    """Run ``work`` in a fresh interpreter, so that its memory can be told from ours."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def generate(path: Path, entries: int) -> None:
    """Write the directory of this many entries once, for all who read it."""
    source = people(entries)
    with path.open("w") as file:
        while batch := list(islice(source, _BATCH)):
            file.write(json.dumps(batch) + "\n")


def read(path: Path) -> Iterator[Entry]:
    """Yield the entries that ``generate`` wrote."""
    with path.open() as file:
        for line in file:
            for identity, kind, *rest in json.loads(line):
                yield Entry(identity, _KINDS[kind], *rest)


def build(index: Path, data: Path) -> Build:
    """Build the index from the data."""
    reading = time.process_time()
    _exhaust(read(data))
    reading = time.process_time() - reading
    with _PeakMemory() as peak:
        start, processor = time.perf_counter(), time.process_time()
        build_generation(index, read(data), position=1, epoch="bench")
        wall, processor = time.perf_counter() - start, time.process_time() - processor
    return Build(processor - reading, wall - reading, peak.megabytes)


def work(index: Path, asked: dict[str, list[Question]]) -> Worker:
    """Open the index and answer everything once."""
    before = _private_memory()
    start = time.perf_counter()
    shard = Shard.open(index, verify=False)
    opened = time.perf_counter() - start
    for some in asked.values():
        for words in some:
            shard.complete(" ".join(words))
    private = (_private_memory() - before) / 1e6
    start = time.perf_counter()
    Shard.open(index, verify=True)
    return Worker(private, opened * 1e3, (time.perf_counter() - start) * 1e3)


def _exhaust(entries: Iterable[object]) -> None:
    for _ in entries:
        pass


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
    return _kilobytes("/proc/self/status", "RssAnon") * 1024


def _private_memory() -> int:
    return _kilobytes("/proc/self/smaps_rollup", "Anonymous") * 1024


def _kilobytes(path: str, field: str) -> int:
    found = re.search(rf"{field}:\s+(\d+)", Path(path).read_text())
    return int(found[1]) if found else 0
