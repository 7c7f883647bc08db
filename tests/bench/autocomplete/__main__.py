"""Run with ``python -m tests.bench.autocomplete --entries 100000 --entries 1000000``."""

import argparse

from tests.bench.autocomplete.run import run


def main() -> None:
    parser = argparse.ArgumentParser(description="The index engine side by side with its peers.")
    parser.add_argument("--entries", type=int, action="append", help="size of the directory")
    parser.add_argument("--questions", type=int, default=1_000, help="questions of each class")
    parser.add_argument("--without-peers", action="store_true", help="measure the engine only")
    parser.add_argument("--only-fts5", action="store_true", help="leave out the slow peers")
    parser.add_argument("--postgresql", help="conninfo of a server with a database to fill")
    options = parser.parse_args()
    for entries in options.entries or [100_000]:
        run(
            entries,
            questions_per_class=options.questions,
            peers=0 if options.without_peers else 1 if options.only_fts5 else None,
            postgresql=options.postgresql,
        )


if __name__ == "__main__":
    main()
