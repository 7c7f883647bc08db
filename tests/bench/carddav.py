"""CardDAV with many cards: the book of mail groups beside the same cards in Radicale's files.

Run it with ``python -m tests.bench.carddav``; ``--cards 2000`` makes it quicker.  It calls both
servers in this process and prints milliseconds of processor time, the best of several runs.
"""

import argparse
import base64
import gc
import io
import json
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from radicale import config
from radicale.app import Application as StockApplication

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.domain.vcard import GroupCard, render
from contactsgroups.persistence.models import Card
from contactsgroups.services import accounts, icons
from contactsgroups.services.address_books import open_book
from contactsgroups.settings import Settings
from radicale_plugin.application import create_application
from tests.carddav.dav import NAMESPACES, all_of, any_of, prop_filter
from tests.directories import add_accounts

USER = "ada@example.org"
PASSWORD = "correct horse battery"
SECONDS_PER_CASE = 3.0
_NAMES = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())

Answer = tuple[str, bytes]


class Server:
    """A WSGI application that is called directly, as one user, for one book."""

    def __init__(self, application: Any, book: str) -> None:
        self._application = application
        self.book = f"/{USER}/{book}/"

    def call(self, method: str, path: str, body: str = "", depth: str = "0") -> Answer:
        content = body.encode()
        credentials = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_LENGTH": str(len(content)),
            "CONTENT_TYPE": "application/xml; charset=utf-8",
            "HTTP_AUTHORIZATION": f"Basic {credentials}",
            "HTTP_DEPTH": depth,
            "wsgi.input": io.BytesIO(content),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
        }
        status: list[str] = []
        parts: Iterable[bytes] = self._application(environ, lambda code, _: status.append(code))
        answer = b"".join(parts)
        if not status[0].startswith("20"):
            raise RuntimeError(f"{method} {path}: {status[0]}\n{answer.decode()[:500]}")
        return status[0], answer

    def report(self, kind: str, body: str, *properties: str) -> bytes:
        wanted = "".join(f"<{name}/>" for name in properties)
        text = f"<{kind} {_NAMES}><D:prop>{wanted}</D:prop>{body}</{kind}>"
        return self.call("REPORT", self.book, text)[1]

    def propfind(self, path: str, depth: str, *properties: str) -> bytes:
        wanted = "".join(f"<{name}/>" for name in properties)
        body = f"<D:propfind {_NAMES}><D:prop>{wanted}</D:prop></D:propfind>"
        return self.call("PROPFIND", path, body, depth)[1]

    def token(self) -> str:
        answer = self.propfind(self.book, "0", "D:sync-token").decode()
        return answer.partition("<sync-token>")[2].partition("<")[0]


def make_cards(count: int) -> list[GroupCard]:
    """Reproducible groups with the icons that the product draws."""
    words = ["Sales", "Support", "Research", "Board", "Garden", "Press", "Logistics", "Training"]
    return [
        GroupCard(
            uid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"group-{number}")),
            name=f"{words[number % 8]} {words[number // 8 % 8]} {number}",
            address=f"group-{number}@example.org",
            note="",
            picture=icons.draw(f"{words[number % 8]} {words[number // 8 % 8]}", words[number % 8]),
        )
        for number in range(count)
    ]


def make_ours(state: Path, cards: list[GroupCard]) -> tuple[Core, Server]:
    """The product with these cards in its database."""
    core = open_core(Settings(state=state), upgrade=True)
    add_accounts(core.database, ["ada"])
    accounts.set_password(core.database, OPERATOR, USER, PASSWORD)
    book = open_book(core.database, USER)
    assert book is not None
    with core.database.write() as session:
        session.add_all(
            Card(
                uid=card.uid,
                domain_id=book.domain_ids[0],
                name_folded=card.name.casefold(),
                address=card.address,
                text=render(card),
                etag=f"{number:032x}",
                changed_at_sequence=1,
            )
            for number, card in enumerate(cards)
        )
    return core, Server(create_application(core), "groups")


def make_stock(folder: Path, cards: list[GroupCard]) -> Server:
    """Radicale with these cards in its own files."""
    book = folder / "collection-root" / USER / "groups"
    book.mkdir(parents=True)
    (book / ".Radicale.props").write_text(json.dumps({"tag": "VADDRESSBOOK"}))
    for card in cards:
        (book / f"{card.uid}.vcf").write_text(render(card), newline="")
    configuration = config.load()
    configuration.update(
        {
            "auth": {"type": "none"},
            "rights": {"type": "owner_only"},
            "storage": {"filesystem_folder": str(folder)},
            "web": {"type": "none"},
        }
    )
    return Server(StockApplication(configuration), "groups")


def cases(cards: list[GroupCard]) -> dict[str, Callable[[Server], bytes]]:
    """What clients ask, by name."""
    some = cards[:: max(1, len(cards) // 100)][:100]
    one = cards[len(cards) // 2].address
    texts = ("D:getetag", "CR:address-data")

    def sync(server: Server, token: str) -> bytes:
        body = f"<D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>"
        return server.report("D:sync-collection", body, "D:getetag")

    def multiget(server: Server) -> bytes:
        hrefs = "".join(f"<D:href>{server.book}{card.uid}.vcf</D:href>" for card in some)
        return server.report("CR:addressbook-multiget", hrefs, *texts)

    def query(filter_: str) -> Callable[[Server], bytes]:
        return lambda server: server.report("CR:addressbook-query", filter_, *texts)

    return {
        "home poll (PROPFIND 1, ctag)": lambda server: server.propfind(
            f"/{USER}/", "1", "D:resourcetype", "D:displayname", "CS:getctag"
        ),
        "PROPFIND 0, ctag and token": lambda server: server.propfind(
            server.book, "0", "CS:getctag", "D:sync-token"
        ),
        "PROPFIND 1, getetag": lambda server: server.propfind(server.book, "1", "D:getetag"),
        "sync, initial": lambda server: sync(server, ""),
        "sync, no change": lambda server: sync(server, server.token()),
        "multiget 100": multiget,
        "query EMAIL, 1 hit": query(any_of(prop_filter("EMAIL", one, "equals"))),
        "query FN, an eighth": query(all_of(prop_filter("FN", "press", "starts-with"))),
        "GET whole book": lambda server: server.call("GET", server.book)[1],
    }


def measure(case: Callable[[Server], bytes], server: Server, rounds: int) -> tuple[float, int]:
    """Return milliseconds of processor time, the best of several runs, and octets answered."""
    size = len(case(server))
    best = float("inf")
    end = time.monotonic() + SECONDS_PER_CASE
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        case(server)
        best = min(best, time.process_time() - start)
        if time.monotonic() > end:
            break
    return best * 1000, size


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cards", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=10, help="runs of a case, at most")
    options = parser.parse_args()
    count, rounds = options.cards, options.rounds
    cards = make_cards(count)
    with tempfile.TemporaryDirectory() as folder:
        core, ours = make_ours(Path(folder, "ours"), cards)
        stock = make_stock(Path(folder, "stock"), cards)
        print(f"{count:,} cards of about {len(render(cards[0])):,} octets; ms of processor time")
        print(f"{'':32}{'Radicale':>12}{'mail groups':>14}{'ratio':>10}{'octets':>14}")
        for name, case in cases(cards).items():
            theirs, _ = measure(case, stock, rounds)
            our, size = measure(case, ours, rounds)
            print(f"{name:32}{theirs:12.1f}{our:14.1f}{theirs / our:9.0f}x{size:14,}", flush=True)
        core.close()


if __name__ == "__main__":
    main()
