"""A policy service that lets everything pass and remembers which recipients it was asked about."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Recorder(socketserver.ThreadingUnixStreamServer):
    """Keeps the recipients of all requests, as octets, in ``asked``."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.asked: list[bytes] = []
        super().__init__(str(path), _Conversation)
        path.chmod(0o666)


class _Conversation(socketserver.StreamRequestHandler):
    server: Recorder

    def handle(self) -> None:
        for line in self.rfile:
            if line.startswith(b"recipient="):
                self.server.asked.append(line[len(b"recipient=") : -1])
            if line == b"\n":
                self.wfile.write(b"action=DUNNO\n\n")


@contextmanager
def recording(path: Path) -> Iterator[Recorder]:
    """Answer Postfix at the socket ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with Recorder(path) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
