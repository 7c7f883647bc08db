"""Times of a case, how long it holds the writers' lock, and its statements."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil

from sqlalchemy.orm import Session

from contactsgroups.persistence import Database
from tests.statements import statements_of

SECONDS_PER_CASE = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something to measure.

    Attributes:
        run: does it, given the number of the run.
        goal: seconds that it may take.
        hold: seconds that it may hold the writers' lock.
        rounds: runs, at most: none begins when the time of a case is over.
        restore: what is done after each run and not measured.
    """

    name: str
    run: Callable[[int], None]
    goal: float
    hold: float = 0.1
    rounds: int = 200
    restore: Callable[[int], None] | None = None


@dataclass(slots=True)
class Figures:
    """What was measured, in seconds."""

    times: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    holds: list[float] = field(default_factory=list)
    statements: int = 0

    @property
    def middle(self) -> float:
        """The time that half of the runs take at most."""
        return statistics.median(self.times)

    @property
    def slow(self) -> float:
        """The time that 99 of a hundred runs take at most."""
        return sorted(self.times)[ceil(0.99 * len(self.times)) - 1]

    @property
    def mean_processor(self) -> float:
        """The time of the processor that a run takes in this process."""
        return statistics.fmean(self.processor)

    @property
    def longest_hold(self) -> float:
        """How long the writers' lock was held at most; 0 for what only reads."""
        return max(self.holds, default=0.0)


def measure(database: Database, case: Case, most: int) -> Figures:
    """Run a case so often as it says, ``most`` times at most; first once to warm up."""
    figures = Figures()
    if case.rounds > 1:
        _run_once(database, case, 0, Figures())
    end = time.monotonic() + SECONDS_PER_CASE
    for number in range(1, min(case.rounds, most) + 1):
        _run_once(database, case, number, figures)
        if time.monotonic() > end:
            break
    return figures


def _run_once(database: Database, case: Case, number: int, figures: Figures) -> None:
    with statements_of(database) as statements, held_locks(database) as holds:
        began, processor = time.perf_counter(), time.process_time()
        case.run(number)
        figures.times.append(time.perf_counter() - began)
        figures.processor.append(time.process_time() - processor)
    figures.holds += holds
    figures.statements = max(figures.statements, len(statements))
    if case.restore is not None:
        case.restore(number)


@contextmanager
def held_locks(database: Database) -> Iterator[list[float]]:
    """Gather for how many seconds the writers' lock is held, each time, until after the commit."""
    found: list[float] = []
    write = database.write

    @contextmanager
    def timed(*, wait: bool = True) -> Iterator[Session]:
        began = 0.0
        try:
            with write(wait=wait) as session:
                began = time.perf_counter()
                yield session
        finally:
            if began:
                found.append(time.perf_counter() - began)

    database.write = timed  # type: ignore[method-assign]
    try:
        yield found
    finally:
        del database.write  # type: ignore[method-assign]  # The class has it still.


class Reader:
    """Another process that reads all the time, and says how long it waited at most."""

    def __init__(self, url: str) -> None:
        """Start reading from the database at ``url``."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.admin.reader", url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()  # It has begun.

    def stop(self) -> float:
        """End it; return seconds."""
        return float(self._process.communicate("", timeout=60)[0])
