"""The address book over HTTP: processor time of a page by name, of a search, and of all of one.

python -m tests.bench.contacts [--accounts N] [--groups N] [--rounds N]

No query and no place in the list is asked twice in a row, and the first answer of each kind, after
which postings are kept decided, is among those that are timed. No server: the application alone.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from urllib.parse import quote

from flask import Flask

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.accounts import AccountDraft
from contactsgroups.services.accounts.accounts import ensure_account_in
from contactsgroups.services.accounts.domains import ensure_domain_in
from contactsgroups.services.groups.editing import create_group_in
from contactsgroups.services.unit_of_work import write
from contactsgroups.web.app import create_app
from tests.bench.http import core_of, issue_bearers, name_of, queries
from tests.directories import group_draft

_AT_ONCE = 5000
_PATH = "/api/v1/contacts"

Call = Callable[[str], dict[str, object]]


def main() -> None:
    options = parse_options()
    with tempfile.TemporaryDirectory() as state:
        core = core_of(state, upgrade=True)
        fill(core, options.accounts, options.groups)
        (bearer,) = issue_bearers(core, 1)
        call = caller(create_app(core), bearer)
        measure(call, options)
        core.close()


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--groups", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=400)
    return parser.parse_args()


def fill(core: Core, accounts: int, groups: int) -> None:
    with write(core.database, OPERATOR) as work:
        ensure_domain_in(work, "example.org")
    for start in range(0, accounts, _AT_ONCE):
        with write(core.database, OPERATOR) as work:
            for number in range(start, min(start + _AT_ONCE, accounts)):
                address, name = f"user{number}@example.org", name_of(number)
                ensure_account_in(work, AccountDraft(address=address, display_name=name))
    for start in range(0, groups, _AT_ONCE):
        with write(core.database, OPERATOR) as work:
            for number in range(start, min(start + _AT_ONCE, groups)):
                people = [f"user{number * step % accounts}@example.org" for step in range(1, 5)]
                draft = group_draft(
                    address=f"group{number}@example.org",
                    display_name=f"{name_of(number).split()[0]} Team",
                    members=[*people, "guest@elsewhere.example"],
                    owners=people[:1],
                )
                create_group_in(work, draft)


def caller(app: Flask, bearer: str) -> Call:
    client = app.test_client()

    def call(query: str) -> dict[str, object]:
        answer = client.get(f"{_PATH}?{query}", headers={"Authorization": bearer})
        assert answer.status_code == 200, answer.text
        return answer.get_json()  # type: ignore[no-any-return]

    return call


def measure(call: Call, options: argparse.Namespace) -> None:
    warm_up(call)
    print(f"{options.accounts} accounts, {options.groups} groups, {options.rounds} questions each")
    typed = random.Random(2).sample(queries(options.accounts), k=min(options.rounds, 500))
    for kind in ("", "&kind=group", "&kind=person"):
        what = kind.removeprefix("&kind=") or "both"
        print(f"{what}, page after page by name: {timed(pages(call, kind), options.rounds)}")
    print(f"a search, first page: {timed(searches(call, typed), len(typed))}")
    wide = sorted(typed, key=len)[: max(1, len(typed) // 10)]
    print(f"the widest searches, all pages: {timed(all_pages(call, wide), len(wide))}")


def warm_up(call: Call) -> None:
    """Wait until the index is built, in the background where it is large."""
    for _ in range(600):
        started = time.monotonic()
        call("q=a")
        if time.monotonic() - started < 0.2:
            return
        time.sleep(0.5)


def pages(call: Call, kind: str) -> Callable[[], None]:
    cursor = ""

    def ask() -> None:
        nonlocal cursor
        cursor = str(call(f"limit=50{kind}&cursor={cursor}").get("next_cursor", ""))

    return ask


def searches(call: Call, typed: list[str]) -> Callable[[], None]:
    waiting = iter(typed)

    def ask() -> None:
        call(f"q={quote(next(waiting))}&limit=50")

    return ask


def all_pages(call: Call, typed: list[str]) -> Callable[[], None]:
    waiting = iter(typed)

    def ask() -> None:
        text, cursor = quote(next(waiting)), ""
        while True:
            found = call(f"q={text}&limit=50&cursor={cursor}")
            if "next_cursor" not in found:
                return
            cursor = str(found["next_cursor"])

    return ask


def timed(ask: Callable[[], None], rounds: int) -> str:
    """Return the median and the 99th percentile of so many calls."""
    seconds = []
    for _ in range(rounds):
        started = time.process_time()
        ask()
        seconds.append(time.process_time() - started)
    seconds.sort()
    median, p99 = (seconds[int(len(seconds) * share)] for share in (0.5, 0.99))
    return f"p50 {1000 * median:.1f} ms, p99 {1000 * p99:.1f} ms"


if __name__ == "__main__":
    main()
