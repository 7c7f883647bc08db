"""The services that an installation runs one by one instead of ``contactsgroups run``."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.program import END_SECONDS, listens, state_directory, wait_for

START_SECONDS = 90


@pytest.fixture
def state() -> Iterator[Path]:
    """A state directory with a path short enough for a Unix socket in it."""
    with state_directory("services") as root:
        yield root / "state"


@pytest.mark.parametrize(
    ("arguments", "is_running"),
    [
        (["publish", "--follow"], lambda state: (state / "maps" / "transport.lmdb").exists()),
        (["policy"], lambda state: listens(state / "policy.sock")),
        (
            ["delivery"],
            lambda state: (
                listens(state / "policy.sock")
                and listens(state / "lmtp.sock")
                and (state / "maps" / "transport.lmdb").exists()
            ),
        ),
    ],
)
def test_a_service_runs_until_it_is_told_to_end(
    state: Path, arguments: list[str], is_running: Callable[[Path], bool]
) -> None:
    command = [sys.executable, "-m", "contactsgroups", "--state", str(state)]
    environment = {**os.environ, "CONTACTSGROUPS_STATE": "elsewhere"}
    subprocess.run([*command, "db", "upgrade"], env=environment, check=True, timeout=START_SECONDS)
    service = subprocess.Popen(
        [*command, *arguments],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: is_running(state) or service.poll() is not None, START_SECONDS)
        service.send_signal(signal.SIGTERM)
        _, text = service.communicate(timeout=END_SECONDS)
    finally:
        service.kill()
        service.wait()
    assert (service.returncode, text) == (0, "")
