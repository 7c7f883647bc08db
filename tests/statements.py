"""The statements that a database is asked, so that tests can count them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from contactsgroups.persistence import Database


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """Gather what is executed within, however it ends."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
