"""A token is checked once, and again when the database has changed or the time has come."""

import time
from types import SimpleNamespace

import pytest

from contactsgroups.bootstrap import Core
from contactsgroups.domain.errors import NotAuthenticated
from contactsgroups.persistence import Database
from contactsgroups.services.accounts import tokens
from contactsgroups.web import principals
from contactsgroups.web.principals import Principals
from tests.directories import add_account

ADA = "ada@example.org"


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens that were checked in the database."""
    checked: list[str] = []
    verify = tokens.verify_token

    def noting(database: Database, secret: str, token: str, **more: str) -> tokens.Grant:
        checked.append(token)
        return verify(database, secret, token, **more)

    monkeypatch.setattr(tokens, "verify_token", noting)
    return checked


@pytest.fixture
def token(core: Core) -> str:
    return tokens.issue_token(core.database, core.settings.read_token_secret(), ADA, 600)


def test_a_token_is_checked_once_while_nothing_changes(
    core: Core, token: str, checked: list[str]
) -> None:
    known = Principals(core)
    first = known.of_token(token)
    assert str(first.address) == ADA
    assert known.of_token(token) is first
    assert checked == [token]


def test_any_ordered_write_has_it_checked_again(core: Core, token: str, checked: list[str]) -> None:
    known = Principals(core)
    known.of_token(token)
    add_account(core.database, "kim@example.org")
    known.of_token(token)
    assert checked == [token, token]
    add_account(core.database, ADA, active=False)
    with pytest.raises(NotAuthenticated):
        known.of_token(token)


def test_it_is_checked_again_when_it_ends(
    core: Core, token: str, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Principals(core)
    known.of_token(token)
    end = tokens.verify_token(core.database, core.settings.read_token_secret(), token).until
    assert time.time() < end
    for now, times in ((end - 0.001, 2), (end, 3)):
        monkeypatch.setattr(principals, "time", SimpleNamespace(time=lambda now=now: now))
        known.of_token(token)
        assert len(checked) == times


def test_one_that_was_refused_is_not_known(core: Core, checked: list[str]) -> None:
    known = Principals(core)
    for _ in range(2):
        with pytest.raises(NotAuthenticated):
            known.of_token("a.b.c")
    assert checked == ["a.b.c", "a.b.c"]
