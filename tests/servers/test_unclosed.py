"""A forgotten connection fails the tests, whichever Python runs them."""

import gc
from pathlib import Path

import pytest
from sqlalchemy import text

from contactsgroups.persistence import Database


def use(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    with database.engine.connect():
        return database


def test_a_connection_that_nobody_closed_is_warned_of(tmp_path: Path) -> None:
    use(tmp_path / "left.sqlite")
    with pytest.warns(ResourceWarning, match="unclosed database"):
        gc.collect()


def test_nothing_is_said_of_one_that_was_disposed_of(tmp_path: Path) -> None:
    use(tmp_path / "closed.sqlite").dispose()
    gc.collect()


def test_what_is_in_use_meanwhile_is_closed_when_it_is_given_back(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'used.sqlite'}")
    with database.read() as session:
        session.execute(text("SELECT 1"))
        database.dispose()
        session.execute(text("SELECT 1"))
    del database, session
    gc.collect()
