"""Whoever forgets a connection to SQLite hears of it on every Python, not only on the newest."""

import sqlite3
import sys
import warnings
from typing import Any

from sqlalchemy import Dialect, Engine, event


class _WatchedConnection(sqlite3.Connection):
    """Warns as those of Python 3.13 do when they are collected and nobody has closed them."""

    def __del__(self) -> None:
        try:
            _ = self.total_changes
        except sqlite3.ProgrammingError:
            return  # It was closed.
        warnings.warn(f"unclosed database in {self!r}", ResourceWarning, source=self, stacklevel=1)


if sys.version_info < (3, 13):

    @event.listens_for(Engine, "do_connect")
    def _watch(dialect: Dialect, _record: Any, _args: Any, parameters: dict[str, Any]) -> None:
        if dialect.name == "sqlite":
            parameters["factory"] = _WatchedConnection
