"""Run with ``python -m tests.bench.corrections --entries 10000 --entries 100000``."""

import argparse

from tests.bench.corrections.run import run

# Whoever tunes the engine looks at the first only; the second judges.
TUNING, JUDGING = 11, 12


def main() -> None:
    parser = argparse.ArgumentParser(description="Typing errors, side by side with rapidfuzz.")
    parser.add_argument("--entries", type=int, action="append", help="size of the directory")
    parser.add_argument("--cases", type=int, default=300, help="cases of each kind")
    parser.add_argument("--tuning", action="store_true", help="the cases that may be tuned to")
    options = parser.parse_args()
    for number in options.entries or [10_000, 100_000]:
        run(number, options.cases, TUNING if options.tuning else JUDGING)


if __name__ == "__main__":
    main()
