"""Domains and accounts at the command line."""

import os
from pathlib import Path

import pytest

from contactsgroups.persistence import Database
from contactsgroups.services.accounts.identity import authenticate
from contactsgroups.services.accounts.sharing import visible_domain_ids
from tests.cli.conftest import Run


def _database(state: Path) -> Database:
    return Database(f"sqlite:///{state / 'contactsgroups.sqlite'}")


def test_domains_are_added_and_listed(run: Run) -> None:
    assert run("domain", "add", "Bücher.example").stdout == "serving xn--bcher-kva.example\n"
    run("domain", "add", "a.example")
    assert run("domain", "list").stdout == "a.example\nxn--bcher-kva.example\n"


def test_a_domain_is_removed_when_nothing_is_left_in_it(company: Run) -> None:
    company("domain", "add", "example.net")
    assert company("domain", "remove", "example.net", standard_input="n\n").exit_code == 1
    removed = company("domain", "remove", "Example.net", "--yes")
    assert removed.stdout == "not serving example.net any more\n"
    assert company("domain", "list").stdout == "example.org\n"
    refused = company("domain", "remove", "example.org", "--yes")
    assert refused.exit_code == os.EX_CANTCREAT
    assert refused.stderr == (
        "contactsgroups: example.org still has 2 accounts, 1 group; remove them first\n"
    )
    assert company("domain", "remove", "example.net", "--yes").exit_code == os.EX_NOHOST
    assert company("domain", "list").stdout == "example.org\n"


def test_a_domain_is_shown_to_another_one_and_hidden_again(company: Run, state: Path) -> None:
    company("domain", "add", "example.net")
    for command, seen in (("share --with", 2), ("hide --from", 1)):
        verb, option = command.split()
        result = company("domain", verb, "example.org", option, "example.net")
        assert result.exit_code == 0, result.output
        database = _database(state)
        with database.read() as session:
            assert len(visible_domain_ids(session, "example.net")) == seen
        database.dispose()


def test_an_account_is_added_changed_and_removed(company: Run) -> None:
    company("account", "add", "kim@example.org", "--name", "Kim", "--department", "IT/Web")
    company("account", "add", "kim@example.org", "--name", "Kim", "--inactive")
    assert _row(company, "kim@").startswith("account,kim@example.org,,Kim,IT/Web,,,no,")
    assert company("account", "remove", "kim@example.org", "--yes").exit_code == 0
    assert "kim@" not in company("export").stdout


def test_removing_says_before_which_groups_nobody_would_be_left_in(company: Run) -> None:
    asked = company("account", "remove", "ada@example.org", standard_input="n\n")
    assert asked.exit_code == 1
    assert "team@example.org would have no member\n" in asked.stderr
    assert "ada@example.org" in company("export").stdout
    assert "would have" not in company("account", "remove", "bob@example.org", "--yes").stderr


def test_groups_that_nobody_is_left_in_are_disabled_if_that_is_wanted(company: Run) -> None:
    options = ("--disable-groups", "--yes")
    assert company("account", "remove", "no@example.org", *options).exit_code == os.EX_NOUSER
    assert company("account", "remove", "ada@example.org", *options).exit_code == 0
    assert "ada@example.org" not in company("export").stdout
    assert "disabled" in company("group", "show", "team@example.org").stdout


@pytest.mark.parametrize(
    ("option", "left"),
    [
        (["--name", ""], ",Dev,Lead,Bonn,no,"),
        (["--department", ""], "Kim,,Lead,Bonn,no,"),
        (["--title", ""], "Kim,Dev,,Bonn,no,"),
        (["--location", ""], "Kim,Dev,Lead,,no,"),
        (["--active"], "Kim,Dev,Lead,Bonn,yes,"),
    ],
)
def test_an_option_that_is_not_named_changes_nothing(
    company: Run, option: list[str], left: str
) -> None:
    options = ("--name", "Kim", "--department", "Dev", "--title", "Lead", "--location", "Bonn")
    company("account", "add", "kim@example.org", *options, "--inactive")
    before = company("export").stdout
    assert company("account", "add", "kim@example.org").exit_code == 0
    assert company("export").stdout == before
    assert company("account", "add", "kim@example.org", *option).exit_code == 0
    assert _row(company, "kim@").startswith(f"account,kim@example.org,,{left}")


def _row(company: Run, start: str) -> str:
    return next(line for line in company("export").stdout.splitlines() if start in line)


def test_a_password_is_read_from_the_standard_input_and_administrators_appointed(
    company: Run, state: Path
) -> None:
    """It is never an argument, which every user of the machine could see."""
    result = company("account", "set-password", "ada@example.org", standard_input="correct horse\n")
    assert result.exit_code == 0
    assert "correct horse" not in result.output
    assert company("admin", "add", "ada@example.org", "--domain", "example.org").exit_code == 0
    assert company("admin", "add", "bob@example.org").exit_code == 0
    database = _database(state)
    ada = authenticate(database, "ada@example.org", "correct horse")
    assert ada.managed_domains == frozenset({"example.org"})
    database.dispose()
    assert "administrator,bob@example.org,*" in company("export").stdout


def test_a_short_password_is_refused(company: Run) -> None:
    result = company("account", "set-password", "ada@example.org", standard_input="short\n")
    assert result.exit_code != 0
    assert "at least 8 characters" in result.stderr


def test_an_account_is_signed_out_everywhere(company: Run) -> None:
    token = company("token", "ada@example.org").stdout.strip()
    assert company("account", "sign-out", "Ada@example.org").exit_code == 0
    assert company("account", "sign-out", "no@example.org").exit_code != 0
    assert token != company("token", "ada@example.org").stdout.strip()


def test_attributes_are_given_and_taken_away(company: Run) -> None:
    given = company(
        "account", "add", "ada@example.org", "--attribute", "Floor=3", "--attribute", "b=x=y"
    )
    assert given.exit_code == 0, given.output
    header, *_ = company("export").stdout.splitlines()
    assert header.endswith(",attribute.b,attribute.floor")
    assert _row(company, "ada@").endswith(",x=y,3")
    company("account", "add", "ada@example.org", "--attribute", "floor=")
    assert _row(company, "ada@").endswith(",x=y")
    assert "has no =" in company("account", "add", "ada@example.org", "--attribute", "b").stderr
    twice = company("account", "add", "ada@example.org", "--attribute=x=1", "--attribute=X=2")
    assert "x is there twice" in twice.stderr
    wrong = company("account", "add", "ada@example.org", "--attribute", "größe=1")
    assert wrong.exit_code == os.EX_DATAERR
    assert "the name of an attribute" in wrong.stderr
