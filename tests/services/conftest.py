"""A migrated database for use cases: the same tests on all three."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database, journal
from contactsgroups.services.completion import CompletionIndex
from tests.directories import add_accounts

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


def _add_four_accounts(database: Database) -> None:
    add_accounts(database, ["ada", "bob", "eve", "zoe"])
    add_accounts(database, [], domain="example.net")


@pytest.fixture
def database(empty_database: Database) -> Database:
    """As above, with four accounts in example.org and none in example.net."""
    _add_four_accounts(empty_database)
    return empty_database


@pytest.fixture(scope="session")
def small_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SQLite's file with the same four accounts, to copy."""
    path = shutil.copy(migrated_file, tmp_path_factory.mktemp("small") / "small.sqlite")
    database = Database(f"sqlite:///{path}")
    _add_four_accounts(database)
    database.dispose()
    return path


@pytest.fixture
def small(small_file: Path, tmp_path: Path) -> Iterator[Database]:
    """The same four accounts on SQLite alone: for what no database does in its own way."""
    database = Database(f"sqlite:///{shutil.copy(small_file, tmp_path / 'test.sqlite')}")
    yield database
    database.dispose()


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
