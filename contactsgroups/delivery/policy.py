"""The policy service, which Postfix asks for every recipient whether this sender may post there.

One thread for each of Postfix's connections, which it keeps open and uses again.
"""

import contextlib
import logging
import socket
import socketserver
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from contactsgroups.bootstrap import Core
from contactsgroups.delivery.policy_reply import DUNNO, reply_to_decision, reply_to_error
from contactsgroups.delivery.policy_request import (
    MalformedRequest,
    Network,
    PolicyRequest,
    evidence_of,
    parse_networks,
    read_request,
)
from contactsgroups.domain.errors import Unavailable, with_detail
from contactsgroups.services import Database
from contactsgroups.services.delivery.posting import decide_for
from contactsgroups.state_owner import make_directory

CONNECTION_LIMIT = 500
IDLE_SECONDS = 600  # Postfix itself leaves after smtpd_policy_service_max_idle, 300 s.
_STOP_SECONDS = 5.0

_log = logging.getLogger(__name__)


def answer(database: Database, trusted_networks: Sequence[Network], request: PolicyRequest) -> str:
    """Return the reply to one request; any failure is a temporary refusal, never a permission."""
    if request.stage != "RCPT":
        return DUNNO
    try:
        evidence = evidence_of(request, trusted_networks)
        return reply_to_decision(decide_for(database, evidence, request.recipient))
    except Exception as error:  # noqa: BLE001 - a fault must not open a group
        _log.error(
            "no decision about mail to %s, deferred: %s",
            ascii(request.recipient),
            with_detail(error),
        )
        return reply_to_error(error)


def serve(core: Core, stop_event: threading.Event) -> None:
    """Answer Postfix until ``stop_event`` is set.

    Raises:
        Unavailable: the socket or port is taken or cannot be made.
    """
    with PolicyServer(core):
        stop_event.wait()


class PolicyServer:
    """The running service; a context that ends it.

    ``address`` is where it listens: a path, or ``host:port`` with the port that was really taken.

    Raises:
        Unavailable: the socket or port is taken or cannot be made.
    """

    def __init__(self, core: Core) -> None:
        place = core.settings.effective_policy_socket
        try:
            self._server = _listen(place)
        except (OSError, OverflowError) as error:
            message = f"the policy service cannot listen at {place}: {error}"
            raise Unavailable(message) from error
        self._server.database = core.database
        self._server.trusted_networks = parse_networks(core.settings.trusted_networks)
        self.address = self._server.place
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="policy"
        )
        self._thread.start()

    def stop(self) -> None:
        """End the service and all its connections."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.hang_up()
        if self._server.address_family == socket.AF_UNIX:
            Path(self.address).unlink(missing_ok=True)

    def __enter__(self) -> "PolicyServer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Accepts connections and knows those that are open."""

    request_queue_size = 128
    allow_reuse_address = True
    daemon_threads = True
    database: Database
    trusted_networks: Sequence[Network]

    def __init__(self, family: socket.AddressFamily, address: Any, place: str) -> None:
        self.address_family = family
        self.place = place
        self._connections: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(address, _Connection)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        with self._changed:
            return len(self._connections) < CONNECTION_LIMIT

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._connections.discard(request)
            self._changed.notify_all()

    def hang_up(self) -> None:
        """End open connections and wait for their threads, so that none uses a closed database."""
        with self._changed:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._connections, _STOP_SECONDS)

    def handle_error(self, request: Any, client_address: Any) -> None:
        _log.exception("a connection of the policy service failed; Postfix retries")


class _Connection(socketserver.StreamRequestHandler):
    """Answers one client's requests, one after the other."""

    server: _Server
    timeout = IDLE_SECONDS

    def handle(self) -> None:
        # A client that leaves, or is silent for too long, is nothing to report.
        with contextlib.suppress(ConnectionError, TimeoutError):
            while self._answer_next():
                pass

    def _answer_next(self) -> bool:
        """Answer one request; return whether another may follow."""
        try:
            request = read_request(self.rfile)  # type: ignore[arg-type]
        except MalformedRequest as error:
            _log.warning("malformed policy request, connection closed: %s", error)
            self._reply(reply_to_error(error))
            return False
        if request is None:
            return False
        self._reply(answer(self.server.database, self.server.trusted_networks, request))
        return True

    def _reply(self, action: str) -> None:
        self.wfile.write(f"action={action}\n\n".encode("ascii"))


def _listen(place: str) -> _Server:
    host, colon, port = place.rpartition(":")
    if colon and port.isdecimal() and "/" not in place:
        return _listen_on_port(host.strip("[]"), int(port))
    return _listen_on_path(Path(place))


def _listen_on_port(host: str, port: int) -> _Server:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = _Server(family, (host, port), "")
    shown = f"[{host}]" if family == socket.AF_INET6 else host
    server.place = f"{shown}:{server.socket.getsockname()[1]}"
    return server


def _listen_on_path(path: Path) -> _Server:
    make_directory(path.parent, 0o755)
    _remove_deserted(path)
    server = _Server(socket.AF_UNIX, str(path), str(path))
    # Postfix connects as its own user; restrict access by the directory's permissions.
    path.chmod(0o666)
    return server


def _remove_deserted(path: Path) -> None:
    """Remove the socket of a server that was killed; leave alone one that is in use."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as client:
        if client.connect_ex(str(path)) == 0:
            raise OSError("another server is listening there")
    path.unlink()
