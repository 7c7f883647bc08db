"""Several processes on one listener: none that dies leaves a gap, and none is left behind."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.repeating import repeated
from tests.servers.product import Product, fail_to_run, look_at_the_books, running
from tests.servers.program import listens, wait_for

WORKERS = ("--workers", "2")


@pytest.fixture
def product(state: Path) -> Iterator[Product]:
    """The product with two workers that are ready."""
    with running(state, *WORKERS) as product:
        wait_for(lambda: len(ready(product)) == 2)
        yield product


def ready(product: Product) -> list[int]:
    """The workers that handle SIGTERM, as they do once they answer."""
    return [pid for pid in product.workers() if handles_sigterm(pid)]


def handles_sigterm(pid: int) -> bool:
    """Whether a process has a handler of its own, as proc(5) says in status."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) & 1 << signal.SIGTERM - 1)


def kill_for_good(product: Product, worker: int) -> None:
    """Kill a worker, and wait until its parent knows: it looks alive for a moment after."""
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: worker not in product.workers())


def is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


class Asking:
    """A client that asks again and again, on a new connection each time."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self.answers: list[int] = []
        self.errors: list[Exception] = []

    def ask(self) -> None:
        try:
            self.answers.append(self._product.get("/healthz").status_code)
        except httpx.HTTPError as error:
            self.errors.append(error)


def test_only_the_parent_publishes_and_answers_postfix(product: Product) -> None:
    assert listens(product.state / "policy.sock")
    (inode,) = {
        line.split()[6]
        for line in Path("/proc/net/unix").read_text().splitlines()
        if line.endswith(str(product.state / "policy.sock")) and line.split()[3] != "00000000"
    } or {""}
    holders = [pid for pid in (product.process.pid, *product.workers()) if inode in files(pid)]
    assert holders == [product.process.pid]


def files(pid: int) -> str:
    return " ".join(str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir())


def test_a_worker_that_is_killed_leaves_no_gap(product: Product) -> None:
    """What it was answering ends with it; whoever asks next is answered by another one."""
    asking = Asking(product)
    with repeated(asking.ask):
        for count in (1, 2, 3):
            wait_for(lambda: len(ready(product)) == 2)
            answered = len(asking.answers)
            kill_for_good(product, ready(product)[0])
            wait_for(lambda before=answered: len(asking.answers) > before + 5)
            assert len(asking.errors) <= count
    assert set(asking.answers) == {200}
    assert not any(isinstance(each, httpx.ConnectError) for each in asking.errors)
    wait_for(lambda: product.text.count("and is replaced") == 3)


def test_clients_wait_while_the_only_worker_is_replaced(state: Path) -> None:
    with running(state, "--workers", "1") as product:
        for _ in range(2):
            kill_for_good(product, product.workers()[0])
            assert product.get("/healthz").status_code == 200


def test_workers_of_every_database_are_replaced_and_end_in_order(
    state: Path, database_url: str
) -> None:
    with running(state, *WORKERS, CONTACTSGROUPS_DATABASE_URL=database_url) as product:
        wait_for(lambda: len(ready(product)) == 2)
        kill_for_good(product, product.workers()[0])
        assert look_at_the_books(product).status_code == 207
        assert product.stop(signal.SIGTERM) == 0
        assert "Traceback" not in product.text


def test_workers_are_replaced_one_a_second_at_most(product: Product) -> None:
    before = product.workers()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(set(product.workers()) - set(before)) == 2)
    first, second = sorted(started_at(pid) for pid in product.workers())
    assert second - first >= 0.9


def started_at(pid: int) -> float:
    """When a process was started, in seconds, as proc(5) says in stat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def test_a_worker_that_is_asked_to_end_finishes_and_is_replaced(product: Product) -> None:
    worker = product.workers()[0]
    os.kill(worker, signal.SIGTERM)
    wait_for(lambda: worker not in product.workers())
    wait_for(lambda: len(product.workers()) == 2)
    assert f"worker {worker} has ended (0)" in product.text
    assert product.get("/healthz").status_code == 200


def test_workers_of_a_parent_that_is_killed_let_go_of_the_port(product: Product) -> None:
    workers, port = product.workers(), product.place[1]
    product.process.kill()
    with running(product.state, *WORKERS, PORT=str(port)) as again:
        wait_for(lambda: not any(map(is_running, workers)))
        assert again.get("/healthz").status_code == 200
    wait_for(lambda: not listens(("127.0.0.1", port)))


def test_at_the_end_everything_ends(product: Product) -> None:
    workers = product.workers()
    assert product.stop(signal.SIGINT) == 0
    assert not any(map(is_running, workers))
    assert not listens(product.place)
    assert not (product.state / "policy.sock").exists()
    assert "Traceback" not in product.text


def test_workers_work_on_the_settings_of_their_parent_which_nobody_else_reads(
    state: Path,
) -> None:
    secret = "a-secret-that-only-the-environment-has"
    with running(state, *WORKERS, CONTACTSGROUPS_SECRET_KEY=secret) as product:
        for pid in product.workers():
            assert secret not in Path(f"/proc/{pid}/cmdline").read_text()
        answers = {product.get("/sign-in").status_code for _ in range(6)}
    assert answers == {200}
    assert not (state / "secret_key").exists()


def test_a_second_run_on_a_state_directory_is_refused_and_other_commands_are_not(
    product: Product,
) -> None:
    code, text = fail_to_run(product.state, PORT="0")
    assert code == os.EX_TEMPFAIL
    assert text.count("\n") == 1
    assert f"another contactsgroups run uses the state directory {product.state}" in text
    assert product.domains() == 3
    assert product.get("/healthz").status_code == 200
