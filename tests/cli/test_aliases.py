"""Aliases at the command line."""

import os

import pytest

from tests.cli.conftest import Run


def test_an_alias_is_made_listed_moved_and_removed(company: Run) -> None:
    made = company("alias", "add", "Desk@example.org", "ada@example.org")
    assert made.stdout == "Desk@example.org stands for ada@example.org\n"
    assert company("alias", "list").stdout == "Desk@example.org\tada@example.org\n"
    assert company("group", "add-member", "team@example.org", "desk@example.org").exit_code == 0
    assert company("alias", "add", "desk@example.org", "BOB@example.org").exit_code == 0
    assert company("alias", "list").stdout == "Desk@example.org\tbob@example.org\n"
    removed = company("alias", "remove", "DESK@example.org", "--yes")
    assert removed.stdout == "removed DESK@example.org\n"
    assert company("alias", "list").stdout == ""
    assert "esk@example.org" not in company("group", "show", "team@example.org").stdout
    assert company("group", "add-member", "team@example.org", "bob@example.org").exit_code == 0


def test_aliases_are_listed_by_account_and_by_domain(company: Run) -> None:
    company("domain", "add", "bücher.example")
    for address, account in (
        ("a@example.org", "ada@example.org"),
        ("b@example.org", "bob@example.org"),
        ("a@bücher.example", "ada@example.org"),
    ):
        assert company("alias", "add", address, account).exit_code == 0
    assert len(company("alias", "list").stdout.splitlines()) == 3
    of_ada = company("alias", "list", "--account", "ADA@example.org").stdout
    assert of_ada == "a@example.org\tada@example.org\na@bücher.example\tada@example.org\n"
    there = company("alias", "list", "--domain", "BÜCHER.example").stdout
    assert there == "a@bücher.example\tada@example.org\n"
    assert company("alias", "list", "--account", "no@example.org").exit_code == os.EX_NOUSER


def test_more_aliases_than_a_page_are_all_listed(company: Run) -> None:
    rows = "".join(f"alias,a{number}@example.org,ada@example.org\n" for number in range(501))
    company("import", "--format=csv", "-", standard_input="type,address,belongs_to\n" + rows)
    assert len(company("alias", "list").stdout.splitlines()) == 501


@pytest.mark.parametrize(
    ("address", "account", "code", "text"),
    [
        ("bob@example.org", "ada@example.org", os.EX_CANTCREAT, "already in use by an existing"),
        ("team@example.org", "ada@example.org", os.EX_CANTCREAT, "already in use by an existing"),
        ("a@elsewhere.example", "ada@example.org", os.EX_NOHOST, "is not served here"),
        ("a@example.org", "no@example.org", os.EX_NOUSER, "there is no account"),
        ("a@example.org", "team@example.org", os.EX_NOUSER, "there is no account"),
        ("a@@example.org", "ada@example.org", os.EX_DATAERR, "not allowed"),
    ],
)
def test_what_cannot_be_an_alias_is_refused(
    company: Run, address: str, account: str, code: int, text: str
) -> None:
    refused = company("alias", "add", address, account)
    assert refused.exit_code == code
    assert text in refused.stderr
    assert company("alias", "list").stdout == ""


def test_removing_an_alias_asks_first_and_takes_no_account(company: Run) -> None:
    company("alias", "add", "a@example.org", "ada@example.org")
    assert company("alias", "remove", "a@example.org", standard_input="n\n").exit_code == 1
    assert company("alias", "list").stdout == "a@example.org\tada@example.org\n"
    for address in ("ada@example.org", "no@example.org"):
        refused = company("alias", "remove", address, "--yes")
        assert refused.exit_code == os.EX_NOUSER
        assert "there is no alias" in refused.stderr


def test_the_groups_that_an_alias_would_empty_are_named_before(company: Run) -> None:
    company("alias", "add", "desk@example.org", "ada@example.org")
    made = ("group", "add", "only@example.org", "--name", "Only", "--member", "desk@example.org")
    assert company(*made).exit_code == 0
    removed = company("alias", "remove", "desk@example.org", "--yes")
    assert "only@example.org would reach nobody" in removed.stderr
