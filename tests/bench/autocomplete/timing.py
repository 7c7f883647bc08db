"""How long questions take, as little disturbed by whatever else the machine does as can be."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

ROUNDS = 5
"""Every question is asked this often, and the quickest time counts."""


class Asked(NamedTuple):
    """Somebody who is asked questions."""

    ask: Callable[[Any], object]
    questions: Sequence[Any]
    rounds: int = ROUNDS


class Times(NamedTuple):
    """Microseconds over a set of questions."""

    p50: float
    p99: float
    worst: float

    def __str__(self) -> str:
        return f"{self.p50:,.1f}/{self.p99:,.1f}"


def measure_side_by_side(asked: Mapping[str, Asked]) -> dict[str, Times]:
    """Return how long each takes; they take turns, so that none has the quieter hours."""
    quickest = {name: [float("inf")] * len(one.questions) for name, one in asked.items()}
    for number in range(max(one.rounds for one in asked.values())):
        for name, one in asked.items():
            if number < one.rounds:
                _ask_all(one, quickest[name])
    return {name: percentiles(times) for name, times in quickest.items()}


def _ask_all(asked: Asked, quickest: list[float]) -> None:
    ask, clock = asked.ask, time.perf_counter_ns
    for number, question in enumerate(asked.questions):
        start = clock()
        ask(question)
        took = clock() - start
        quickest[number] = min(quickest[number], took)


def measure(ask: Callable[[Any], object], questions: Sequence[Any], rounds: int = ROUNDS) -> Times:
    """Return how long one alone takes."""
    return measure_side_by_side({"": Asked(ask, questions, rounds)})[""]


def percentiles(nanoseconds: Sequence[float]) -> Times:
    """Return the percentiles of these times."""
    ordered = sorted(nanoseconds)
    last = len(ordered) - 1
    return Times(ordered[last // 2] / 1e3, ordered[last * 99 // 100] / 1e3, ordered[last] / 1e3)


def machine_speed() -> str:
    """Tell how quick the machine is now, so that figures of two runs can be compared."""
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(200_000):
            pass
        best = min(best, time.perf_counter() - start)
    return f"an empty loop of Python takes {best / 200_000 * 1e9:.0f} ns a turn"
