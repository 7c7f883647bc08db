"""Several processes that answer on one listener, and the parent that keeps them running.

The parent holds one end of a pipe to each worker, as its standard input.  A worker ends when it
reads the end of the pipe: so it does when the parent asks, and when the parent was killed.
"""

import contextlib
import logging
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from io import FileIO

from contactsgroups.serving.limits import DRAIN_SECONDS
from contactsgroups.serving.signals import calling_on_signals

_LOOK_SECONDS = 0.1
_REPLACE_SECONDS = 1.0
_END_SECONDS = DRAIN_SECONDS + 4

_log = logging.getLogger(__name__)

Worker = subprocess.Popen[bytes]


def supervise(listener: socket.socket, module: str, greeting: bytes, count: int) -> None:
    """Keep ``count`` workers running until SIGINT or SIGTERM, and then let them finish.

    One that dies is replaced, at most one a second; the others go on taking requests meanwhile.

    Args:
        module: what a worker runs, with the listener's descriptor as its only argument.
        greeting: one line that it reads from its standard input first.
    """
    woken, wake = os.pipe()
    workers: list[Worker] = []
    try:
        with calling_on_signals(lambda: _wake(wake)):
            while len(workers) < count:
                workers.append(_start(listener, module, greeting))
            _keep(workers, lambda: _start(listener, module, greeting), woken)
            listener.close()
            _end(workers)
    finally:
        for each in workers:
            each.kill()
            each.wait()
        os.close(woken)
        os.close(wake)


def wait_for_end(pipe: FileIO, stop: Callable[[], None]) -> None:
    """In a worker: call ``stop`` when the parent asks it to end, or is no more."""
    while pipe.read(1):
        pass
    stop()


def _keep(workers: list[Worker], start: Callable[[], Worker], woken: int) -> None:
    """Replace workers that died until a signal has come."""
    not_before = 0.0
    while not select.select([woken], [], [], _LOOK_SECONDS)[0]:
        dead = next((each for each in workers if each.poll() is not None), None)
        if dead is not None and time.monotonic() >= not_before:
            not_before = time.monotonic() + _REPLACE_SECONDS
            _log.warning("worker %d has ended (%s), and is replaced", dead.pid, dead.returncode)
            _hang_up(dead)
            workers[workers.index(dead)] = start()


def _start(listener: socket.socket, module: str, greeting: bytes) -> Worker:
    descriptor = listener.fileno()
    # -P: not from the present directory, unless this process has its modules from there, too.
    worker = subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-P", "-m", module, str(descriptor)],
        stdin=subprocess.PIPE,
        pass_fds=[descriptor],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert worker.stdin is not None  # noqa: S101 - asked for above
    with contextlib.suppress(BrokenPipeError):  # It has died at once, and will be replaced.
        worker.stdin.write(greeting + b"\n")
        worker.stdin.flush()
    return worker


def _end(workers: Sequence[Worker]) -> None:
    """Let all workers finish what they have begun, at the same time, within a bound."""
    for each in workers:
        _hang_up(each)
    deadline = time.monotonic() + _END_SECONDS
    for each in workers:
        try:
            each.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _log.warning("worker %d does not end, and is killed", each.pid)


def _hang_up(worker: Worker) -> None:
    assert worker.stdin is not None  # noqa: S101 - see _start
    with contextlib.suppress(BrokenPipeError):
        worker.stdin.close()


def _wake(descriptor: int) -> None:
    os.write(descriptor, b"x")
