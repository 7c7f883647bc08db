"""Messages that wait, from the command line."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactsgroups.persistence import Database
from tests.cli.conftest import Run
from tests.services.moderation.holds import GAPS, add_moderated, hold, stored


@pytest.fixture
def database(company: Run, state: Path) -> Iterator[Database]:
    assert company("account", "add", "eve@example.org").exit_code == 0
    key = (state / "secret_key").read_text().strip() if (state / "secret_key").exists() else "k"
    database = Database(f"sqlite:///{state / 'contactsgroups.sqlite'}", audit_keys=[key])
    yield database
    database.dispose()


def test_messages_are_listed_shown_and_decided_about(run: Run, database: Database) -> None:
    group = add_moderated(database, "kept@example.org")
    first, second, third = (hold(database, group, digest=each) for each in "123")

    assert first in run("holds", "list", "--search", "hello").stdout
    shown = run("holds", "show", first).stdout
    assert "subject:   Hello" in shown
    assert shown.endswith("\nDear all\n")
    assert run("holds", "approve", first).stdout == f"{first} is approved\n"
    assert run("holds", "reject", second, "--note", "No.").exit_code == 0
    assert run("holds", "discard", third).exit_code == 0

    states = [stored(database, each).state for each in (first, second, third)]
    assert states == ["approved", "rejected", "discarded"]
    assert run("holds", "list").stdout == ""
    assert "rejected by operator@localhost" in run("holds", "list", "--decided").stdout
    late = run("holds", "discard", first)
    assert late.exit_code != 0
    assert "already; operator@localhost decided" in late.stderr
    assert run("holds", "show", "nothing").exit_code == os.EX_NOUSER


def test_what_is_left_out_is_told(run: Run, database: Database) -> None:
    uuid = hold(database, add_moderated(database, "kept@example.org"), content=GAPS)
    shown = run("holds", "show", uuid).stdout
    assert "shown:     only the beginning of the text" in shown
    assert "shown:     not all parts" in shown
