"""Whoever forgets a connection to SQLite hears of it on every Python, and where it was opened."""

import os
import sqlite3
import warnings
from typing import Any

from sqlalchemy import Dialect, Engine, event


class _WatchedConnection(sqlite3.Connection):
    """Warns as those of Python 3.13 do when they are collected and nobody has closed them.

    That may be in any later test, so it names the one that was running when it was opened.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._opened_in = os.environ.get("PYTEST_CURRENT_TEST", "no test")

    def __del__(self) -> None:
        try:
            _ = self.total_changes
        except sqlite3.ProgrammingError:
            return  # It was closed.
        text = f"unclosed database, opened in {self._opened_in}"
        self.close()
        warnings.warn(text, ResourceWarning, source=self, stacklevel=1)


@event.listens_for(Engine, "do_connect")
def _watch(dialect: Dialect, _record: Any, _args: Any, parameters: dict[str, Any]) -> None:
    if dialect.name == "sqlite":
        parameters["factory"] = _WatchedConnection
