"""Expected errors end with one sentence and the exit code of their class."""

import os
from pathlib import Path

import pytest

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
