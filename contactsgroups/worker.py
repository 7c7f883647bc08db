"""One process of ``contactsgroups run --workers``: it answers requests and does nothing else.

Its parent starts it as ``python -m contactsgroups.worker DESCRIPTOR``.
"""

import dataclasses
import json
import signal
import socket
import sys
import threading
from contextlib import closing

from contactsgroups import serve
from contactsgroups.bootstrap import open_core
from contactsgroups.serving.log_lines import log_to_stderr
from contactsgroups.serving.signals import calling_on_signals
from contactsgroups.serving.workers import wait_for_end
from contactsgroups.settings import Settings, from_mapping


def describe(settings: Settings) -> bytes:
    """Return the settings as the line that a worker reads first: secrets are for no one else."""
    return json.dumps(dataclasses.asdict(settings), default=str).encode()


def main(descriptor: int) -> None:
    """Answer on the listener with this descriptor until the parent asks to end, or is no more."""
    # Ctrl-C in a terminal reaches every process; the parent says when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log_to_stderr()
    # Without a buffer, whose lock the thread below would hold while the interpreter ends.
    pipe = open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)  # noqa: SIM115 - to the end
    settings = from_mapping(json.loads(pipe.readline()))
    with closing(open_core(settings)) as core:
        server = serve.web_server(core, socket.socket(fileno=descriptor))
        threading.Thread(target=wait_for_end, args=(pipe, server.stop), daemon=True).start()
        with calling_on_signals(server.stop, signal.SIGTERM):
            server.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
