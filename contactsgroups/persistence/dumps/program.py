"""Run a database's own program for dumps; the password is in a file, not in its arguments."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from sqlalchemy.engine import URL

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence.server_watch import ServerWatch

_SHOWN = 500  # characters of what a program says.


class Server(NamedTuple):
    """Where a database is, and after how many seconds without an answer it counts as silent."""

    url: URL
    silence: float


def parameters_of(url: URL) -> dict[str, Any]:
    """Return what the driver is given to connect."""
    _, parameters = url.get_dialect()().create_connect_args(url)
    return dict(parameters)


@contextmanager
def secret_file(content: str) -> Iterator[str]:
    """Write a file that only its owner can read; it is removed at the end."""
    with tempfile.NamedTemporaryFile("w", prefix="contactsgroups-") as file:
        file.write(content)
        file.flush()
        yield file.name


def run(
    names: Sequence[str],
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
    lines: Iterable[bytes] = (),
    server: Server | None = None,
) -> None:
    """Run the first of the programs that is installed, and wait for its end.

    Args:
        environment: more variables.
        output: where its standard output goes.
        lines: its standard input.
        server: whom it asks; when the server falls silent, the program is killed.

    Raises:
        Unavailable: none is installed, or it fails; ``detail`` has what it said.
    """
    with tempfile.TemporaryFile() as messages:
        started = subprocess.Popen(  # noqa: S603 - a program of the system, no shell
            [find(names), *arguments],
            stdin=subprocess.PIPE,
            stdout=output or subprocess.DEVNULL,
            stderr=messages,
            env=os.environ | (environment or {}),
        )
        with _watched(server, started) as require_answer:
            with started:
                try:
                    _feed(started, lines)
                except BaseException:
                    started.kill()
                    raise
            if started.returncode:
                require_answer()
                messages.seek(0)
                detail = messages.read(_SHOWN).decode(errors="replace").strip()
                raise Unavailable(f"{names[0]} failed", detail=detail)


@contextmanager
def _watched(
    server: Server | None, program: "subprocess.Popen[bytes]"
) -> Iterator[Callable[[], None]]:
    """Kill the program when its server falls silent; what is yielded raises Unavailable then."""
    if server is None:
        yield lambda: None
        return
    watch = ServerWatch(server.silence)
    try:
        with watch.ending(server.url, program.kill):
            yield watch.require_answer
    finally:
        watch.stop()


def make_file(path: Path) -> IO[bytes]:
    """Open a new file that only its owner can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def find(names: Sequence[str]) -> str:
    """Return the path of the first of these programs that is installed.

    Raises:
        Unavailable: none is.
    """
    for name in names:
        if found := shutil.which(name):
            return found
    raise Unavailable(f"{names[0]} is not installed: install the database's client programs")


def _feed(started: "subprocess.Popen[bytes]", lines: Iterable[bytes]) -> None:
    assert started.stdin is not None  # noqa: S101 - it was asked for
    try:
        for line in lines:
            started.stdin.write(line)
        started.stdin.close()
    except BrokenPipeError:  # It has ended; its exit code and its messages say why.
        with suppress(BrokenPipeError):  # What it did not take would be flushed once more.
            started.stdin.close()
