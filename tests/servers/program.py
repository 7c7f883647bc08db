"""Start a server program as a child of the tests, wait for it, and end it by its pid."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGTERM, Signals
from typing import Any, TypeVar

T = TypeVar("T")

# Servers end within this many seconds of being asked, or are killed.
END_SECONDS = 60

# Ports for servers: below the range of clients, which begins at 32768 unless it was changed.
FIRST_PORT = 20_000
PORTS = 12_000


def wait_for(condition: Callable[[], T], timeout: float = 60) -> T:
    """Poll ``condition`` until it is true, and return its value; TimeoutError after seconds.

    The time bounds a test that fails.  It is no promise, and long enough for a busy machine.
    """
    end = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > end:
            name = getattr(condition, "__name__", repr(condition))
            raise TimeoutError(f"still not so after {timeout:g} s: {name}")
        time.sleep(0.005)
    return value


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody uses.

    It is none of those that the kernel gives to clients (ip(7), ip_local_port_range): one of them
    could be taken again, by any connection, before the server has started.
    """
    while True:
        port = FIRST_PORT + secrets.randbelow(PORTS)
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def listens(place: Path | tuple[str, int]) -> bool:
    """Whether a server accepts connections at this Unix socket, or at this host and port."""
    if isinstance(place, tuple):
        with socket.socket(socket.AF_INET) as client:
            return client.connect_ex(place) == 0
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(place)) == 0


@contextmanager
def state_directory(name: str) -> Iterator[Path]:
    """A directory for a server's files, removed at the end.

    Servers that drop their privileges must be able to enter it, which pytest's own ``tmp_path``
    forbids; and its path must be short, because a Unix socket's path has at most 107 bytes.
    """
    root = Path(tempfile.mkdtemp(prefix=f"contactsgroups-{name}-"))
    root.chmod(0o755)
    try:
        yield root
    finally:
        # A server's last child may still be writing, so this may take two tries.
        wait_for(lambda: _is_removed(root))


def _is_removed(root: Path) -> bool:
    shutil.rmtree(root, ignore_errors=True)
    return not root.exists()


def find_program(name: str, *directories: str) -> str:
    """The path of a system program, in ``directories`` or PATH; RuntimeError if it is in none."""
    places = os.pathsep.join([*directories, os.environ["PATH"], "/usr/sbin"])
    if (found := shutil.which(name, path=places)) is None:
        raise RuntimeError(f"{name} is not installed: run tests/system-packages")
    return found


def unprivileged(user: str) -> dict[str, Any]:
    """Arguments for subprocess to become ``user``; none where the tests are not root already."""
    if os.geteuid() != 0:
        return {}
    return {"user": user, "group": user, "extra_groups": []}


def make_directory_of(user: str, path: Path, mode: int = 0o755) -> Path:
    """Make a directory that ``user``, as whom a server runs, may write."""
    path.mkdir()
    path.chmod(mode)
    if os.geteuid() == 0:
        shutil.chown(path, user, user)
    return path


def _parent_of(process: Path) -> int | None:
    """The pid of the parent of a process in /proc, as proc(5) says; None if it has ended."""
    try:
        # The name, in parentheses, may have spaces; the state and the parent follow.
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def children_of(pid: int) -> list[int]:
    """The pids of the processes that this one has started and that have not ended."""
    processes = Path("/proc").glob("[0-9]*")
    return [int(each.name) for each in processes if _parent_of(each) == pid]


class Program:
    """A running server; ``log`` collects what it prints.

    ``user`` is whom it runs as where the tests are root: databases refuse to run as root.
    ``environment`` replaces the environment of the tests.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        user: str = "root",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.log = log
        # Should the tests themselves be killed, the server gets SIGTERM from the kernel.
        command = [find_program("setpriv"), "--pdeathsig", "TERM", *command]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment,
                # Ctrl-C is for the tests; they end their servers in good order.
                start_new_session=True,
                **unprivileged(user),
            )

    def wait_until(self, ready: Callable[[], bool], timeout: float = 60) -> None:
        """Wait until the server answers; RuntimeError with its log if it ends instead."""

        def ready_or_ended() -> bool:
            return self._process.poll() is not None or ready()

        wait_for(ready_or_ended, timeout)
        if (code := self._process.poll()) is not None:
            raise RuntimeError(f"the server ended with {code}:\n{self.log.read_text()}")

    def children(self) -> list[int]:
        """The pids of the processes that the server has started and that have not ended."""
        return children_of(self._process.pid)

    def send_signal(self, signal: Signals) -> None:
        self._process.send_signal(signal)

    def stop(self, signal: Signals = SIGTERM) -> int:
        """Ask the server to end, see that it does, and return its exit code.

        Harmless if it has ended already.
        """
        if self._process.poll() is None:
            self._process.send_signal(signal)
        try:
            return self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
