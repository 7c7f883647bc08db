"""A login service for a private Postfix: Dovecot's authentication protocol, PLAIN only."""

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "let me in"

_GREETING = "VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n"


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(_GREETING.encode())
        while line := self.rfile.readline().decode():
            command, *fields = line.rstrip("\n").split("\t")
            if command == "AUTH":
                self.wfile.write(_verdict(fields).encode())


def _verdict(fields: list[str]) -> str:
    (response,) = [field[5:] for field in fields if field.startswith("resp=")]
    _, user, password = base64.b64decode(response).decode().split("\0")
    if password == PASSWORD:
        return f"OK\t{fields[0]}\tuser={user}\n"
    return f"FAIL\t{fields[0]}\tuser={user}\n"


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def logins(path: Path) -> Iterator[None]:
    """Let everybody sign in with :data:`PASSWORD`, asked through the socket at ``path``."""
    with _Server(str(path), _Conversation) as server:
        path.chmod(0o666)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
