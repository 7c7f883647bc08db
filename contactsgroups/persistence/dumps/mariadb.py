"""MariaDB: mariadb-dump in one transaction; loading can be repeated from the beginning."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import URL

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.persistence.database import Database
from contactsgroups.persistence.dumps.program import (
    Server,
    find,
    make_file,
    parameters_of,
    run,
    secret_file,
)

KIND = "mariadb"
IS_ATOMIC = False
"""Whether a load that fails has changed nothing."""


_PREFIX = "contactsgroups_"

_OPTIONS = {
    "host": "host",
    "port": "port",
    "user": "user",
    "password": "password",
    "unix_socket": "socket",
    "ssl_ca": "ssl-ca",
    "ssl_cert": "ssl-cert",
    "ssl_key": "ssl-key",
}
"""PyMySQL's parameters, and the options of the client programs."""

# Views belong to whoever loads them: for another user they would need a right that few have.
_DEFINER = re.compile(rb"^(/\*!50013 )DEFINER=\S+ ")


def dump(server: Server, path: Path) -> None:
    """Write one state of our tables and views to a new file, as SQL."""
    with _opened(server) as engine:
        tables, views = _list(engine)
    with make_file(path) as file, _access(server.url) as (access, database):
        arguments = [
            access,
            "--single-transaction",
            "--hex-blob",
            "--skip-comments",
            "--skip-triggers",
            "--default-character-set=utf8mb4",
            database,
            *tables,
            *views,
        ]
        run(["mariadb-dump", "mysqldump"], arguments, output=file, server=server)


def verify(path: Path) -> None:
    """See that there is a program that can load a dump.

    Raises:
        InvalidInput: the dump is empty.
        Unavailable: there is no such program.
    """
    find(["mariadb", "mysql"])
    if not path.stat().st_size:
        raise InvalidInput("the archive's database is empty")


def load(server: Server, path: Path) -> None:
    """Drop our tables and views, and run the SQL of a dump."""
    _drop(server)
    with path.open("rb") as file, _access(server.url) as (access, database):
        arguments = [access, "--default-character-set=utf8mb4", "--batch", database]
        lines = (_DEFINER.sub(rb"\1", line) for line in file)
        run(["mariadb", "mysql"], arguments, lines=lines, server=server)


@contextmanager
def _opened(server: Server) -> Iterator[Engine]:
    database = Database(server.url, silence=server.silence)
    try:
        yield database.engine
    finally:
        database.dispose()


def _list(engine: Engine) -> tuple[list[str], list[str]]:
    """Return the names of our tables and of our views."""
    found = inspect(engine)
    names = found.get_table_names(), found.get_view_names()
    tables, views = ([each for each in some if each.startswith(_PREFIX)] for some in names)
    return sorted(tables), sorted(views)


def _drop(server: Server) -> None:
    with _opened(server) as engine:
        tables, views = _list(engine)
        with engine.connect() as connection:
            connection.execute(text("SET SESSION foreign_key_checks = 0"))
            for name in views:
                connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
            for name in tables:
                connection.execute(text(f"DROP TABLE IF EXISTS {name}"))


@contextmanager
def _access(url: URL) -> Iterator[tuple[str, str]]:
    """Return the option that names a file with the way to the server, and the database."""
    known: dict[str, Any] = parameters_of(url)
    known |= {f"ssl_{name}": value for name, value in (known.get("ssl") or {}).items()}
    lines = [
        f"{option}={_quote(str(known[name]))}"
        for name, option in _OPTIONS.items()
        if known.get(name) not in {None, ""}
    ]
    if not known.get("ssl"):
        # As the driver does: TLS where the server has it.  Newer programs would demand it.
        lines.append("loose-ssl-verify-server-cert=0")
    with secret_file("\n".join(["[client]", *lines, ""])) as options:
        # "defaults-file" would leave out what the administrator has set for these programs.
        yield f"--defaults-extra-file={options}", str(url.database)


def _quote(value: str) -> str:
    """Quote a value of an option file (Knowledge Base, "Configuring MariaDB with Option Files")."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
