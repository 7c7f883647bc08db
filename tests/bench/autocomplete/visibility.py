"""How long after a commit in one process another process suggests what was committed."""

import multiprocessing
import time
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database, schema
from contactsgroups.persistence.commit_signal import CommitSignal
from contactsgroups.services.completion import CompletionIndex
from tests.bench.autocomplete.timing import Times, percentiles
from tests.directories import add_account, add_accounts

ACCOUNTS = 2_000
CHANGES = 300
_DEADLINE = 60.0


def visibility(home: Path) -> Times:
    """Return the time from a commit to the first answer in another process that shows it.

    Two processes of one host, an SQLite database and the bell. The reader asks without pause, so
    the time includes the question that was being answered when the other process committed.
    """
    home.mkdir()
    database = _open(home)
    schema.upgrade(database)
    add_accounts(database, [f"u{number}" for number in range(ACCOUNTS)])
    index = CompletionIndex(database, home / "index")
    principal = Principal(address=Address.parse("u0@example.org"))
    ours, theirs = multiprocessing.Pipe()
    writer = multiprocessing.get_context("spawn").Process(target=_write, args=(home, theirs))
    writer.start()
    try:
        index.complete(principal, "u1")
        ours.recv()
        times = [_wait_for(index, principal, ours, number) for number in range(CHANGES)]
    finally:
        ours.send(None)
        writer.join()
        index.close()
        database.dispose()
    return percentiles(times)


def _open(home: Path) -> Database:
    return Database(f"sqlite:///{home / 'database'}", CommitSignal(home / "bell"))


def _wait_for(index: CompletionIndex, principal: Principal, writer: Connection, number: int) -> int:
    writer.send(number)
    deadline = time.monotonic() + _DEADLINE
    while not index.complete(principal, f"visible{number}"):
        if time.monotonic() > deadline:
            raise TimeoutError("the change never showed")
    seen = time.monotonic_ns()
    committed: int = writer.recv()
    return seen - committed


def _write(home: Path, asked: Connection) -> None:
    """Add the account of each number that is asked for, and answer when it was committed."""
    database = _open(home)
    committed = [0]

    @event.listens_for(Session, "after_commit")
    def note(_: Session) -> None:
        committed[0] = time.monotonic_ns()

    asked.send("ready")
    while (number := asked.recv()) is not None:
        add_account(database, f"visible{number}@example.org", display_name=f"Visible{number}")
        asked.send(committed[0])
    database.dispose()
