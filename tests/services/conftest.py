"""A migrated database for use cases: the same tests on all three."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database, journal
from contactsgroups.services.completion import CompletionIndex
from tests.directories import add_accounts
from tests.servers.migrated import Prepare

ADA = Principal(address=Address.parse("ada@example.org"))
NIA = Principal(address=Address.parse("nia@example.net"))
LOCAL_ADMIN = Principal(address=ADA.address, managed_domains=frozenset({"example.org"}))
"""Ada again, as administrator of example.org."""

Complete = Callable[..., list[str]]


@pytest.fixture
def empty_database(migrated_url: str) -> Iterator[Database]:
    """A database with the newest schema and nothing in it."""
    database = Database(migrated_url)
    yield database
    database.dispose()


def add_four_accounts(database: Database) -> None:
    """Put in four accounts of example.org, and serve example.net, too."""
    add_accounts(database, ["ada", "bob", "eve", "zoe"])
    add_accounts(database, [], domain="example.net")


@pytest.fixture
def database(prepare: Prepare) -> Database:
    """As above, with four accounts in example.org and none in example.net."""
    database, _ = prepare(add_four_accounts)
    return database


@pytest.fixture
def small(prepare_small: Prepare) -> Database:
    """The same four accounts on SQLite alone: for what no database does in its own way."""
    database, _ = prepare_small(add_four_accounts)
    return database


@pytest.fixture
def index(database: Database, tmp_path: Path) -> Iterator[CompletionIndex]:
    index = CompletionIndex(database, tmp_path / "index", interval=0)
    yield index
    index.close()


@pytest.fixture
def complete(index: CompletionIndex) -> Complete:
    """Ask as Ada does; answers are local parts, or whole addresses of other domains."""

    def ask(query: str, principal: Principal = ADA, **arguments: object) -> list[str]:
        found = index.complete(principal, query, **arguments)  # type: ignore[arg-type]
        return [each.address.removesuffix("@example.org") for each in found]

    return ask


def position(database: Database) -> int:
    """The sequence of the journal's last entry."""
    with database.read() as session:
        return journal.read_position(session).last


def changes_since(database: Database, sequence: int) -> list[str]:
    """What the journal says after a sequence, as ``group sales@example.org``, in any order."""
    with database.read() as session:
        entries = journal.read_since(session, sequence)
    return sorted(f"{entry.change.subject} {entry.change.address}" for entry in entries)


def payload(index: CompletionIndex, query: str) -> dict[str, object]:
    (found,) = index.complete(ADA, query)
    result: dict[str, object] = json.loads(found.payload)
    return result
