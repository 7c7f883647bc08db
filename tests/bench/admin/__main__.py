"""The administration at the size of a large site: times, locks and statements, with their goals.

python -m tests.bench.admin [--database sqlite|mariadb|postgresql] [--accounts N] [--groups N]
    [--memberships N] [--import-lines N]

A time is that of the server alone: requests go to the application in this process.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contactsgroups import settings
from contactsgroups.bootstrap import open_core
from contactsgroups.serve import spare_the_collector
from tests.bench.admin import importing
from tests.bench.admin.cases import cases
from tests.bench.admin.company import Size, found
from tests.bench.admin.measuring import Case, Figures, Reader, measure
from tests.servers.mariadb import MariaDBServer
from tests.servers.postgresql import PostgreSQLServer
from tests.servers.program import state_directory

# A directory of this size fits into memory, as whoever runs it would see to.  Neither server waits
# for the disk, as SQLite does.
_MARIADB = ("--innodb-buffer-pool-size=1G", "--innodb-log-file-size=256M")
_POSTGRESQL = ("shared_buffers=512MB", "max_wal_size=4GB")


def main() -> None:
    """Make the site, and print a line for each case."""
    options = parse_options()
    with new_database(options.database) as (url, state):
        measure_site(url, state, options)
    if options.import_lines:
        print(importing.measure(options.import_lines), flush=True)


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "mariadb", "postgresql"], default="sqlite")
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--groups", type=int, default=10_000)
    parser.add_argument("--memberships", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200, help="runs of a case, at most")
    parser.add_argument("--only", default="", help="cases with this in their names")
    parser.add_argument("--import-lines", type=int, default=180_000, help="0 for no import")
    return parser.parse_args()


@contextmanager
def new_database(kind: str) -> Iterator[tuple[str, Path]]:
    """Yield the URL of an empty database, on a server of its own, and a state directory."""
    with tempfile.TemporaryDirectory() as state:
        if kind == "sqlite":
            yield f"sqlite:///{state}/bench.sqlite", Path(state)
            return
        with state_directory(kind) as root:
            server = (
                MariaDBServer(root, _MARIADB)
                if kind == "mariadb"
                else PostgreSQLServer(root, _POSTGRESQL)
            )
            try:
                server.wait_until_ready()
                with server.database() as url:
                    yield url, Path(state)
            finally:
                server.stop()


def measure_site(url: str, state: Path, options: argparse.Namespace) -> None:
    """Measure every case on a new site."""
    given = {"state": state, "database_url": url, "secret_key": "s" * 40}
    core = open_core(settings.from_mapping(given), upgrade=True)
    began = time.monotonic()
    size = Size(options.accounts, options.groups, options.memberships)
    company = found(core.database, size)
    print(
        f"{options.database}: {size.accounts:,} accounts, {size.groups:,} groups, "
        f"{size.memberships:,} memberships, made in {time.monotonic() - began:.0f} s"
    )
    print(f"{'':34}{'p50':>9}{'p99':>9}{'goal':>8}{'CPU':>9}{'lock':>9}{'goal':>8}{'SQL':>7}")
    spare_the_collector()  # As the server does.
    quiet = Reader(url)
    time.sleep(min(5.0, options.rounds / 40))
    at_rest = quiet.stop()
    reader = Reader(url)
    missed = 0
    for case in cases(core, company):
        if options.only in case.name:
            missed += not _print(case, measure(core.database, case, options.rounds))
    print(
        f"a reader waited {1000 * reader.stop():.0f} ms at most, "
        f"{1000 * at_rest:.0f} ms where nobody wrote"
    )
    print(f"{missed} goals missed", flush=True)
    core.close()


def _print(case: Case, figures: Figures) -> bool:
    """Print a case in milliseconds; whether it meets its goals."""
    met = figures.slow <= case.goal and figures.longest_hold <= case.hold
    numbers = (figures.middle, figures.slow, case.goal, figures.mean_processor)
    text = f"{case.name:34}" + "".join(
        f"{1000 * each:{width}.{digits}f}"
        for each, width, digits in zip(numbers, (9, 9, 8, 9), (1, 1, 0, 1), strict=True)
    )
    if figures.holds:
        text += f"{1000 * figures.longest_hold:9.1f}{1000 * case.hold:8.0f}"
    else:
        text += f"{'-':>9}{'-':>8}"
    print(f"{text}{figures.statements:7}  {'met' if met else 'MISSED'}", flush=True)
    return met


if __name__ == "__main__":
    main()
