"""An error of the database is named for what it is, and an error of ours is not explained away."""

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from contactsgroups.persistence.outages import explain
from tests.servers.program import free_port

AWAY = "the database does not answer"
REFUSED = "the database refuses the connection"
BUSY = "another writer holds a lock"
COLLIDED = "try again"
FORBIDDEN = "lacks a right"
UNREADABLE = "cannot be opened or read"
UNWRITABLE = "cannot be written"
DAMAGED = "damaged, or no database"
OLD = "run contactsgroups db upgrade"


class WithState(Exception):
    """An error as drivers have it: with the server's SQLSTATE."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("told by the server")
        self.sqlstate = sqlstate


def wrapped(cause: BaseException, *, invalidated: bool = False) -> DBAPIError:
    return DBAPIError("SELECT 1", {}, cause, connection_invalidated=invalidated)


def of_sqlite(code: int) -> DBAPIError:
    cause = sqlite3.OperationalError("told by SQLite")
    cause.sqlite_errorcode = code
    return wrapped(cause)


def of_mariadb(code: int, *, invalidated: bool = False) -> DBAPIError:
    cause = WithState("HY000")  # Newer PyMySQL has an SQLSTATE beside the server's own code.
    cause.args = (code, "told by the server")
    return wrapped(cause, invalidated=invalidated)


def of_postgresql(state: str) -> DBAPIError:
    return wrapped(WithState(state))


CASES = [
    (of_sqlite(sqlite3.SQLITE_BUSY), BUSY),
    (of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), BUSY),
    (of_sqlite(sqlite3.SQLITE_READONLY_DBMOVED), UNWRITABLE),
    (of_sqlite(sqlite3.SQLITE_FULL), UNWRITABLE),
    (of_sqlite(sqlite3.SQLITE_IOERR_READ), UNREADABLE),
    (of_sqlite(sqlite3.SQLITE_CANTOPEN), UNREADABLE),
    (of_sqlite(sqlite3.SQLITE_CORRUPT), DAMAGED),
    (of_mariadb(2006), AWAY),
    (of_mariadb(1040), AWAY),
    (of_mariadb(1045), REFUSED),
    (of_mariadb(1205), BUSY),
    (of_mariadb(1213), COLLIDED),
    (of_mariadb(1142), FORBIDDEN),
    (of_mariadb(1290), UNWRITABLE),
    (of_mariadb(1054), OLD),
    (of_mariadb(9999, invalidated=True), AWAY),
    (of_postgresql("08006"), AWAY),
    (of_postgresql("57P01"), AWAY),
    (of_postgresql("53300"), AWAY),
    (of_postgresql("28P01"), REFUSED),
    (of_postgresql("3D000"), REFUSED),
    (of_postgresql("40P01"), COLLIDED),
    (of_postgresql("42501"), FORBIDDEN),
    (of_postgresql("55P03"), BUSY),
    (of_postgresql("25006"), UNWRITABLE),
    (of_postgresql("53100"), UNWRITABLE),
    (of_postgresql("42703"), OLD),
]
OURS = [
    of_sqlite(sqlite3.SQLITE_CONSTRAINT_UNIQUE),
    of_sqlite(sqlite3.SQLITE_ERROR),
    of_mariadb(1062),
    of_mariadb(1064),
    of_postgresql("23505"),
    of_postgresql("42601"),
    of_postgresql("57014"),
    wrapped(ValueError("no code at all")),
]


@pytest.mark.parametrize(("error", "reason"), CASES)
def test_each_code_has_its_meaning(error: DBAPIError, reason: str) -> None:
    assert reason in (explain(error) or "")


@pytest.mark.parametrize("error", OURS)
def test_a_fault_of_ours_is_not_explained_away(error: DBAPIError) -> None:
    assert explain(error) is None


@contextmanager
def opened(url: str, **options: object) -> Iterator[Engine]:
    engine = create_engine(url, **options)
    try:
        yield engine
    finally:
        engine.dispose()


def error_of(url: str, *statements: str, **options: object) -> DBAPIError:
    """The error of a connection, or of the first statement that fails on it."""

    def run() -> None:
        with opened(url, **options) as engine, engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    with pytest.raises(DBAPIError) as caught:
        run()
    return caught.value


def reason_of(url: str, *statements: str, **options: object) -> str | None:
    return explain(error_of(url, *statements, **options))


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    path = tmp_path / "some.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY)")
    return path


def test_sqlite_that_another_process_writes_to_is_busy(sqlite_file: Path) -> None:
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        reason = reason_of(
            f"sqlite:///{sqlite_file}", "INSERT INTO things VALUES (1)", connect_args={"timeout": 0}
        )
    assert BUSY in str(reason)


def test_sqlite_that_is_read_only_cannot_be_written(sqlite_file: Path) -> None:
    url = f"sqlite:///file:{sqlite_file}?mode=ro&uri=true"
    assert UNWRITABLE in str(reason_of(url, "INSERT INTO things VALUES (1)"))


@pytest.mark.parametrize("statement", ["SELECT * FROM missing", "SELECT missing FROM things"])
def test_sqlite_of_another_version_is_old(sqlite_file: Path, statement: str) -> None:
    assert OLD in str(reason_of(f"sqlite:///{sqlite_file}", statement))


def test_a_file_that_is_no_database_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite").write_text("This is no database. " * 100)
    assert DAMAGED in str(
        reason_of(f"sqlite:///{tmp_path / 'text.sqlite'}", "SELECT * FROM things")
    )


@pytest.mark.parametrize("driver", ["mysql+pymysql", "postgresql+psycopg"])
# PyMySQL leaves a socket open where it finds nobody.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_server_that_is_away_does_not_answer(driver: str) -> None:
    url = f"{driver}://somebody@127.0.0.1:{free_port()}/some"
    assert reason_of(url) == AWAY


def test_a_server_that_says_nothing_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        url = f"postgresql+psycopg://somebody@127.0.0.1:{port}/some?connect_timeout=2"
        assert reason_of(url) == AWAY


@pytest.mark.parametrize("server", ["mariadb", "postgresql"])
@pytest.mark.parametrize(
    "wrong", [{"username": "stranger", "password": "wrong"}, {"database": "missing"}]
)
def test_a_server_that_lets_nobody_in_refuses_the_connection(
    request: pytest.FixtureRequest, server: str, wrong: dict[str, str]
) -> None:
    """The server runs, so it would be wrong to say that it does not answer."""
    url = make_url(request.getfixturevalue(f"{server}_url")).set(**wrong)
    assert reason_of(url.render_as_string(hide_password=False)) == REFUSED


def test_a_table_that_is_missing_is_an_old_schema(database_url: str) -> None:
    assert OLD in str(reason_of(database_url, "SELECT * FROM contactsgroups_missing"))


def test_a_column_that_is_missing_is_an_old_schema(database_url: str) -> None:
    statements = ("CREATE TABLE things (id INTEGER PRIMARY KEY)", "SELECT missing FROM things")
    assert OLD in str(reason_of(database_url, *statements))


def test_a_row_that_is_there_twice_is_a_fault_of_ours(database_url: str) -> None:
    create, insert = "CREATE TABLE things (id INTEGER PRIMARY KEY)", "INSERT INTO things VALUES (1)"
    error = error_of(database_url, create, insert, insert)
    assert isinstance(error, IntegrityError)
    assert explain(error) is None
