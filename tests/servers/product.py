"""The whole product as a process of its own: ``contactsgroups run``."""

import fcntl
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.servers.program import END_SECONDS, children_of, wait_for

START_SECONDS = 90


class Product:
    """A running product, and what it printed.

    ``options`` are those of ``run``; ``launcher`` is a command that starts another one.
    """

    def __init__(
        self, state: Path, *options: str, launcher: Sequence[str] = (), **environment: str
    ) -> None:
        self.state = state
        self.output = state.with_suffix(".out")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [*launcher, sys.executable, "-u", "-m", "contactsgroups", "run", *options],
                env=environment_of(state) | {"PORT": "0"} | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_it_runs(self) -> None:
        """Wait for the last line of its welcome, and for its first answer."""
        wait_for(self._runs_or_ended, START_SECONDS)
        assert self.process.poll() is None, self.text
        assert self.get("/healthz").status_code == 200

    def _runs_or_ended(self) -> bool:
        return "Ctrl-C stops it" in self.text or self.process.poll() is not None

    @property
    def text(self) -> str:
        return self.output.read_text()

    @property
    def url(self) -> str:
        found = re.search(r"Start page +(http\S+)/\n", self.text)
        assert found, self.text
        return found[1]

    @property
    def place(self) -> tuple[str, int]:
        """Where it listens."""
        url = httpx.URL(self.url)
        return url.host, url.port or 80

    def workers(self) -> list[int]:
        """The pids of its workers."""
        return children_of(self.process.pid)

    def get(self, path: str, **options: object) -> httpx.Response:
        return httpx.get(self.url + path, timeout=30, **options)  # type: ignore[arg-type]

    def sign_in(self, role: str) -> tuple[str, str]:
        """Return address and password of an account that was printed."""
        found = re.search(rf"{role} +(\S+@\S+) +(\S+)\n", self.text)
        assert found, self.text
        return found[1], found[2]

    def domains(self) -> int:
        """How many mail domains its database has."""
        done = subprocess.run(
            [sys.executable, "-m", "contactsgroups", "domain", "list"],
            env=environment_of(self.state),
            check=True,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
        )
        return len(done.stdout.splitlines())

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(END_SECONDS)


def environment_of(state: Path) -> dict[str, str]:
    """Return the environment, without what the tests' own caller has set for the product."""
    names = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "PYTHONPATH", "COVERAGE_PROCESS_START")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return kept | {"CONTACTSGROUPS_STATE": str(state)}


@contextmanager
def started(state: Path, *options: str, **others: Any) -> Iterator[Product]:
    product = Product(state, *options, **others)
    try:
        yield product
    finally:
        product.process.kill()
        product.process.wait()


@contextmanager
def running(state: Path, *options: str, **others: Any) -> Iterator[Product]:
    """Run the product; ``options`` and ``others`` are as for :class:`Product`."""
    with started(state, *options, **others) as product:
        product.wait_until_it_runs()
        yield product


def fail_to_run(state: Path, **environment: str) -> tuple[int, str]:
    """Run the product, which is to end by itself; return its exit code and what it says."""
    ended = subprocess.run(
        [sys.executable, "-m", "contactsgroups", "run"],
        env=environment_of(state) | environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
    )
    assert ended.stdout == ""
    return ended.returncode, ended.stderr


@contextmanager
def address_books_held(product: Product) -> Iterator[None]:
    """Let every request for an own address book wait, as behind a writer that takes long."""
    with (product.state / "collections" / ".Radicale.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def look_at_the_books(product: Product) -> httpx.Response:
    """Ask for an account's address books, which makes the own one where it is missing."""
    address, password = product.sign_in("ordinary account")
    url = f"{product.url}/dav/{address}/"
    return httpx.request("PROPFIND", url, auth=(address, password), timeout=60)
