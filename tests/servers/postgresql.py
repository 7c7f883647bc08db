"""A private PostgreSQL server, and a fresh empty database on it for each test."""

import itertools
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from signal import SIGCONT, SIGINT, SIGSTOP
from urllib.parse import quote

import psycopg
import pytest

from tests.servers.program import (
    Program,
    find_program,
    make_directory_of,
    state_directory,
    unprivileged,
)

# Nothing here has to survive a crash.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=256MB")


def _version(directory: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", directory.parent.name)]


def _program_directories() -> list[str]:
    """Debian keeps each version's programs in a directory of its own; the newest comes first."""
    directories = Path("/usr/lib/postgresql").glob("*/bin")
    return [str(directory) for directory in sorted(directories, key=_version, reverse=True)]


class PostgreSQLServer:
    """A server that only its Unix socket reaches, for ``postgres`` without a password.

    ``options`` are settings besides those of :data:`FAST`, which they override.
    """

    def __init__(self, root: Path, options: Sequence[str] = ()) -> None:
        self._home = make_directory_of("postgres", root / "postgresql")
        self._numbers = itertools.count(1)
        self._install()
        self._program = Program(
            [
                find_program("postgres", *_program_directories()),
                "-D",
                str(self._home / "data"),
                "-k",
                str(self.socket_directory),
                *(f"--{setting}" for setting in ("listen_addresses=", *FAST, *options)),
            ],
            log=root / "postgresql.log",
            user="postgres",
        )

    @property
    def socket_directory(self) -> Path:
        return self._home

    def _install(self) -> None:
        subprocess.run(
            [
                find_program("initdb", *_program_directories()),
                "--pgdata",
                str(self._home / "data"),
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
            check=True,
            capture_output=True,
            cwd="/",
            **unprivileged("postgres"),
        )

    def wait_until_ready(self) -> None:
        self._program.wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def execute(self, statement: str) -> None:
        """Run one statement as the server's administrator."""
        with psycopg.connect(
            host=str(self.socket_directory), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The SQLAlchemy URL of a new database, empty or like another, dropped afterwards."""
        name = f"test{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield (
                f"postgresql+psycopg://postgres@/{name}"
                f"?host={quote(str(self.socket_directory), safe='')}"
            )
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def halted(self) -> Iterator[None]:
        """Let the whole server do nothing while the block lasts, not even refuse anybody."""
        self._program.send_signal(SIGSTOP)  # First, so that no other child comes.
        children = self._program.children()
        for each in children:
            os.kill(each, SIGSTOP)
        try:
            yield
        finally:
            for each in children:
                os.kill(each, SIGCONT)
            self._program.send_signal(SIGCONT)

    @contextmanager
    def halted_connections(self, *, but: int) -> Iterator[None]:
        """Let all connections hang but the one of this process; others can connect."""
        names = {each: Path(f"/proc/{each}/cmdline").read_text() for each in self.children()}
        chosen = [each for each, name in names.items() if "[local]" in name and each != but]
        for each in chosen:
            os.kill(each, SIGSTOP)
        try:
            yield
        finally:
            for each in chosen:
                os.kill(each, SIGCONT)

    def children(self) -> list[int]:
        """The pids of the processes that the server has now."""
        return self._program.children()

    def stop(self) -> None:
        # SIGTERM would wait for clients to leave; SIGINT sends them away.
        self._program.stop(SIGINT)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQLServer]:
    """The server of this test process, started when a test first asks for it."""
    with state_directory("postgresql") as root:
        server = PostgreSQLServer(root)
        try:
            server.wait_until_ready()
            yield server
        finally:
            server.stop()


@pytest.fixture
def postgresql_url(postgresql_server: PostgreSQLServer) -> Iterator[str]:
    """SQLAlchemy URL of a fresh, empty PostgreSQL database."""
    with postgresql_server.database() as url:
        yield url
