"""Which commands make a state directory, and what the others say where there is none."""

import os
from pathlib import Path

import click
import pytest

from contactsgroups.cli import commands
from contactsgroups.persistence import Database
from contactsgroups.services.delivery import in_force
from contactsgroups.services.delivery.in_force import Publisher, report_position
from contactsgroups.services.delivery.published_maps import read_position
from tests.cli.conftest import Run

MAKING = {("db", "upgrade"), ("domain", "add"), ("import",), ("run",), ("restore",)}
WITHOUT_STATE = {("settings",)}

# Something for each argument that a command demands.
ARGUMENTS = {"address": "a@example.org", "name": "example.org", "file": "nothing.tar.gz"}


def _leaves(
    command: click.Command, path: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        return [(path, command)]
    return [
        leaf for name, each in command.commands.items() for leaf in _leaves(each, (*path, name))
    ]


def _arguments(command: click.Command) -> list[str]:
    needed = []
    for each in command.params:
        if isinstance(each, click.Argument) and each.required:
            needed.append(ARGUMENTS.get(str(each.name), "b@example.org"))
        elif each.required and each.name != "kind":
            needed += [each.opts[0], "example.net"]
        elif each.name == "yes":
            needed.append("--yes")
    return needed


@pytest.mark.parametrize(
    ("path", "command"),
    [leaf for leaf in _leaves(commands) if leaf[0] not in MAKING | WITHOUT_STATE],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_at_a_misspelt_state_directory_says_so_and_makes_nothing(
    run: Run, state: Path, path: tuple[str, ...], command: click.Command
) -> None:
    refused = run(*path, *_arguments(command))
    told = refused.stdout + refused.stderr
    assert refused.exit_code == (1 if path == ("db", "status") else os.EX_TEMPFAIL), told
    assert "no state here: " in told
    assert "db upgrade" in told
    assert told.count("\n") == 1
    assert not state.exists()


def test_a_directory_without_a_database_is_left_as_it_is(run: Run, state: Path) -> None:
    state.mkdir()
    refused = run("domain", "list")
    assert f"no state here: there is no {state}/contactsgroups.sqlite" in refused.stderr
    assert list(state.iterdir()) == []


def test_an_empty_database_on_a_server_is_left_empty(
    run: Run, state: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is misspelt may be that of another program's database."""
    state.mkdir()
    monkeypatch.setenv("CONTACTSGROUPS_DATABASE_URL", postgresql_url)
    for _ in range(2):
        refused = run("domain", "list")
        assert refused.exit_code == os.EX_TEMPFAIL
        assert "no state here: the database is empty" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        (["db", "upgrade"], ""),
        (["domain", "add", "example.org"], ""),
        (["import", "--format=csv", "-"], "type,address\ndomain,example.org\n"),
    ],
)
def test_what_an_installation_begins_with_makes_its_state(
    run: Run, arguments: list[str], rows: str
) -> None:
    assert run(*arguments, standard_input=rows).exit_code == 0
    assert run("domain", "list").exit_code == 0


def test_a_command_waits_for_publishers_and_says_where_they_lag(
    company: Run, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_force, "_WAIT_SECONDS", 0.1)
    database = Database(f"sqlite:///{state / 'contactsgroups.sqlite'}")
    report_position(database, Publisher("mx", "publisher"), read_position(database))
    database.dispose()
    assert "shortly" not in company("group", "show", "team@example.org").stderr
    edited = company("group", "edit", "team@example.org", "--name", "Crew")
    assert (edited.exit_code, "shortly" in edited.stderr) == (0, True)
