"""Administrators, tokens and their keys at the command line."""

import os
from pathlib import Path

import pytest

from contactsgroups.domain.errors import NotAuthenticated
from contactsgroups.persistence import Database
from contactsgroups.services.accounts.tokens import verify_token
from contactsgroups.settings import Settings
from tests.cli.conftest import Run


def _subject_of(state: Path, token: str) -> str:
    """Whom a token speaks for."""
    database = Database(f"sqlite:///{state / 'contactsgroups.sqlite'}")
    try:
        secret = Settings(state=state).read_token_secret()
        return str(verify_token(database, secret, token.strip()).principal.address)
    finally:
        database.dispose()


def test_administrators_are_appointed_listed_and_taken_back(company: Run) -> None:
    company("admin", "add", "ada@example.org", "--domain", "example.org")
    company("admin", "add", "bob@example.org")
    listed = "ada@example.org  example.org\nbob@example.org  *\n"
    assert company("admin", "list").stdout == listed
    result = company("admin", "remove", "ada@example.org", "--domain", "example.org")
    assert result.stdout == "ada@example.org does not administer anything any more\n"
    assert company("admin", "remove", "bob@example.org").exit_code == 0
    assert company("admin", "list").stdout == ""


def test_it_says_if_something_is_left(company: Run) -> None:
    company("domain", "add", "example.net")
    for name in ("example.org", "example.net"):
        company("admin", "add", "ada@example.org", "--domain", name)
    result = company("admin", "remove", "ada@example.org", "--domain", "example.org")
    assert "see what is left" in result.stdout


def test_nothing_to_take_back_is_an_error(company: Run) -> None:
    result = company("admin", "remove", "ada@example.org")
    assert (result.exit_code, result.stdout) == (os.EX_NOUSER, "")
    assert "ada@example.org does not administer anything" in result.stderr
    assert company("admin", "remove", "no@example.org").exit_code == os.EX_NOUSER
    result = company("admin", "remove", "ada@example.org", "--domain", "no.example")
    assert result.exit_code == os.EX_NOHOST


def test_a_token_speaks_for_its_account(company: Run, state: Path) -> None:
    token = company("token", "ada@example.org").stdout
    assert _subject_of(state, token) == "ada@example.org"
    company("account", "sign-out", "ada@example.org")
    with pytest.raises(NotAuthenticated):
        _subject_of(state, token)


def test_the_key_is_replaced_with_an_overlap_and_without(company: Run, state: Path) -> None:
    key, token = company("token", "--key").stdout, company("token", "ada@example.org").stdout
    result = company("token-key", "rotate")
    assert "accepted for 24 hours" in result.stdout
    assert company("token", "--key").stdout != key
    assert _subject_of(state, token) == "ada@example.org"
    first, second = company("token-key", "list").stdout.splitlines()
    assert first.endswith("signs")
    assert "accepted until" in second
    assert "are refused" in company("token-key", "rotate", "--overlap", "0").stdout
    assert len(company("token-key", "list").stdout.splitlines()) == 1
    with pytest.raises(NotAuthenticated):
        _subject_of(state, token)


@pytest.mark.parametrize("overlap", ["-1", "nan", "0.5", "721", "soon"])
def test_an_overlap_is_up_to_a_month(company: Run, overlap: str) -> None:
    assert company("token-key", "rotate", "--overlap", overlap).exit_code == 2
    assert len(company("token-key", "list").stdout.splitlines()) == 1
