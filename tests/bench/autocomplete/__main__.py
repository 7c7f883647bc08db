"""Run with ``python -m tests.bench.autocomplete --entries 100000 --entries 1000000``."""

import argparse

from tests.bench.autocomplete.peers import NAMES
from tests.bench.autocomplete.run import run


def main() -> None:
    parser = argparse.ArgumentParser(description="The index engine side by side with its peers.")
    parser.add_argument("--entries", type=int, action="append", help="size of the directory")
    parser.add_argument("--questions", type=int, default=1_000, help="questions of each class")
    parser.add_argument(
        "--peers", nargs="*", choices=NAMES, default=NAMES, help="which to compare; none is quick"
    )
    options = parser.parse_args()
    for entries in options.entries or [100_000]:
        run(entries, questions_per_class=options.questions, peers=options.peers)


if __name__ == "__main__":
    main()
