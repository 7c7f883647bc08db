"""Completions over HTTP: how many requests a second, through Flask and through the layer before it.

python -m tests.bench.http [--accounts N] [--seconds N] [--rounds N] [--workers N]
                           [--connections N]

No query is asked twice in a round of tens of thousands, so nothing that is kept for a query helps.
One account asks; how much its being one helps is measured without a server.

The two peers are what WSGI and Flask cost at least where an answer of the same size leaves with the
same headers: they send one answer of the layer's own, of the mean size, whatever they are asked.
They look nothing up and check no token, so the ratios count the whole search against our paths;
what the search takes of them is printed beside.

Needs the load generator wrk (Debian: wrk). Server and load share the machine's cores.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

from flask import Flask, Response

from contactsgroups import settings
from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.serve import spare_the_collector
from contactsgroups.services.accounts import AccountDraft, tokens
from contactsgroups.services.accounts.accounts import ensure_account_in
from contactsgroups.services.accounts.domains import ensure_domain_in
from contactsgroups.services.groups.editing import create_group_in
from contactsgroups.services.unit_of_work import write
from contactsgroups.web.api.fast_path import FastCompletions
from contactsgroups.web.app import create_app
from contactsgroups.web.state import EXTENSION
from tests.directories import group_draft
from tests.servers.program import find_program, free_port, listens, wait_for

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SYLLABLES = "an ber chi dri el fe gre hu ir jo ka lu mo ni os pe ra si tu va".split()
_LETTERS = 6  # typed at most
_STATE, _ANSWER = "BENCH_STATE", "BENCH_ANSWER"
_WARM_SECONDS = 1

_PEER = "a Flask view that returns a constant"
_CEILING = "a bare WSGI application that returns a constant"

_FLASK, _LAYER = "through Flask", "through the layer before it"

_SERVED = {
    "ceiling": _CEILING,
    "peer": _PEER,
    "flask_alone": _FLASK,
    "application": _LAYER,
}
_ROUND = 2000  # queries that are timed without a server
_MANY = 300  # accounts that ask in turn
_PATH = "/api/v1/completions"

_SCRIPT = """
local paths, headers, number = {paths}, {{Authorization = "{authorization}"}}, 0
request = function()
    number = number % #paths + 1
    return wrk.format("GET", paths[number], headers)
end
"""


def application() -> "WSGIApplication":
    """Return what each worker process serves, prepared as the product does."""
    made = create_app(core_of(os.environ[_STATE]))
    spare_the_collector()
    return made


def flask_alone() -> "WSGIApplication":
    """Return the same without the layer."""
    made = application()
    assert isinstance(made, Flask)
    return without_layer(made)


def without_layer(app: Flask) -> "WSGIApplication":
    assert isinstance(app.wsgi_app, FastCompletions)
    return app.wsgi_app._application


def peer() -> "WSGIApplication":
    """Return the least that Flask can do, for the ratio."""
    headers, body = constant()
    app = Flask("peer")
    app.add_url_rule(_PATH, view_func=lambda: Response(body, headers=headers))
    return app


def constant() -> tuple[list[tuple[str, str]], bytes]:
    """Return headers and body of the answer that peers send."""
    headers, body = json.loads(os.environ[_ANSWER])
    return [(name, value) for name, value in headers], body.encode()


def choose_constant(app: "WSGIApplication", paths: list[str], bearer: str) -> str:
    """Return the layer's answer whose size is nearest to the mean, as :func:`constant` reads it."""
    answers = [answer_of(app, environ_of(path, bearer)) for path in paths]
    mean = sum(len(body) for _, body in answers) / len(answers)
    return json.dumps(min(answers, key=lambda answer: abs(len(answer[1]) - mean)))


def answer_of(
    app: "WSGIApplication", environ: dict[str, object]
) -> tuple[list[tuple[str, str]], str]:
    sent: list[tuple[str, str]] = []

    def start(_: str, headers: list[tuple[str, str]], *_more: object) -> Callable[[bytes], object]:
        sent.extend(headers)
        return lambda _: None

    return sent, b"".join(app(environ, start)).decode()


