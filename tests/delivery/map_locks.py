"""Another process that holds the lock of a map, as Postfix's readers do."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOLD = """
import fcntl, sys
file = open(sys.argv[1], "rb")
fcntl.lockf(file, fcntl.LOCK_SH)
print("locked", flush=True)
sys.stdin.readline()
"""


@contextmanager
def locked_by_another_process(path: Path, seconds: float | None = None) -> Iterator[Path]:
    """Let another process hold the lock of Postfix's readers; give what it has open as a path."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdout.readline()
        timer = threading.Timer(seconds or 60, holder.stdin.close)
        timer.start()
        try:
            yield Path(f"/proc/{holder.pid}/fd/3")
        finally:
            timer.cancel()
            if not holder.stdin.closed:
                holder.stdin.close()
