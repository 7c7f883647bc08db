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
from typing import Any
from urllib.parse import quote

from flask import Flask
from sqlalchemy import insert, select

from contactsgroups.bootstrap import Core
from contactsgroups.domain.group import Role
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.domain.text import fold
from contactsgroups.persistence.models import (
    Account,
    ClaimedAddress,
    Group,
    GroupRole,
    Member,
    Recipient,
)
from contactsgroups.persistence.models.base import new_uuid
from contactsgroups.services.accounts.accounts import folded_columns
from contactsgroups.services.accounts.domains import ensure_domain_in, require_domain
from contactsgroups.services.unit_of_work import write
from contactsgroups.web.app import create_app
from tests.bench.http import core_of, issue_bearers, name_of, queries

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
    """Fill the tables themselves: the use cases would take many minutes for so many."""
    with write(core.database, OPERATOR) as work:
        ensure_domain_in(work, "example.org")
        domain_id = require_domain(work.session, "example.org").id
    people = [account_row(number, domain_id) for number in range(accounts)]
    teams = [group_row(number, domain_id) for number in range(groups)]
    with core.database.engine.begin() as connection:
        claims = [{"address": each["address"], "holder": "account"} for each in people]
        claims += [{"address": each["address"], "holder": "group"} for each in teams]
        connection.execute(insert(ClaimedAddress), claims)
        connection.execute(insert(Account), people)
        connection.execute(insert(Group), teams)
        ids = list(connection.scalars(select(Group.id).order_by(Group.id)))
        inside = [
            {"group_id": id_, "address": people[(id_ * step) % accounts]["address"]}
            for id_ in ids
            for step in (3, 5, 7, 11)
        ]
        inside = [dict(each) for each in {tuple(each.items()) for each in inside}]
        members = [{**each, "original": each["address"]} for each in inside]
        connection.execute(insert(Member), members)
        connection.execute(insert(Recipient), inside)
        owners = [{**each, "role": Role.OWNER} for each in members[:groups]]
        connection.execute(insert(GroupRole), owners)


def account_row(number: int, domain_id: int) -> dict[str, Any]:
    address, name = f"user{number}@example.org", name_of(number)
    texts = {"display_name": name, "title": "", "location": ""}
    return {
        **texts,
        **folded_columns(address, **texts),
        "address": address,
        "original": address,
        "domain_id": domain_id,
    }


def group_row(number: int, domain_id: int) -> dict[str, Any]:
    address, name = f"group{number}@example.org", f"{name_of(number).split()[0]} Team"
    return {
        "address": address,
        "original": address,
        "domain_id": domain_id,
        "uuid": new_uuid(),
        "display_name": name,
        "name_folded": fold(name),
        "recipient_count": 4,
    }


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