def core_of(state: str, *, upgrade: bool = False) -> Core:
    given = {"state": state, "completion_rate": 1_000_000}
    return open_core(settings.from_mapping(given), upgrade=upgrade)


def ceiling() -> "WSGIApplication":
    """Return the least that WSGI can do: what is left is the server's and the load's own time."""
    headers, body = constant()

    def answer(_: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        start_response("200 OK", list(headers))
        return [body]

    return answer


def main() -> None:
    options = parse_options()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk, which makes the load, is not installed: apt-get install wrk")
    with tempfile.TemporaryDirectory() as state:
        core = core_of(state, upgrade=True)
        fill(core, options.accounts)
        asked = queries(options.accounts)
        bearers = issue_bearers(core, min(_MANY, options.accounts))
        print(f"{options.accounts} accounts, {len(asked)} queries, no two of them the same")
        app = create_app(core)
        os.environ[_ANSWER] = choose_constant(app, paths_of(asked[:_ROUND]), bearers[0])
        spare_the_collector()
        measure_inside(core, app, asked[:_ROUND], bearers)
        measure_served(state, paths_of(asked), bearers[0], options)
        core.close()


def issue_bearers(core: Core, count: int) -> list[str]:
    """Return what so many accounts send as the header Authorization."""
    secret = core.settings.read_token_secret()
    addresses = [f"user{number}@example.org" for number in range(count)]
    issued = [tokens.issue_token(core.database, secret, each, 3600) for each in addresses]
    return [f"Bearer {each}" for each in issued]


def paths_of(asked: list[str]) -> list[str]:
    return [f"{_PATH}?q={quote(query)}" for query in asked]


def measure_inside(core: Core, app: Flask, asked: list[str], bearers: list[str]) -> None:
    """Print the processor time of each request without a server."""
    print("Inside the application, without a server:")
    environs = [environ_of(path, bearers[0]) for path in paths_of(asked)]
    floor = cpu_of(calling(peer()), environs)
    print(f"  {_PEER}: {floor:.0f} us of CPU each")
    principal = app.extensions[EXTENSION].principals.of_token(bearers[0].split()[1])
    search = cpu_of(lambda query: core.completions.complete(principal, query), asked)
    print(f"  the search alone: {search:.0f} us of CPU each")
    for way, called in ((_FLASK, without_layer(app)), (_LAYER, app)):
        cpu = cpu_of(calling(called), environs)
        print(f"  {way}: {cpu:.0f} us of CPU each, {cpu / floor:.1f} times as much")
    in_turn = [environ_of(*each) for each in zip(paths_of(asked), cycle(bearers), strict=False)]
    cpu = cpu_of(calling(app), in_turn)
    print(f"  {_LAYER}, {len(bearers)} accounts in turn: {cpu:.0f} us of CPU each")


def measure_served(state: str, paths: list[str], bearer: str, options: argparse.Namespace) -> None:
    """Print requests a second, and what share of a peer's they are."""
    print(f"Served by granian, {options.workers} workers, the best of {options.rounds} rounds:")
    with ExitStack() as stack:
        script = stack.enter_context(tempfile.NamedTemporaryFile("w", suffix=".lua"))
        listed = "{" + ",".join(map(json.dumps, paths)) + "}"
        script.write(_SCRIPT.format(paths=listed, authorization=bearer))
        script.flush()
        urls = {
            name: stack.enter_context(serving(factory, state, options.workers))
            for factory, name in _SERVED.items()
        }
        best = ask_in_turn(urls, script.name, options)
    for name, (rate, latency) in best.items():
        print(f"  {name}: {rate:,.0f} requests/s, {latency}")
    print(f"  {_FLASK}: {best[_FLASK].rate / best[_PEER].rate:.2f} of {_PEER}")
    print(f"  {_LAYER}: {best[_LAYER].rate / best[_CEILING].rate:.2f} of {_CEILING}")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--connections", type=int, default=16)
    return parser.parse_args()


def fill(core: Core, accounts: int) -> None:
    with write(core.database, OPERATOR) as work:
        ensure_domain_in(work, "example.org")
        for number in range(accounts):
            address, name = f"user{number}@example.org", name_of(number)
            ensure_account_in(work, AccountDraft(address=address, display_name=name))
    with write(core.database, OPERATOR) as work:
        for number in range(10):
            name, address = name_of(number).split()[0], f"group{number}@example.org"
            people = [f"user{number}@example.org"]
            create_group_in(work, group_draft(address=address, display_name=name, members=people))


def name_of(number: int) -> str:
    """Return the name of an account; up to 8,000 accounts share neither first nor last names."""
    return f"{_word(7919 * number)} {_word(6007 * number + 1)}".title()


def _word(number: int) -> str:
    count = len(_SYLLABLES)
    return "".join(_SYLLABLES[number // count**place % count] for place in range(3))


def queries(accounts: int) -> list[str]:
    """Return what people type to find each account by either name, each text once, shuffled."""
    words = {word for number in range(accounts) for word in name_of(number).lower().split()}
    typed = {word[:length] for word in words for length in range(1, _LETTERS + 1)}
    found = sorted(typed)
    random.Random(1).shuffle(found)
    return found


def cpu_of(call: Callable[[Any], object], arguments: Sequence[object]) -> float:
    """Microseconds of processor time of a call; the best of six rounds: others use the caches."""
    return min(round_of(call, arguments) for _ in range(6)) * 1e6


def round_of(call: Callable[[Any], object], arguments: Sequence[object]) -> float:
    started = time.process_time()
    for each in arguments:
        call(each)
    return (time.process_time() - started) / len(arguments)


def calling(application: "WSGIApplication") -> Callable[[dict[str, object]], None]:
    """Return a call with an environ that does what a server would do with the answer."""

    def call(environ: dict[str, object]) -> None:
        answer = application(dict(environ), _start)
        list(answer)
        if close := getattr(answer, "close", None):
            close()

    return call


def _start(*_: object) -> Callable[[bytes], object]:
    return lambda _: None


def environ_of(path: str, authorization: str) -> dict[str, object]:
    environ: dict[str, object] = {}
    setup_testing_defaults(environ)
    place, _, query = path.partition("?")
    return environ | {
        "PATH_INFO": place,
        "QUERY_STRING": query,
        "HTTP_AUTHORIZATION": authorization,
    }


@contextmanager
def serving(factory: str, state: str, workers: int) -> Iterator[str]:
    """Serve the application with granian, a WSGI server for several processes."""
    port = free_port()
    program = Path(sys.executable).with_name("granian")
    command = [program, "--interface", "wsgi", "--workers", workers, "--port", port, "--no-ws"]
    command += [
        "--blocking-threads",
        1,
        "--factory",
        "--log-level",
        "error",
        f"tests.bench.http:{factory}",
    ]
    server = subprocess.Popen([*map(str, command)], env=os.environ | {_STATE: state})
    try:
        wait_for(lambda: listens(("127.0.0.1", port)), 60)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


class Load(NamedTuple):
    """What the load generator has measured."""

    rate: float
    """Requests a second."""
    latency: str


def read_report(report: str) -> Load:
    rate = re.search(r"Requests/sec:\s+(\S+)", report)
    latency = {each: re.search(rf"^\s+{each}%\s+(\S+)", report, re.MULTILINE) for each in (50, 99)}
    if rate is None or "Non-2xx" in report or "Socket errors" in report:
        raise SystemExit(report)
    shown = ", ".join(f"p{each} {found[1]}" for each, found in latency.items() if found)
    return Load(float(rate[1]), shown)


def ask_in_turn(urls: dict[str, str], script: str, options: argparse.Namespace) -> dict[str, Load]:
    """Return the best of several rounds in which each was asked.

    Whatever else the machine does at a time slows one of them down, and the best of none.
    """
    best: dict[str, Load] = {}
    for url in urls.values():
        load(url, script, _WARM_SECONDS, options.connections)
    for _ in range(options.rounds):
        for name, url in urls.items():
            found = read_report(load(url, script, options.seconds, options.connections))
            best[name] = max(found, best.get(name, found))
    return best


def load(url: str, script: str, seconds: int, connections: int) -> str:
    command = [find_program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    return subprocess.check_output([*command, "-s", script, url], text=True)


if __name__ == "__main__":
    main()
