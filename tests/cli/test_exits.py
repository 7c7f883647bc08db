"""Expected errors end with one sentence and the exit code of their class."""

import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from contactsgroups.cli import commands
from contactsgroups.cli.exits import EXIT_CODES, exit_code_of
from contactsgroups.domain.errors import GroupNotFound
from tests.cli.conftest import Run
from tests.error_classes import error_classes
from tests.servers import away


def test_every_class_of_the_tree_has_a_row() -> None:
    """Except those of the web face's own, which no command meets."""
    rooms = ("domain", "persistence", "settings", "cli")
    ours = error_classes(*(f"contactsgroups.{each}" for each in rooms))
    assert set(ours) - EXIT_CODES.keys() == set()


def test_no_error_looks_like_success_or_like_wrong_usage() -> None:
    assert not {0, 1, 2} & set(EXIT_CODES.values())


def test_a_class_of_somebody_else_takes_the_row_above_it() -> None:
    class Lost(GroupNotFound):
        """An error of a plugin."""

    assert exit_code_of(Lost("gone")) == EXIT_CODES[GroupNotFound]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["group", "show", "no@example.org"], os.EX_NOUSER, "there is no group no@example.org"),
        (["group", "show", "nonsense"], os.EX_DATAERR, "nonsense: there is no @ in it"),
        (["token", "no@example.org"], os.EX_NOPERM, "there is no active account no@example.org"),
        (["import", "people.txt"], os.EX_DATAERR, "people.txt does not end in .csv or .ldif"),
        (["account", "add", "a@no.example"], os.EX_NOHOST, "the domain no.example is not served"),
    ],
)
def test_an_error_is_one_sentence_on_stderr(
    company: Run, arguments: list[str], code: int, sentence: str
) -> None:
    result = company(*arguments)
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr.startswith(f"contactsgroups: {sentence}")
    assert result.stderr.count("\n") == 1


def _change(state: Path, statement: str) -> None:
    connection = sqlite3.connect(state / "contactsgroups.sqlite")
    connection.execute(statement)
    connection.commit()
    connection.close()


TEAM = "team@example.org"
DAY = "2999-01-31"
SAID = {
    "import": {
        0: (["import", "--format", "csv", "-"], "type,address\naccount,ada@example.org\n"),
        1: (["import", "--format", "csv", "-"], "type,address\naccount,ada@example.org\nx,y\n"),
        65: (["import", "--strict", "--format", "csv", "-"], "type,address\nx,y\n"),
    },
    "group add-member": {
        1: (["group", "add-member", TEAM, "bob@example.org", "no@example.org"], ""),
        65: (["group", "add-member", TEAM, "no@example.org"], ""),
    },
    "group set-last-day": {
        1: (
            ["group", "set-last-day", TEAM, "ada@example.org", "no@example.org", "--until", DAY],
            "",
        ),
        65: (["group", "set-last-day", TEAM, "no@example.org", "--until", DAY], ""),
    },
    "group add-members": {1: None},  # Only if an account goes between the look and the write.
    "group remove-member": {
        1: None,  # It needs two members: see ``test_group_members.py``.
        65: (["group", "remove-member", TEAM, "bob@example.org", "ada@example.org"], ""),
    },
    "index status": {1: (["index", "status"], "")},
    "index verify": {1: (["index", "verify"], "UPDATE contactsgroups_accounts SET active = 0")},
    "check": {
        **dict.fromkeys((0, 1)),  # It depends on the modes around: see ``test_maintenance.py``.
        2: (["check"], "DELETE FROM contactsgroups_recipients"),
    },
    "audit verify": {
        0: (["audit", "verify"], ""),
        2: (["audit", "verify"], "DELETE FROM contactsgroups_audit_log WHERE id = 2"),
    },
    "db status": {1: (["db", "status"], "")},
}
"""What each command's help says of its exit codes, and how each is come by: the arguments, and
what stands on the standard input or is done to the database before."""


def _leaves(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name.strip(), command
        return
    for each, inside in command.commands.items():
        yield from _leaves(inside, f"{name} {each}")


def test_what_helps_say_of_exit_codes_is_tried() -> None:
    found: dict[str, set[int]] = {}
    for name, command in _leaves(commands):
        _, said, sentence = (command.help or "").partition("xit code")
        codes = {int(each) for each in re.findall(r"\b([0-9]+) if ", sentence.partition(".")[0])}
        if said:
            found[name] = codes
    assert found == {name: set(codes) for name, codes in SAID.items()}


@pytest.mark.parametrize(
    ("code", "arguments", "given"),
    [
        pytest.param(code, *way, id=f"{name} {code}")
        for name, codes in SAID.items()
        for code, way in codes.items()
        if way is not None
    ],
)
def test_each_command_ends_with_the_code_that_its_help_says(
    company: Run, state: Path, code: int, arguments: list[str], given: str
) -> None:
    if arguments == ["db", "status"]:
        _change(state, "DELETE FROM contactsgroups_schema_version")
    elif arguments != ["index", "status"]:
        assert company("publish").exit_code == 0
        assert company("index", "build").exit_code == 0
    if given and "import" not in arguments:
        _change(state, given)
    result = company(*arguments, standard_input=given)
    assert result.exit_code == code, result.output


def test_wrong_settings_are_all_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACTSGROUPS_PORT", "many")
    monkeypatch.setenv("CONTACTSGROUPS_COLOUR", "red")
    result = run("domain", "list")
    assert result.exit_code == os.EX_CONFIG
    assert "port: 'many' is not a whole number" in result.stderr
    assert "colour: there is no such setting" in result.stderr


def test_a_state_directory_that_cannot_be_made_is_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, state: object
) -> None:
    with open(str(state), "w"):  # noqa: PTH123 - a file where the directory should be
        pass
    result = run("domain", "list")
    assert result.exit_code == os.EX_TEMPFAIL
    assert result.stderr == (
        f"contactsgroups: {state} is an ordinary file, and should be a directory: "
        "move it away, or name another place\n"
    )


@pytest.mark.parametrize("url", away.URLS)
def test_the_operator_reads_which_database_does_not_answer(
    run: Run, monkeypatch: pytest.MonkeyPatch, url: str, state: Path
) -> None:
    state.mkdir()
    monkeypatch.setenv("CONTACTSGROUPS_DATABASE_URL", url)
    ended = run("group", "list")
    assert ended.exit_code == os.EX_TEMPFAIL
    assert "the database does not answer: " in ended.stderr
    assert away.DETAIL in ended.stderr
    assert "dbword" not in ended.stderr
