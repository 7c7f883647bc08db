"""How many connections fit into how many files."""

import subprocess
import sys

import pytest

from contactsgroups.serving.limits import connections_for


@pytest.mark.parametrize(
    ("files", "connections"), [(8192, 4000), (20_000, 4000), (1024, 416), (256, 32), (64, 32)]
)
def test_a_connection_may_need_two_files_and_others_are_left(files: int, connections: int) -> None:
    assert connections_for(files) == connections


@pytest.mark.parametrize(
    ("soft", "hard", "raised"),
    [(1024, 20_000, 8192), (256, 1024, 1024), (9000, 20_000, 9000), (300, 300, 300)],
)
def test_the_limit_of_files_is_raised_as_far_as_needed_and_allowed(
    soft: int, hard: int, raised: int
) -> None:
    program = (
        "import resource; from contactsgroups.serving.limits import raise_file_limit;"
        "print(raise_file_limit(), *resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    command = ["prlimit", f"--nofile={soft}:{hard}", sys.executable, "-c", program]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == [str(raised), str(raised), str(hard)]
