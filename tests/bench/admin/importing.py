"""What an import of a large file takes: the command, in a process of its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.admin.import_file import write_file
from tests.bench.admin.people import DOMAIN

GOAL_SECONDS = 16.0
GOAL_MEGABYTES = 200.0

_ROOT = Path(__file__).parents[3]


def measure(lines: int) -> str:
    """Import a file of so many lines into a new site; return what it took, and the goals."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.csv"), Path(folder, "large.csv")
        small.write_text(f"type,address\ndomain,{DOMAIN}\n")
        write_file(large, lines)
        _, idle = _run(Path(folder), small)
        seconds, peak = _run(Path(folder), large)
    more = peak - idle
    return (
        f"import of {lines:,} lines: {seconds:.1f} s of processor time "
        f"({_met(seconds <= GOAL_SECONDS)}: {GOAL_SECONDS:.0f}), {peak:.0f} MB, {more:.0f} more "
        f"than idle ({_met(more <= GOAL_MEGABYTES)}: {GOAL_MEGABYTES:.0f})"
    )


def _run(folder: Path, file: Path) -> tuple[float, float]:
    """Import a file; return seconds of processor time, and megabytes of memory at most."""
    environment = {**os.environ, "CONTACTSGROUPS_STATE": str(folder / "state")}
    process = subprocess.Popen(
        [sys.executable, "-m", "contactsgroups", "import", str(file)],
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"the import of {file.name} failed"
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _met(is_met: bool) -> str:
    return "goal met" if is_met else "goal MISSED"
