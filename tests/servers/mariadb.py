"""A private MariaDB server, and a fresh empty database on it for each test."""

import itertools
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from urllib.parse import quote

import pymysql
import pytest

from tests.servers.program import (
    Program,
    find_program,
    listens,
    make_directory_of,
    state_directory,
    unprivileged,
)

# Nothing here has to survive a crash, and little memory is enough.
FAST = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-flush-method=nosync",
    "--debug-no-sync",  # What is no InnoDB: a table's definition is flushed otherwise.
    "--skip-sync-frm",
    "--innodb-log-file-size=8M",
    "--innodb-buffer-pool-size=32M",
    "--skip-log-bin",
    # As Debian configures it; the bare program would say latin1.
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_general_ci",
)


class MariaDBServer:
    """A server that only its Unix socket reaches, for ``root`` without a password.

    ``options`` are of its command line, besides those of :data:`FAST`, which they override.
    """

    def __init__(self, root: Path, options: Sequence[str] = ()) -> None:
        self._home = make_directory_of("mysql", root / "mariadb")
        self.socket = self._home / "socket"
        # A server that starts removes every "#sql" file from its directory for temporary tables,
        # those of other servers too.
        self._places = (
            f"--datadir={self._home / 'data'}",
            f"--tmpdir={make_directory_of('mysql', self._home / 'tmp')}",
        )
        self._numbers = itertools.count(1)
        self._install()
        self._program = Program(
            [
                find_program("mariadbd"),
                "--no-defaults",
                *self._places,
                f"--socket={self.socket}",
                f"--pid-file={self._home / 'pid'}",
                "--skip-networking",
                "--innodb-fast-shutdown=2",  # Leave the tables as they are at the end.
                *FAST,
                *options,
            ],
            log=root / "mariadb.log",
            user="mysql",
        )

    def _install(self) -> None:
        installation = subprocess.run(
            [
                find_program("mariadb-install-db"),
                "--no-defaults",
                *self._places,
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
                *FAST,
            ],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            **unprivileged("mysql"),
        )
        if installation.returncode != 0:
            raise RuntimeError(f"mariadb-install-db: {installation.stdout}")

    def wait_until_ready(self) -> None:
        # PyMySQL leaves a socket open where it finds nobody, so a bare socket asks first.
        self._program.wait_until(lambda: listens(self.socket))
        self.execute("SELECT 1")

    def execute(self, statement: str) -> None:
        """Run one statement as the server's administrator."""
        connection = pymysql.connect(
            user="root", unix_socket=str(self.socket), autocommit=True, ssl_disabled=True
        )
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The SQLAlchemy URL of a new, empty database, which is dropped afterwards."""
        name = f"test{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield (
                f"mysql+pymysql://root@localhost/{name}"
                f"?unix_socket={quote(str(self.socket), safe='')}&charset=utf8mb4"
                # Preparing for TLS takes 40 ms for each connection, which a socket has no use for.
                "&ssl_disabled=true"
            )
        finally:
            # A test that left a transaction open would otherwise block this for a day.
            self.execute(f"SET STATEMENT lock_wait_timeout=10 FOR DROP DATABASE {name}")

    @contextmanager
    def halted(self) -> Iterator[None]:
        """Let the whole server do nothing while the block lasts, not even refuse anybody."""
        self._program.send_signal(SIGSTOP)
        try:
            yield
        finally:
            self._program.send_signal(SIGCONT)

    def stop(self) -> None:
        self._program.stop()


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDBServer]:
    """The server of this test process, started when a test first asks for it."""
    with state_directory("mariadb") as root:
        server = MariaDBServer(root)
        try:
            server.wait_until_ready()
            yield server
        finally:
            server.stop()


@pytest.fixture
def mariadb_url(mariadb_server: MariaDBServer) -> Iterator[str]:
    """SQLAlchemy URL of a fresh, empty MariaDB database."""
    with mariadb_server.database() as url:
        yield url
