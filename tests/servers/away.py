"""Databases that do not answer, and what nobody outside may read of them."""

import contextlib
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from contactsgroups.persistence import Database

# Nothing listens at port 1.
URLS = (
    "postgresql+psycopg://dbuser:dbword@127.0.0.1:1/dbname?connect_timeout=5",
    "mysql+pymysql://dbuser:dbword@127.0.0.1:1/dbname?connect_timeout=5",
)
DETAIL = "127.0.0.1"
SECRETS = (DETAIL, "port 1", "dbuser", "dbword", "dbname", "Errno", "OperationalError", "sqlalche")


@contextlib.contextmanager
def taken_away(database: Database, url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put a database that is at another place, and does not answer, in the place of this one."""
    engine = create_engine(url)
    with monkeypatch.context() as patch:
        patch.setattr(database, "engine", engine)
        patch.setattr(database, "_writing_engine", engine)
        if database.commit_signal is not None:
            database.commit_signal.notify()  # What was known a moment ago does not count.
        yield
    engine.dispose()


def assert_nothing_is_told(text: str) -> None:
    """Assert that an answer to anybody does not say where the database is."""
    told = [secret for secret in SECRETS if secret in text]
    assert not told, text
