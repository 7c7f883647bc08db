"""Changes of groups are taken back at the command line."""

import os

from tests.cli.conftest import Run


def test_the_last_change_is_undone_and_so_is_the_undo(company: Run) -> None:
    company("group", "edit", "team@example.org", "--name", "Crew")
    company("group", "add-member", "team@example.org", "bob@example.org")
    undone = company("group", "undo", "team@example.org")
    assert undone.stdout.splitlines() == [
        "undid the last change of team@example.org",
        "1 member is out again",
    ]
    shown = company("group", "show", "team@example.org").stdout
    assert "bob@example.org" not in shown
    assert "Crew" in shown
    redone = company("group", "undo", "team@example.org")
    assert redone.exit_code == 0
    assert "bob@example.org" in company("group", "show", "team@example.org").stdout


def test_without_a_change_there_is_nothing_to_undo(company: Run) -> None:
    refused = company("group", "undo", "team@example.org")
    assert refused.exit_code != 0
    assert "nothing is known of team@example.org that could be undone" in refused.stderr


def test_a_deleted_group_is_listed_and_restored(company: Run) -> None:
    assert company("group", "deleted").stdout == ""
    company("group", "remove", "team@example.org", "--yes")
    address, until, by, name = company("group", "deleted").stdout.rstrip("\n").split("\t")
    assert (address, by, name) == ("team@example.org", "operator@localhost", "Team")
    assert len(until) == len("2026-12-26")
    taken = company("group", "add", "team@example.org", "--member", "ada@example.org")
    assert taken.exit_code != 0
    assert f"reserved until {int(until[-2:])} " in taken.stderr
    assert company("group", "restore", "Team@example.org").stdout == "restored team@example.org\n"
    assert company("group", "restore", "team@example.org").exit_code == os.EX_NOUSER
    assert company("group", "list").stdout == "team@example.org\tstatic\t1\tTeam\n"


def test_who_could_not_come_back_is_said(company: Run) -> None:
    company("group", "add-member", "team@example.org", "bob@example.org")
    company("group", "remove", "team@example.org", "--yes")
    company("account", "remove", "bob@example.org", "--yes")
    restored = company("group", "restore", "team@example.org")
    assert "bob@example.org is not a member again" in restored.stderr


def test_an_address_is_released_if_that_is_confirmed(company: Run) -> None:
    company("group", "remove", "team@example.org", "--yes")
    assert company("group", "release", "team@example.org", standard_input="n\n").exit_code == 1
    released = company("group", "release", "team@example.org", "--yes")
    assert released.stdout == "released team@example.org\n"
    assert company("group", "deleted").stdout == ""
    made = company("group", "add", "team@example.org", "--member", "ada@example.org")
    assert made.exit_code == 0
