"""The web server: waitress, with a guard, and an end that cuts nothing short."""

import errno
import logging
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from contactsgroups.serving import guard, limits
from contactsgroups.serving.connection import Connection
from contactsgroups.serving.dispatcher import Dispatcher
from contactsgroups.sparingly import Sparingly

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_TURN_SECONDS = 1.0
_LOOK_SECONDS = 2.0
_AT_ONCE = 64  # connections that are accepted in one turn, of many; so many places are kept free.
_FIRST_SECONDS = 1.0  # So long a client that has just connected may take to begin, at the end.
_SHORT_SECONDS = 0.1
_NO_FILES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}  # accept(2)

_log = logging.getLogger(__name__)


class WebServer(TcpWSGIServer):
    """Answers on a listener that is open already, until :meth:`stop` is called."""

    channel_class = Connection
    active_channels: dict[int, Connection]  # type: ignore[assignment] # as it really is

    def __init__(
        self,
        application: "WSGIApplication",
        listener: socket.socket,
        *,
        threads: int = limits.THREADS,
        connections: int | None = None,
        is_limited: Callable[[str], bool] = lambda path: False,
        places: int = limits.THREADS,
    ) -> None:
        """Take requests from ``listener`` into ``threads``.

        Args:
            connections: at most so many at a time; as many as files can be open if None.
            is_limited: which paths only so many threads are for as there are ``places``.
        """
        if connections is None:
            connections = limits.connections_for(limits.raise_file_limit())
        self._sockets: dict[int, Any] = {}
        self._at_once = min(_AT_ONCE, connections // 4)
        self._is_stopping = False
        self._next_look = self._accepts_again = 0.0
        self._warning = Sparingly()
        self._wanted = 0
        # Otherwise every request that waits for a thread is a line in the log.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        dispatcher = self._dispatcher = Dispatcher(is_limited, places)
        dispatcher.set_thread_count(threads)
        super().__init__(
            application,
            map=self._sockets,
            _sock=listener,
            dispatcher=dispatcher,
            adj=_adjustments(connections),
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )

    def run(self) -> None:
        """Answer until :meth:`stop` is called, and then finish what was begun."""
        while not self._is_stopping:
            is_short = time.monotonic() < self._accepts_again
            self._turn(_SHORT_SECONDS if is_short else _TURN_SECONDS)
        self._drain()

    def stop(self) -> None:
        """Let :meth:`run` end; to be called from a signal handler or any thread."""
        self._is_stopping = True
        self.pull_trigger()

    def readable(self) -> bool:
        return time.monotonic() >= self._accepts_again and super().readable()

    def handle_accept(self) -> None:
        """Accept several at once: every turn looks at all connections, and there may be many."""
        for _ in range(self._at_once):
            before = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == before:
                return

    def accept(self) -> tuple[socket.socket, Any] | None:
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in _NO_FILES:
                raise
            self._run_short(error)
            return None

    def maintenance(self, now: int) -> None:
        """Leave it to the guard, which looks between two turns.

        Within one, a connection that is closed gives its number to the next one, and what was
        found about the old one would be taken for the new one's.
        """

    def _turn(self, seconds: float) -> None:
        """Wait for something to happen, handle it, and let the guard look."""
        wasyncore.loop(seconds, use_poll=True, map=self._sockets, count=1)
        now = time.monotonic()
        self._dispatcher.refuse_overdue(now)
        if now >= self._next_look:
            self._next_look = now + _LOOK_SECONDS
            self._close(guard.find_overdue(self._connections(), now))
            self._close(guard.find_heaviest(self._connections(), limits.BODIES_LIMIT))
        surplus = len(self._sockets) + self._at_once - self.adj.connection_limit
        self._close(guard.find_dispensable(self._connections(), max(surplus, self._wanted)))
        self._wanted = 0

    def _drain(self) -> None:
        """Close the listener, then finish what was begun, for a bounded time."""
        started = time.monotonic()
        self._accept_waiting(started + _FIRST_SECONDS)
        wasyncore.dispatcher.close(self)
        for each in self._connections():
            each.announce_end()
        while self.active_channels and time.monotonic() < started + limits.DRAIN_SECONDS:
            self._turn(_SHORT_SECONDS)
            is_late = time.monotonic() > started + _FIRST_SECONDS
            self._close([e for e in self._connections() if e.is_idle and (e.was_used or is_late)])
        self._end()

    def _accept_waiting(self, until: float) -> None:
        """Accept everyone whom the kernel has let connect: it would reset what is left."""
        before = -1
        while len(self.active_channels) > before and time.monotonic() < until:
            before = len(self.active_channels)
            self.handle_accept()

    def _end(self) -> None:
        if self.active_channels:
            _log.warning("%d connections were cut off at the end", len(self.active_channels))
        self._close(self._connections())
        # Its pipe stays open: a thread that wakes it late must not write to another file instead.
        self.task_dispatcher.shutdown(timeout=1)

    def _connections(self) -> list[Connection]:
        return list(self.active_channels.values())

    def _close(self, connections: list[Connection]) -> None:
        for each in connections:
            each.handle_close()

    def _run_short(self, error: OSError) -> None:
        """Make room, and accept nothing for a moment instead of trying again and again."""
        now = time.monotonic()
        self._accepts_again = now + _SHORT_SECONDS
        self._wanted = self._at_once
        if self._warning.is_due():
            _log.warning("idle connections are closed, no other can be accepted: %s", error)


def _adjustments(connections: int) -> Adjustments:
    chosen = Adjustments(
        backlog=limits.BACKLOG,
        connection_limit=connections,
        asyncore_use_poll=True,
        max_request_header_size=limits.HEADER_LIMIT,
        max_request_body_size=limits.BODY_LIMIT,
        inbuf_overflow=limits.IN_MEMORY,
        outbuf_high_watermark=limits.BUFFERED,
        log_socket_errors=False,  # Clients may go away; that is nothing to report.
        clear_untrusted_proxy_headers=False,  # BehindProxies does, and reads those of our proxies.
        ident=None,
    )
    # The kernel keeps little of an answer, so that it shows whether the client takes it.
    chosen.socket_options = [
        *Adjustments.socket_options,
        (socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, limits.UNSENT),
    ]
    return chosen
