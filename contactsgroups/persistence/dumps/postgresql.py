"""PostgreSQL: pg_dump and pg_restore, each in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from contactsgroups.domain.errors import InvalidInput, Unavailable
from contactsgroups.persistence import statistics
from contactsgroups.persistence.database import Database
from contactsgroups.persistence.dumps.program import (
    Server,
    find,
    make_file,
    parameters_of,
    run,
    secret_file,
)

KIND = "postgresql"
IS_ATOMIC = True
"""Whether a load that fails has changed nothing."""


def dump(server: Server, path: Path) -> None:
    """Write one state of our tables and views to a new file, in pg_dump's custom format."""
    with make_file(path) as file, _access(server.url) as (connection, environment):
        arguments = [
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--table=contactsgroups_*",
            connection,
        ]
        run(["pg_dump"], arguments, environment=environment, output=file, server=server)


def verify(path: Path) -> None:
    """See that the program that is installed can read a dump.

    Raises:
        InvalidInput: it cannot.
        Unavailable: there is no such program.
    """
    find(["pg_restore"])
    try:
        run(["pg_restore"], ["--list", str(path)])
    except Unavailable as error:
        raise InvalidInput(f"the archive's database cannot be read: {error.detail}") from error


def load(server: Server, path: Path) -> None:
    """Replace our tables and views in one transaction."""
    with _access(server.url) as (connection, environment):
        arguments = [
            "--clean",
            "--if-exists",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            connection,
            str(path),
        ]
        run(["pg_restore"], arguments, environment=environment, server=server)
    database = Database(server.url, silence=server.silence)
    try:
        statistics.refresh(database)  # No dump has them.
    finally:
        database.dispose()


@contextmanager
def _access(url: URL) -> Iterator[tuple[str, dict[str, str]]]:
    """Return the option that names the database, and variables with the way to its password."""
    known = {name: str(value) for name, value in parameters_of(url).items() if value is not None}
    password = known.pop("password", "")
    connection = " ".join(f"{name}={_quote(value)}" for name, value in known.items())
    # "libpq, the password file": the first line that fits counts.
    line = "*:*:*:*:" + password.replace("\\", r"\\").replace(":", r"\:")
    with secret_file(line + "\n") as passwords:
        yield f"--dbname={connection}", {"PGPASSFILE": passwords} if password else {}


def _quote(value: str) -> str:
    """Quote a value of a connection string ("libpq, keyword/value connection strings")."""
    return "'" + value.replace("\\", r"\\").replace("'", r"\'") + "'"
