"""The whole content of a database in one file, taken while others write, and put back."""

from pathlib import Path
from types import ModuleType

from sqlalchemy import inspect
from sqlalchemy.engine import URL

from contactsgroups.persistence.database import Database, unavailable
from contactsgroups.persistence.dumps import mariadb, postgresql, sqlite
from contactsgroups.persistence.dumps.program import Server
from contactsgroups.persistence.server_watch import SILENCE

__all__ = ["dump", "is_atomic", "is_empty", "kind_of", "load", "verify"]

_PREFIX = "contactsgroups_"
"""With this begins the name of every table and view of ours; others may be a host's."""

_KINDS: dict[str, ModuleType] = {
    "sqlite": sqlite,
    "mysql": mariadb,
    "mariadb": mariadb,
    "postgresql": postgresql,
}


def kind_of(url: URL) -> str:
    """Return the name of the kind of dump; only the same kind of database can load it."""
    name: str = _module(url).KIND
    return name


def dump(url: URL, path: Path, *, silence: float = SILENCE) -> None:
    """Write one state of all tables of ours to a new file, as long as the server answers.

    Args:
        silence: seconds without an answer after which it counts as silent, here and below.

    Raises:
        Unavailable: the database does not answer, or the program that dumps it fails.
    """
    with unavailable():
        _module(url).dump(Server(url, silence), path)


def verify(url: URL, path: Path) -> None:
    """See that a file can be loaded, as far as that shows without loading it.

    Raises:
        InvalidInput: it cannot.
        Unavailable: the program that loads it is not installed.
    """
    _module(url).verify(path)


def load(url: URL, path: Path, *, silence: float = SILENCE) -> None:
    """Replace all tables of ours by what a file holds; nobody may use them meanwhile.

    Raises:
        Unavailable: the database does not answer, or the program that loads it fails.
    """
    with unavailable():
        _module(url).load(Server(url, silence), path)


def is_atomic(url: URL) -> bool:
    """Whether a load that fails has changed nothing."""
    atomic: bool = _module(url).IS_ATOMIC
    return atomic


def is_empty(url: URL, *, silence: float = SILENCE) -> bool:
    """Whether there are no tables of ours; a file of SQLite is not made by looking.

    Raises:
        Unavailable: the database does not answer.
    """
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return True
    database = Database(url, silence=silence)
    try:
        with unavailable():
            names = inspect(database.engine).get_table_names()
    finally:
        database.dispose()
    return not any(name.startswith(_PREFIX) for name in names)


def _module(url: URL) -> ModuleType:
    return _KINDS[url.get_backend_name()]
